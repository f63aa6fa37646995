package io.swarmflux.transport.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {
    @Test
    void saysWhatASetWouldSay() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ReplayWindow window = new ReplayWindow(100);
        Set<Long> seen = new HashSet<>();
        long highest = 100;
        for (int i = 0; i < 20_000; i++) {
            long number = Math.max(0, highest + random.nextInt(i % 100 == 0 ? 4_000 : 40) - (i % 50 == 0 ? 2_000 : 20));
            boolean isNew = number > 100 && number > highest - ReplayWindow.SIZE && !seen.contains(number);
            assertThat(window.isNew(number)).as("%s of seed %s", number, seed).isEqualTo(isNew);
            if (isNew) {
                window.mark(number);
                seen.add(number);
                highest = Math.max(highest, number);
            }
        }
    }

    @Test
    void theFirstAndTheLastNumber() {
        ReplayWindow window = new ReplayWindow(0);
        assertThat(window.isNew(0)).isFalse();
        assertThat(window.isNew(-1)).isFalse();
        assertThat(window.isNew(Long.MIN_VALUE)).isFalse();
        window.mark(Long.MAX_VALUE);
        assertThat(window.isNew(Long.MAX_VALUE)).isFalse();
        assertThat(window.isNew(Long.MAX_VALUE - 1)).isTrue();
        assertThat(window.isNew(Long.MAX_VALUE - ReplayWindow.SIZE)).isFalse();
        assertThat(window.isNew(1)).isFalse();
    }
}
