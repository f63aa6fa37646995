package io.swarmflux.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.GroupMessage.Chunk;
import io.swarmflux.wire.GroupMessage.Piece;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupAssemblerTest {
    private static final StreamId NEWS = StreamId.of("news");
    private static final long EPOCH = 7;

    private final GroupAssembler assembler = new GroupAssembler(NEWS, 10_000, 20_000, 4);

    private static Segment segment(long sequence, int encodedBytes) {
        byte[] payload = new byte[encodedBytes - Segment.HEADER_BYTES];
        new Random(sequence).nextBytes(payload);
        return Segment.of(NEWS, EPOCH, sequence, new Cut(payload, 0, 0), 1);
    }

    private static Chunk chunk(Segment segment, int from, int until) {
        return new Chunk(
                1,
                segment.epoch(),
                segment.sequence(),
                0,
                false,
                segment.encodedBytes(),
                from,
                segment.encoded().slice(from, until - from));
    }

    private @Nullable Segment take(Segment segment, int from, int until) {
        return assembler.take(chunk(segment, from, until));
    }

    @Test
    void aSegmentThatCouldNotBeKeptIsTakenOnceMore() {
        Segment one = segment(3, 500);
        assertThat(take(one, 0, 500)).isEqualTo(one);
        assembler.again(EPOCH, 4);
        assertThat(assembler.missing(EPOCH, 3)).isEmpty();
        assembler.again(EPOCH, 3);
        assertThat(assembler.missing(EPOCH, 3)).containsExactly(Piece.whole(3));
        assertThat(take(one, 0, 500)).isEqualTo(one);
    }

    @Test
    void aSegmentInOneChunkIsThereAtOnceAndOnce() {
        Segment one = segment(3, 500);
        assertThat(take(one, 0, 500)).isEqualTo(one);
        assertThat(take(one, 0, 500)).isNull();
        assertThat(take(one, 100, 200)).isNull();
        assertThat(assembler.unfinished()).isZero();
        assertThat(assembler.counts()).isEqualTo(new GroupAssembler.Counts(1, 2, 0, 0, 0, 0));
    }

    @Test
    void tellsWhatIsMissing() {
        Segment one = segment(3, 500);
        assertThat(assembler.missing(EPOCH, 3)).containsExactly(Piece.whole(3));
        take(one, 100, 200);
        take(one, 300, 400);
        assertThat(assembler.missing(EPOCH, 3))
                .containsExactly(new Piece(3, 0, 100), new Piece(3, 200, 300), new Piece(3, 400, 500));
        take(one, 150, 450);
        assertThat(assembler.missing(EPOCH, 3)).containsExactly(new Piece(3, 0, 100), new Piece(3, 450, 500));
        take(one, 450, 500);
        assertThat(assembler.missing(EPOCH, 3)).containsExactly(new Piece(3, 0, 100));
        assertThat(take(one, 0, 101)).isEqualTo(one);
        assertThat(assembler.missing(EPOCH, 3)).isEmpty();
        assertThat(assembler.missing(EPOCH, 4)).containsExactly(Piece.whole(4));
    }

    @Test
    void aRepairMayCrossWhatHasComeAlready() {
        Segment one = segment(3, 500);
        take(one, 100, 150);
        take(one, 200, 250);
        take(one, 300, 350);
        assertThat(take(one, 0, 500)).isEqualTo(one);
    }

    @Test
    void whatContradictsTheChunksBeforeIsCountedAndDropped() {
        take(segment(3, 500), 0, 100);
        assertThat(take(segment(3, 600), 0, 600)).isNull();
        assertThat(take(segment(3, 20_000), 0, 100)).isNull();
        assertThat(assembler.counts().mismatched()).isEqualTo(2);
        assertThat(take(segment(3, 500), 100, 500)).isEqualTo(segment(3, 500));
    }

    @Test
    void whatIsNotTheSegmentThatItsChunksSaidIsDroppedAndMayComeAgain() {
        Segment one = segment(3, 500);
        assertThat(assembler.take(new Chunk(1, EPOCH, 4, 0, false, 500, 0, one.encoded())))
                .isNull();
        assertThat(assembler.take(new Chunk(1, EPOCH, 3, 0, false, 500, 0, ByteBuffer.allocate(500))))
                .isNull();
        assertThat(assembler.take(new Chunk(1, EPOCH, 3, 0, false, 31, 0, ByteBuffer.wrap(allOnes(31)))))
                .isNull();
        assertThat(assembler.counts().broken()).isEqualTo(3);
        assertThat(take(one, 0, 500)).isEqualTo(one);
    }

    private static byte[] allOnes(int size) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) -1);
        return bytes;
    }

    @Test
    void givesUpTheOldestWhenThereAreTooMany() {
        for (long sequence : new long[] {5, 3, 9, 7}) {
            take(segment(sequence, 500), 0, 100);
        }
        take(segment(2, 500), 0, 100); // older than all: there is no room for it
        assertThat(assembler.counts().late()).isEqualTo(1);
        take(segment(8, 500), 0, 100);
        assertThat(assembler.unfinished()).isEqualTo(4);
        assertThat(assembler.counts().givenUp()).isEqualTo(1);
        assertThat(assembler.missing(EPOCH, 3)).containsExactly(Piece.whole(3));
        assertThat(assembler.missing(EPOCH, 5)).containsExactly(new Piece(5, 100, 500));
    }

    @Test
    void givesUpTheOldestWhenTheyAreTooLarge() {
        take(segment(1, 9_000), 0, 100);
        take(segment(2, 9_000), 0, 100);
        take(segment(3, 9_000), 0, 100);
        assertThat(assembler.unfinished()).isEqualTo(2);
        assertThat(assembler.unfinishedBytes()).isEqualTo(18_000);
        assertThat(assembler.counts().givenUp()).isEqualTo(1);
    }

    @Test
    void forgetsWhatIsOlder() {
        take(segment(1, 500), 0, 100);
        take(segment(2, 500), 0, 100);
        assembler.forgetBelow(EPOCH, 2);
        assembler.forgetBelow(EPOCH, 1); // never goes back
        assertThat(assembler.unfinished()).isEqualTo(1);
        assertThat(take(segment(1, 500), 0, 500)).isNull();
        assertThat(assembler.counts().late()).isEqualTo(1);
        assertThat(assembler.missing(EPOCH, 1)).isEmpty();
        assertThat(take(segment(2, 500), 100, 500)).isEqualTo(segment(2, 500));
        assembler.forgetBelow(EPOCH + 1, 0);
        assertThat(take(segment(9, 500), 0, 500)).isNull();
    }

    @Test
    void whatCameByAnotherWayIsADuplicateHere() {
        take(segment(1, 500), 0, 100);
        assembler.present(EPOCH, 1);
        assembler.present(EPOCH, 2);
        assertThat(assembler.unfinishedBytes()).isZero();
        assertThat(take(segment(1, 500), 100, 500)).isNull();
        assertThat(take(segment(2, 500), 0, 500)).isNull();
        assertThat(assembler.counts().duplicates()).isEqualTo(2);
    }

    @Test
    void crumbsAreBoundedToo() {
        Segment one = segment(1, 5_000);
        for (int i = 0; i < 2_000; i += 2) {
            take(one, i, i + 1);
        }
        assertThat(assembler.counts().mismatched()).isEqualTo(1_000 - 256);
        assertThat(take(one, 0, 5_000)).isEqualTo(one);
    }

    @Test
    void theBoundsMustHoldOneSegment() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GroupAssembler(NEWS, 10_000, 9_999, 1))
                .withMessage("the longest segment, 10000 bytes, must fit, were 9999 bytes");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anyOrderOfAnyPiecesGivesEachSegmentOnce(long seed) {
        Random random = new Random(seed);
        GroupAssembler any = new GroupAssembler(NEWS, 3_000, 1 << 20, 200);
        List<Chunk> chunks = new ArrayList<>();
        Map<Long, Segment> segments = new HashMap<>();
        for (long sequence = 0; sequence < 150; sequence++) {
            Segment one = segment(sequence, 40 + random.nextInt(2_900));
            segments.put(sequence, one);
            BitSet cuts = new BitSet();
            for (int i = random.nextInt(8); i > 0; i--) {
                cuts.set(1 + random.nextInt(one.encodedBytes() - 1));
            }
            int from = 0;
            while (from < one.encodedBytes()) {
                int next = cuts.nextSetBit(from + 1);
                int until = next < 0 ? one.encodedBytes() : next;
                chunks.add(chunk(one, from, until));
                if (random.nextInt(4) == 0) { // again, and more of it
                    chunks.add(chunk(one, random.nextInt(from + 1), until));
                }
                from = until;
            }
        }
        Collections.shuffle(chunks, random);
        Map<Long, Segment> finished = new HashMap<>();
        for (Chunk one : chunks) {
            Segment whole = any.take(one);
            if (whole != null) {
                assertThat(finished.put(whole.sequence(), whole))
                        .as("seed %d", seed)
                        .isNull();
            }
        }
        assertThat(finished).as("seed %d", seed).isEqualTo(segments);
        assertThat(any.unfinished()).isZero();
        assertThat(any.unfinishedBytes()).isZero();
    }
}
