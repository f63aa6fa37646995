package io.swarmflux.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.GroupMessage.Beacon;
import io.swarmflux.wire.GroupMessage.Chunk;
import io.swarmflux.wire.GroupMessage.Claim;
import io.swarmflux.wire.GroupMessage.Heartbeat;
import io.swarmflux.wire.GroupMessage.Nak;
import io.swarmflux.wire.GroupMessage.Piece;
import io.swarmflux.wire.Message.FailureCode;
import io.swarmflux.wire.Message.Range;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GroupCodecTest {
    private static final int FRAMES = 50_000;
    private static final StreamId NEWS = StreamId.of("news");

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final RandomGroupMessages messages = new RandomGroupMessages(seed);

    @Test
    void everyMessageComesBackAsItWas() {
        for (int i = 0; i < 300; i++) {
            for (GroupMessage message : messages.oneOfEach()) {
                ByteBuffer frame = Frames.asReceived(GroupCodec.encode(message));
                assertThat(GroupCodec.decode(frame)).as("seed %d", seed).isEqualTo(message);
                assertThat(frame.position()).isEqualTo(5);
            }
        }
    }

    @Test
    void onlyWireExceptionsEscapeAndWhatIsAllocatedIsBoundedByTheFrame() {
        List<byte[]> corpus = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            messages.oneOfEach().forEach(m -> corpus.add(Frames.bytes(GroupCodec.encode(m))));
        }
        AllocatedBytes allocatedBytes = new AllocatedBytes();
        long most = 0;
        int decoded = 0;
        int refused = 0;
        for (int i = 0; i < FRAMES; i++) {
            ByteBuffer frame = ByteBuffer.wrap(mangled(corpus.get(random.nextInt(corpus.size()))));
            long before = allocatedBytes.now();
            GroupMessage message = null;
            try {
                message = GroupCodec.decode(frame);
                decoded++;
            } catch (WireException e) {
                refused++;
            }
            if (i > FRAMES / 10) { // the first of each kind pay for classes
                most = Math.max(most, allocatedBytes.now() - before);
            }
            if (message != null && !message.equals(GroupCodec.decode(GroupCodec.encode(message)))) {
                fail("does not come back as it was: %s (seed %d, frame %d)", message, seed, i);
            }
        }
        assertThat(most).as("bytes for one frame, seed %d", seed).isLessThan(64 * 1024);
        assertThat(decoded).as("decoded, seed %d", seed).isGreaterThan(FRAMES / 10);
        assertThat(refused).as("refused, seed %d", seed).isGreaterThan(FRAMES / 10);
    }

    private byte[] mangled(byte[] valid) {
        byte[] frame = valid.clone();
        switch (random.nextInt(6)) {
            case 0 -> {
                frame = new byte[random.nextInt(200)];
                random.nextBytes(frame);
                if (frame.length > 1) {
                    frame[0] = valid[0];
                    frame[1] = 0;
                }
            }
            case 1 -> frame = Arrays.copyOf(frame, random.nextInt(frame.length + 1));
            case 2 -> frame = Arrays.copyOf(frame, frame.length + 1 + random.nextInt(5));
            default -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
        }
        return frame;
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource
    void namesTheFieldItsValueItsPlaceAndWhatWasExpected(ByteBuffer frame, FailureCode code, String words) {
        WireException refused =
                catchThrowableOfType(WireException.class, () -> GroupCodec.decode(Frames.asReceived(frame)));
        assertThat(refused).hasMessage(words);
        assertThat(refused.code()).isEqualTo(code);
    }

    static Stream<Arguments> namesTheFieldItsValueItsPlaceAndWhatWasExpected() {
        return Stream.of(
                bad(
                        Frames.of(0x23, 0),
                        FailureCode.UNKNOWN_MESSAGE,
                        "frame: type was 0x23 at byte 0, expected a type of a group, 0x30 to 0x34"),
                malformed(Frames.of(0x32, 4), "NAK: flags was 0x04 at byte 1, expected no bits but 0x01"),
                malformed(
                        Frames.of(0x32, 0, 1),
                        "NAK: member was cut short with 1 bytes left at byte 2, expected 8 bytes or more"),
                malformed(
                        frame(0x33, 1, 2, 3, 0, 30, 0, 1),
                        "CHUNK: total length was 30 at byte 14, expected 31 to 262431"),
                malformed(frame(0x33, 1, 2, 3, 0, 35, 35, 1), "CHUNK: offset was 35 at byte 15, expected 0 to 34"),
                malformed(
                        frame(0x33, 1, 2, 3, 0, 35, 33, 1, 2, 3),
                        "CHUNK: chunk length was 3 at byte 16, expected 1 to 2"),
                malformed(frame(0x33, 1, 2, 3, 0, 35, 0), "CHUNK: chunk length was 0 at byte 16, expected 1 to 35"),
                malformed(frame(0x33, 1, 2, 3, 2, 35, 0), "CHUNK: repair was 2 at byte 13, expected 0 or 1"),
                bad(
                        frame(0x32, 1, 65),
                        FailureCode.LIMIT,
                        "NAK: number of pieces was 65 at byte 11, expected at most 64"),
                malformed(frame(0x32, 1, 1, 1, 0, 0), "NAK: sequence was -1 at byte 12, expected at least 0"),
                malformed(frame(0x32, 1, 1, 2, 7, 0), "NAK: length was 0 at byte 14, expected 1 to 262424"),
                malformed(
                        frame(0x32, 1, 0, 9),
                        "NAK: trailing data was 1 bytes at byte 12, expected the end of the frame"),
                malformed(
                        frame(0x31, 1, 'n', 2, 0, 3, 2, 5, 1, 0, 5, 1, 0),
                        "HEARTBEAT: sub-stream was 5 at byte 19, expected each at most once"),
                malformed(
                        frame(0x31, 1, 'n', 2, 0, 3, 1, 5, 1, 7),
                        "HEARTBEAT: claim edge was -4 at byte 18, expected at least -3"),
                bad(
                        frame(0x31, 1, 'n', 2, 0, 3, 65),
                        FailureCode.LIMIT,
                        "HEARTBEAT: number of claims was 65 at byte 15, expected at most 64"));
    }

    private static Arguments malformed(ByteBuffer frame, String words) {
        return bad(frame, FailureCode.MALFORMED, words);
    }

    private static Arguments bad(ByteBuffer frame, FailureCode code, String words) {
        return Arguments.of(frame, code, words);
    }

    /** A frame of member 0. */
    private static ByteBuffer frame(int type, int... body) {
        return Frames.joined(Frames.of(type, 0, 0, 0, 0, 0, 0, 0, 0, 0), Frames.of(body));
    }

    @Test
    void whatWouldBeRefusedIsNotSent() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GroupCodec.encode(new Nak(1, 2, Collections.nCopies(65, Piece.whole(3)))))
                .withMessage("NAK: number of pieces is 0 to 64, was 65");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GroupCodec.encode(new Nak(1, 2, List.of(new Piece(3, 5, 5)))))
                .withMessage("NAK: from is 0 to 4, was 5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GroupCodec.encode(new Chunk(1, 2, 3, 4, false, 35, 30, ByteBuffer.allocate(6))))
                .withMessage("CHUNK: chunk length is 1 to 5, was 6");
    }

    @Test
    void cutsIntoFramesOfAtMostTheLongestThatTogetherAreTheSegment() {
        Segment segment = Segment.of(NEWS, 1_763_830_520_000L, 4711, new Cut(new byte[5_000], 0, 0), 1);
        long[] frames = {7};
        GroupChunks chunks = GroupChunks.cut(9, segment, 0, 0, false, 1_400, () -> frames[0]++);
        GroupAssembler assembler = new GroupAssembler(NEWS, Segment.MAX_ENCODED_BYTES, 1 << 20, 10);
        Segment finished = null;
        int count = 0;
        while (chunks.hasNext()) {
            assertThat(finished).isNull();
            ByteBuffer frame = Frames.joined(chunks.next());
            assertThat(frame.remaining()).isLessThanOrEqualTo(1_400);
            Chunk chunk = (Chunk) GroupCodec.decode(frame);
            assertThat(chunk.frame()).isEqualTo(7 + count++);
            finished = assembler.take(chunk);
        }
        assertThat(count).isEqualTo(4);
        assertThat(finished).isEqualTo(segment);
    }

    @Test
    void cutsAPieceAndNoMore() {
        Segment segment = Segment.of(NEWS, 1, 2, new Cut(new byte[500], 0, 0), 1);
        GroupChunks chunks = GroupChunks.cut(9, segment, 100, 200, true, 1_400, () -> 3);
        Chunk chunk = (Chunk) GroupCodec.decode(Frames.joined(chunks.next()));
        assertThat(chunks.hasNext()).isFalse();
        assertThat(chunk)
                .isEqualTo(
                        new Chunk(9, 1, 2, 3, true, 531, 100, segment.encoded().slice(100, 100)));
        assertThat(GroupChunks.cut(9, segment, 531, 600, true, 1_400, () -> 3).hasNext())
                .isFalse();
    }

    @Test
    void aChunkCostsAtMostFortyBytes() {
        Segment segment = Segment.of(NEWS, 4_000_000_000_000L, 1L << 40, new Cut(new byte[260_000], 0, 0), 1);
        GroupChunks.cut(-1, segment, 0, 0, false, 1_400, () -> 1L << 40)
                .forEachRemaining(parts -> assertThat(parts[0].remaining()).isLessThanOrEqualTo(40));
    }

    @Test
    void aFullHeartbeatOfAUsualStreamFitsInADatagram() {
        List<Claim> claims = new ArrayList<>();
        List<Range> holes = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            claims.add(new Claim(i, 300, 10_000_000 + i));
            if (i < 32) {
                holes.add(new Range(9_999_000 + 20 * i, 9_999_001 + 20 * i));
            }
        }
        List<Long> hears = LongStream.range(0, 64).map(i -> -i).boxed().toList();
        long epoch = 1_763_830_520_000L;
        assertThat(GroupCodec.encode(new Heartbeat(
                                -1,
                                NEWS,
                                epoch,
                                claims,
                                9_990_000,
                                10_000_064,
                                holes,
                                -2,
                                1L << 50,
                                1_000,
                                64,
                                1L << 40,
                                1_000,
                                hears))
                        .remaining())
                .isLessThan(1_200);
        assertThat(GroupCodec.encode(new Beacon(
                                -1,
                                "p".repeat(64),
                                "[2001:db8::1]:65535",
                                NEWS,
                                epoch,
                                10_000_000,
                                -1,
                                false,
                                hears,
                                null))
                        .remaining())
                .isLessThan(1_200);
    }
}
