package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final long MS = 1_000_000L;

    private final Backlog backlog = new Backlog();

    @Test
    void aQueueThatBecomesEmptyNowAndThenMayBeLong() {
        for (long atMs = 0; atMs < 10_000; atMs += 1_900) {
            backlog.cleared(atMs * MS);
            assertThat(backlog.longestWaitNs((atMs + 1_899) * MS)).isEqualTo(1_500 * MS);
        }
    }

    @Test
    void aQueueThatNeverBecomesEmptyIsCutShorterUntilItDoes() {
        backlog.cleared(0);
        assertThat(backlog.longestWaitNs(2_000 * MS)).isEqualTo(1_500 * MS);
        assertThat(backlog.longestWaitNs(2_001 * MS)).isEqualTo(800 * MS);
        assertThat(backlog.longestWaitNs(60_000 * MS)).isEqualTo(800 * MS);
        backlog.cleared(60_000 * MS);
        assertThat(backlog.longestWaitNs(60_001 * MS)).isEqualTo(1_500 * MS);
    }

    @Test
    void beforeTheFirstSegmentNothingStands() {
        assertThat(backlog.longestWaitNs(1_000_000 * MS)).isEqualTo(1_500 * MS);
    }
}
