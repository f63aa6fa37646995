package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.wire.Message;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToldPathsTest {
    private static final long MS = 1_000_000L;

    private final ToldPaths told = new ToldPaths(new Random() {
        @Override
        public double nextDouble() {
            return 0;
        }
    });

    private static Message.Path path(int subStream, long ageUs, String... peers) {
        return new Message.Path(1L << subStream, List.of(peers), ageUs);
    }

    private static Message.@Nullable Path[] paths(Message.@Nullable Path... paths) {
        return paths;
    }

    @Test
    void tellsAllAtFirstEqualOnesTogether() {
        assertThat(told.changed(paths(path(0, 5, "s"), path(1, 5, "s"), null, path(3, 6, "s")), -1, 0))
                .containsExactly(
                        new Message.Path(0b11, List.of("s"), 5),
                        new Message.Path(0b100, List.of(), Message.UNKNOWN),
                        new Message.Path(0b1000, List.of("s"), 6));
    }

    @Test
    void tellsOnlyWhatHasChanged() {
        told.changed(paths(path(0, 0, "s"), path(1, 0, "s", "a")), -1, 0);
        assertThat(told.changed(paths(path(0, 0, "s"), path(1, 0, "s", "a")), -1, MS))
                .isEmpty();
        assertThat(told.changed(paths(path(0, 0, "s"), path(1, 0, "s", "b")), -1, 2 * MS))
                .containsExactly(path(1, 0, "s", "b"));
        assertThat(told.changed(paths(null, path(1, 0, "s", "b")), -1, 3 * MS))
                .containsExactly(path(0, Message.UNKNOWN));
        assertThat(told.changed(paths(null, path(1, 0, "s", "b")), -1, 4 * MS)).isEmpty();
    }

    @Test
    void tellsAnAgeThatHasChangedByMoreThanThirtyMillisecondsAndAQuarter() {
        told.changed(paths(path(0, 50_000, "s")), -1, 0);
        assertThat(told.changed(paths(path(0, 80_000, "s")), -1, 2_000 * MS)).isEmpty();
        assertThat(told.changed(paths(path(0, 80_001, "s")), -1, 2_000 * MS)).hasSize(1);
        told.changed(paths(path(0, 400_000, "s")), -1, 4_000 * MS);
        assertThat(told.changed(paths(path(0, 500_000, "s")), -1, 6_000 * MS)).isEmpty();
        assertThat(told.changed(paths(path(0, 500_001, "s")), -1, 6_000 * MS)).hasSize(1);
    }

    @Test
    void tellsAgesOnceInTwoSeconds() {
        told.changed(paths(path(0, 50_000, "s")), -1, 0);
        assertThat(told.changed(paths(path(0, 900_000, "s")), -1, 1_999 * MS)).isEmpty();
        assertThat(told.changed(paths(path(0, 900_000, "s")), -1, 2_000 * MS)).hasSize(1);
        assertThat(told.changed(paths(path(0, 50_000, "s")), -1, 3_999 * MS)).isEmpty();
    }

    @Test
    void tellsOthersOfAnotherWayOnceInTwoSeconds() {
        told.changed(paths(path(0, 0, "s"), path(1, 0, "s")), 0b10, 0);
        assertThat(told.changed(paths(path(0, 0, "a"), path(1, 0, "a")), 0b10, MS))
                .containsExactly(path(1, 0, "a"));
        assertThat(told.changed(paths(path(0, 0, "a"), path(1, 0, "a")), 0b10, 1_999 * MS))
                .isEmpty();
        assertThat(told.changed(paths(path(0, 0, "a"), path(1, 0, "a")), 0b10, 2_000 * MS))
                .containsExactly(path(0, 0, "a"));
    }

    @Test
    void tellsAnAgeThatBecomesKnownHoweverSmall() {
        told.changed(paths(path(0, Message.UNKNOWN, "s")), -1, 0);
        assertThat(told.changed(paths(path(0, Message.UNKNOWN, "s")), -1, MS)).isEmpty();
        assertThat(told.changed(paths(path(0, 1_000, "s")), -1, MS)).containsExactly(path(0, 1_000, "s"));
        assertThat(told.changed(paths(path(0, Message.UNKNOWN, "s")), -1, MS))
                .containsExactly(path(0, Message.UNKNOWN, "s"));
    }

    @Test
    void tellsAllAgainAfterTenSecondsAndWhenThereAreMore() {
        told.changed(paths(path(0, 0, "s"), null), -1, 0);
        assertThat(told.changed(paths(path(0, 0, "s"), null), -1, 9_999 * MS)).isEmpty();
        assertThat(told.changed(paths(path(0, 0, "s"), null), -1, 10_000 * MS)).hasSize(2);
        assertThat(told.changed(paths(path(0, 0, "s"), null, null), -1, 10_001 * MS))
                .containsExactly(path(0, 0, "s"), new Message.Path(0b110, List.of(), Message.UNKNOWN));
    }

    /** Who takes everything and takes in what is told always knows the peers, and whether there is an age. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theOtherEndAlwaysKnows(long seed) {
        Random random = new Random(seed);
        Message.@Nullable Path[] now = new Message.Path[8];
        Message.@Nullable Path[] known = new Message.Path[8];
        long nowNs = 0;
        for (int step = 0; step < 2_000; step++) {
            nowNs += random.nextInt(400) * MS;
            int i = random.nextInt(8);
            String[] peers = IntStream.range(0, 1 + random.nextInt(3))
                    .mapToObj(n -> "p" + random.nextInt(2))
                    .toArray(String[]::new);
            long ageUs = random.nextInt(4) == 0 ? Message.UNKNOWN : random.nextInt(200_000);
            now[i] = random.nextInt(4) == 0 ? null : path(i, ageUs, peers);
            for (Message.Path path : told.changed(now.clone(), -1, nowNs)) {
                for (int k = 0; k < 8; k++) {
                    if ((path.subStreams() & 1L << k) != 0) {
                        known[k] = path.peers().isEmpty() ? null : path;
                    }
                }
            }
            for (int k = 0; k < 8; k++) {
                Message.Path is = now[k];
                Message.Path was = known[k];
                String at = "seed " + seed + ", step " + step + ", sub-stream " + k;
                assertThat(was == null).as(at).isEqualTo(is == null);
                if (is != null && was != null) {
                    assertThat(was.peers()).as(at).isEqualTo(is.peers());
                    assertThat(was.ageUs() < 0).as(at).isEqualTo(is.ageUs() < 0);
                }
            }
        }
    }
}
