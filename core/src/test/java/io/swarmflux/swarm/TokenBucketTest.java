package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {
    private static final long MS = 1_000_000L;

    @Test
    void letsEverythingGoWithoutALimit() {
        TokenBucket bucket = new TokenBucket(0);
        bucket.spend(Long.MAX_VALUE);
        assertThat(bucket.limited()).isFalse();
        assertThat(bucket.ready(0)).isTrue();
        assertThat(bucket.waitNs()).isZero();
    }

    @Test
    void savesUpFiftyMillisecondsAtMost() {
        TokenBucket bucket = new TokenBucket(8_000); // a byte each millisecond
        assertThat(bucket.limited()).isTrue();
        assertThat(bucket.ready(0)).isTrue();
        bucket.spend(49);
        assertThat(bucket.ready(1)).isTrue();
        assertThat(bucket.ready(1_000_000_000_000L)).isTrue();
        bucket.spend(51);
        assertThat(bucket.ready(1_000_000_000_000L)).isFalse();
    }

    @Test
    void isOverdrawnOnceAndPaysBeforeTheNext() {
        TokenBucket bucket = new TokenBucket(8_000);
        assertThat(bucket.ready(0)).isTrue();
        bucket.spend(1_050);
        assertThat(bucket.ready(0)).isFalse();
        assertThat(bucket.waitNs()).isBetween(1_000 * MS, 1_000 * MS + 1);
        assertThat(bucket.ready(999 * MS)).isFalse();
        assertThat(bucket.ready(999 * MS + bucket.waitNs())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void neverLetsMoreGoThanWasEarned(long seed) {
        Random random = new Random(seed);
        long bitsPerSecond = 1_000L + random.nextInt(100_000_000);
        TokenBucket bucket = new TokenBucket(bitsPerSecond);
        long nowNs = random.nextLong() / 4;
        long sinceNs = nowNs;
        double burst = bitsPerSecond / 8.0 * 0.05;
        long spent = 0;
        bucket.ready(nowNs);
        for (int i = 0; i < 20_000; i++) {
            if (bucket.ready(nowNs)) {
                double earned = burst + (nowNs - sinceNs) / 1e9 * bitsPerSecond / 8;
                assertThat((double) spent).as("seed %d, step %d", seed, i).isLessThan(earned + 1);
                long bytes = 1L + random.nextInt(20_000);
                spent += bytes;
                bucket.spend(bytes);
            } else {
                nowNs += bucket.waitNs();
                assertThat(bucket.ready(nowNs)).as("seed %d, step %d", seed, i).isTrue();
                double earned = burst + (nowNs - sinceNs) / 1e9 * bitsPerSecond / 8;
                assertThat((double) spent).as("all of it is used").isGreaterThan(earned - burst - 1);
            }
        }
    }
}
