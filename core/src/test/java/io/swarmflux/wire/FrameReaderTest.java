package io.swarmflux.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.FrameReader.Admission;
import io.swarmflux.wire.Message.Data;
import io.swarmflux.wire.Message.FailureCode;
import io.swarmflux.wire.Message.Ping;
import io.swarmflux.wire.Message.Stopped;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private static final StreamId NEWS = StreamId.of("news");
    private static final Admission ALL = (number, epoch, sequence, totalBytes) -> NEWS;

    private final RandomMessages random = new RandomMessages(42);
    private final FrameReader reader = new FrameReader(Segment.MAX_ENCODED_BYTES, ALL);

    @Test
    void putsSegmentsOfAnySizeTogetherFromFramesOfAnySize() {
        long seed = System.nanoTime();
        Random dice = new Random(seed);
        RandomMessages messages = new RandomMessages(seed);
        for (int i = 0; i < 300; i++) {
            int payload = dice.nextInt(10) == 0 ? Segment.MAX_PAYLOAD_BYTES : dice.nextInt(1 << (1 + dice.nextInt(18)));
            int number = dice.nextInt() >>> (1 + dice.nextInt(31));
            int maxFrame = 256 + dice.nextInt(1 << (1 + dice.nextInt(16)));
            Segment segment = messages.segment(NEWS, payload);
            SegmentChunks chunks = SegmentChunks.cut(number, segment, maxFrame);
            Message message = null;
            while (chunks.hasNext()) {
                assertThat(message).as("seed %d", seed).isNull();
                ByteBuffer frame = Frames.joined(chunks.next());
                assertThat(frame.remaining()).isLessThanOrEqualTo(maxFrame);
                message = reader.read(Frames.asReceived(frame));
                assertThat(reader.unfinishedBytes(number)).isEqualTo(message == null ? segment.encodedBytes() : 0);
            }
            assertThat(message).as("seed %d", seed).isEqualTo(new Data(number, segment));
        }
    }

    @Test
    void doesNotCopyTheBodyToSendIt() {
        Segment segment = random.segment(NEWS, 1_000);
        List<ByteBuffer[]> frames = new ArrayList<>();
        SegmentChunks.cut(1, segment, 256).forEachRemaining(frames::add);
        assertThat(frames).hasSize(5);
        assertThat(frames).allSatisfy(parts -> {
            assertThat(parts).hasSize(2);
            assertThat(parts[0].remaining()).isLessThan(10);
            assertThat(parts[1].isReadOnly()).isTrue(); // so it is the segment's own array, which nobody may touch
        });
    }

    @Test
    void keepsStreamsAndControlMessagesApart() {
        Segment first = random.segment(NEWS, 2_000);
        Segment second = random.segment(NEWS, 2_000);
        List<ByteBuffer> one = frames(1, first);
        List<ByteBuffer> two = frames(2, second);
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < one.size(); i++) {
            messages.add(reader.read(one.get(i)));
            messages.add(reader.read(MessageCodec.encode(new Ping(i))));
            messages.add(reader.read(two.get(i)));
        }
        assertThat(messages).contains(new Data(1, first), new Data(2, second), new Ping(0));
    }

    @Test
    void asksBeforeItAllocates() {
        List<String> asked = new ArrayList<>();
        Segment segment = random.segment(NEWS, 500);
        FrameReader strict = new FrameReader(Segment.MAX_ENCODED_BYTES, (number, epoch, sequence, totalBytes) -> {
            asked.add(number + "/" + epoch + "/" + sequence + "/" + totalBytes);
            throw new WireException(FailureCode.CREDIT, "beyond credit");
        });
        WireException veto = catchThrowableOfType(
                WireException.class, () -> strict.read(frames(7, segment).get(0)));
        assertThat(veto.code()).isEqualTo(FailureCode.CREDIT);
        assertThat(strict.unfinishedBytes(7)).isZero();
        assertThat(asked).containsExactly("7/" + segment.epoch() + "/" + segment.sequence() + "/531");
    }

    @Test
    void dropsASegmentThatWasNotLetInAndGoesOn() {
        FrameReader picky = new FrameReader(
                Segment.MAX_ENCODED_BYTES, (number, epoch, sequence, totalBytes) -> number == 1 ? null : NEWS);
        Segment segment = random.segment(NEWS, 1_000);
        for (ByteBuffer frame : frames(1, segment)) {
            assertThat(picky.read(frame)).isNull();
        }
        assertThat(picky.unfinishedBytes(1)).isZero();
        assertThat(frames(2, segment).stream().map(picky::read)).last().isEqualTo(new Data(2, segment));
    }

    @Test
    void refusesASegmentBeforeTheFormerIsFinished() {
        List<ByteBuffer> frames = frames(1, random.segment(NEWS, 1_000));
        assertThat(reader.read(frames.get(0))).isNull();
        refuses(frames.get(0), FailureCode.MALFORMED, "SEGMENT: offset was 0 at byte 5, expected 250, where");
    }

    @Test
    void refusesAChunkThatIsMissingOrTwice() {
        List<ByteBuffer> frames = frames(1, random.segment(NEWS, 1_000));
        refuses(frames.get(1), FailureCode.MALFORMED, "SEGMENT: offset was 250 at byte 5, expected 0 in the first");
        assertThat(reader.read(frames.get(0))).isNull();
        refuses(frames.get(2), FailureCode.MALFORMED, "SEGMENT: offset was 499 at byte 5, expected 250, where");
        assertThat(reader.read(frames.get(1))).isNull();
        refuses(frames.get(1), FailureCode.MALFORMED, "SEGMENT: offset was 250 at byte 5, expected 499, where");
    }

    @Test
    void refusesAnotherTotalAndWhatGoesBeyondIt() {
        assertThat(reader.read(chunk(1, 100, 0, 60))).isNull();
        refuses(chunk(1, 99, 60, 39), FailureCode.MALFORMED, "total length was 99 at byte 3, expected 100 as in");
        refuses(chunk(1, 100, 60, 41), FailureCode.MALFORMED, "chunk length was 41 at byte 5, expected 1 to 40");
        refuses(chunk(1, 100, 60, 0), FailureCode.MALFORMED, "chunk length was 0 at byte 5, expected 1 to 40");
        refuses(chunk(1, 100, 100, 1), FailureCode.MALFORMED, "offset was 100 at byte 4, expected 0 to 99");
    }

    @Test
    void refusesATotalBeyondWhatWasAgreed() {
        FrameReader small = new FrameReader(100, ALL);
        WireException refused = catchThrowableOfType(WireException.class, () -> small.read(chunk(1, 101, 0, 60)));
        assertThat(refused).hasMessage("SEGMENT: total length was 101 at byte 3, expected at most 100");
        assertThat(refused.code()).isEqualTo(FailureCode.LIMIT);
        assertThatIllegalArgumentException().isThrownBy(() -> new FrameReader(30, ALL));
    }

    @Test
    void refusesAFirstChunkWithoutTheWholeHeader() {
        refuses(chunk(1, 100, 0, 30), FailureCode.MALFORMED, "first chunk length was 30 at byte 5, expected 31 to 100");
        refuses(chunk(1, 30, 0, 30), FailureCode.MALFORMED, "total length was 30 at byte 3, expected 31 to");
    }

    @Test
    void refusesNegativeNumbersAndWhatIsNoSegment() {
        refuses(
                chunk(1, 60, 0, 60).put(5, (byte) 0x80),
                FailureCode.MALFORMED,
                "epoch and sequence was -9223372036854775808 and 0 at byte 5, expected no negative number");
        refuses(
                chunk(1, 60, 0, 60).put(5 + 28, (byte) 0x80),
                FailureCode.MALFORMED,
                "segment was no encoded form (unknown segment flags in 0x80) at byte 0, expected an encoded segment");
        refuses(Frames.of(0x23, 4, 1, 60, 0), FailureCode.MALFORMED, "flags was 0x04 at byte 1");
    }

    @Test
    void refusesAStreamThatStopsInsideASegment() {
        assertThat(reader.read(chunk(1, 100, 0, 60))).isNull();
        assertThat(reader.read(MessageCodec.encode(new Stopped(2, 0)))).isEqualTo(new Stopped(2, 0));
        refuses(
                MessageCodec.encode(new Stopped(1, 0)),
                FailureCode.UNEXPECTED,
                "STOPPED: stream number 1 has an unfinished segment");
    }

    @Test
    void cutsNothingForBadArguments() {
        Segment segment = random.segment(NEWS, 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SegmentChunks.cut(1, segment, 255))
                .withMessageContaining("255");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SegmentChunks.cut(-1, segment, 256))
                .withMessageContaining("-1");
    }

    private static List<ByteBuffer> frames(int number, Segment segment) {
        List<ByteBuffer> frames = new ArrayList<>();
        SegmentChunks.cut(number, segment, 256).forEachRemaining(parts -> frames.add(Frames.joined(parts)));
        return frames;
    }

    private static ByteBuffer chunk(int number, int total, int offset, int length) {
        return Frames.of(0x23, 0, out -> {
            out.bits(number);
            out.bits(total);
            out.bits(offset);
            for (int i = 0; i < length; i++) {
                out.u8(0);
            }
        });
    }

    private void refuses(ByteBuffer frame, FailureCode code, String words) {
        WireException refused = catchThrowableOfType(WireException.class, () -> reader.read(frame));
        assertThat(refused).hasMessageContaining(words);
        assertThat(refused.code()).isEqualTo(code);
    }
}
