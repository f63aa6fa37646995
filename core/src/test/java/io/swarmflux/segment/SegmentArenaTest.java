package io.swarmflux.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SegmentArenaTest {
    private static final StreamId NEWS = StreamId.of("news");
    private static final int SLAB = 1 << 20;
    private static final int PART = 1 << 14;
    private static final long MS = 1_000_000L;

    private final AtomicLong nowNs = new AtomicLong();
    private final SegmentArena arena = new SegmentArena(() -> SLAB, nowNs::get);

    /** Reserves so much, in parts, in that time. */
    private List<SegmentBytes> reserve(int bytes, long inMs) {
        List<SegmentBytes> all = new ArrayList<>();
        int parts = bytes / PART;
        for (int i = 0; i < parts; i++) {
            nowNs.addAndGet(inMs * MS / parts);
            all.add(arena.reserve(PART));
        }
        return all;
    }

    private static long arrays(List<SegmentBytes> of) {
        return of.stream()
                .map(one -> System.identityHashCode(one.buffer().array()))
                .distinct()
                .count();
    }

    @Test
    void segmentsOfASlowStreamHaveArraysOfTheirOwn() {
        List<SegmentBytes> all = reserve(4 * SLAB, 4_800);
        assertThat(arrays(all)).isEqualTo(all.size());
        assertThat(all).allMatch(one -> one.buffer().array().length == PART);
    }

    @Test
    @SuppressWarnings("ByteBufferBackingArray") // the same array is meant, not its bytes
    void segmentsOfAFastStreamLieTogetherInOrder() {
        reserve(SLAB, 500);
        List<SegmentBytes> all = reserve(4 * SLAB, 2_000);
        assertThat(arrays(all)).isBetween(4L, 5L);
        for (int i = 1; i < all.size(); i++) {
            ByteBuffer before = all.get(i - 1).buffer();
            ByteBuffer one = all.get(i).buffer();
            if (before.array() == one.array()) {
                assertThat(one.position()).isEqualTo(before.position() + PART);
            }
        }
    }

    @Test
    void aStreamThatBecomesSlowGetsArraysAgain() {
        reserve(2 * SLAB, 1_000);
        reserve(SLAB, 5_000);
        List<SegmentBytes> all = reserve(SLAB, 5_000);
        assertThat(arrays(all)).isEqualTo(all.size());
    }

    @Test
    void whatIsLargeHasAnArrayOfItsOwn() {
        reserve(2 * SLAB, 100);
        SegmentBytes large = arena.reserve(SLAB / 4 + 1);
        assertThat(large.buffer().array()).hasSize(SLAB / 4 + 1);
        assertThat(arrays(List.of(arena.reserve(PART), arena.reserve(PART)))).isEqualTo(1);
    }

    @Test
    void thereMayBeNoSlabs() {
        SegmentArena without = new SegmentArena(() -> 0, nowNs::get);
        for (int i = 0; i < 3 * SLAB / PART; i++) {
            assertThat(without.reserve(PART).buffer().array()).hasSize(PART);
        }
    }

    @Test
    void segmentsAreTheSameWhereverTheyLie() {
        reserve(2 * SLAB, 100);
        for (int i = 0; i < 3; i++) {
            Cut cut = new Cut(new byte[] {1, 2, (byte) i}, 40 + i, Segment.RANDOM_ACCESS);
            Segment together = Segment.of(arena, NEWS, 1, i, cut, 3);
            Segment alone = Segment.of(NEWS, 1, i, cut, 3);
            assertThat(together).isEqualTo(alone).hasSameHashCodeAs(alone);
            assertThat(together.encoded()).isEqualTo(alone.encoded());
            assertThat(together.payload()).isEqualTo(alone.payload());
            assertThat(together.payloadCopy()).isEqualTo(alone.payloadCopy());
            assertThat(together.encodedBytes()).isEqualTo(alone.encodedBytes());
            assertThat(together).hasToString(alone.toString());
            assertThat(together).isNotEqualTo(Segment.of(NEWS, 1, i, new Cut(new byte[] {1, 2, 9}, 40 + i, 1), 3));
        }
    }

    @Test
    void nobodyWritesIntoANeighbour() {
        reserve(2 * SLAB, 100);
        SegmentBytes one = arena.reserve(40);
        SegmentBytes other = arena.reserve(40);
        byte[] ones = new byte[100];
        Arrays.fill(ones, (byte) 1);
        one.put(0, ByteBuffer.wrap(ones), 5, 40);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> one.put(1, ByteBuffer.wrap(ones), 0, 40));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> one.put(-1, ByteBuffer.wrap(ones), 0, 1));
        assertThat(other.buffer().slice()).isEqualTo(ByteBuffer.allocate(40));
        Segment made = Segment.of(arena, NEWS, 0, 0, new Cut(new byte[3], 0, 0), 0);
        assertThat(made.payload().isReadOnly()).isTrue();
        assertThat(made.payload().capacity()).as("nothing of the neighbours").isEqualTo(3);
        assertThat(made.encoded().capacity()).isEqualTo(Segment.HEADER_BYTES + 3);
    }

    @Test
    void refusesWhatIsNoEncodedForm() {
        reserve(2 * SLAB, 100);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> arena.reserve(30).segment(NEWS))
                .withMessageContaining("was 30");
        SegmentBytes negative = arena.reserve(40);
        negative.put(0, ByteBuffer.wrap(new byte[] {-1}), 0, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> negative.segment(NEWS))
                .withMessageContaining("epoch");
    }

    @Test
    void manyThreadsGetPlacesThatDoNotOverlap() {
        reserve(2 * SLAB, 10);
        List<SegmentBytes> all = IntStream.range(0, 20_000)
                .parallel()
                .mapToObj(i -> {
                    SegmentBytes mine = arena.reserve(300 + i % 7);
                    ByteBuffer id = ByteBuffer.allocate(mine.size());
                    while (id.remaining() >= Integer.BYTES) {
                        id.putInt(i);
                    }
                    mine.put(0, id, 0, mine.size());
                    return mine;
                })
                .toList();
        for (int i = 0; i < all.size(); i++) {
            ByteBuffer bytes = all.get(i).buffer();
            assertThat(bytes.remaining()).isEqualTo(300 + i % 7);
            while (bytes.remaining() >= Integer.BYTES) {
                assertThat(bytes.getInt()).isEqualTo(i);
            }
        }
    }

    @Test
    void slabsFitThisMachine() {
        assertThat(SegmentArena.slabBytes()).isBetween(0, 8 << 20);
    }
}
