package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequestedTest {
    private static final long S = 1_000_000_000L;

    private final Requested requested = new Requested();

    @Test
    void oneAnswerIsAwaitedForEachRequest() {
        requested.ask(7, 0);
        requested.ask(7, 0);
        assertThat(requested.answers(8)).isFalse();
        assertThat(requested.answers(7)).isTrue();
        assertThat(requested.awaits(7)).isTrue();
        assertThat(requested.answers(7)).isTrue();
        assertThat(requested.awaits(7)).isFalse();
        assertThat(requested.answers(7)).isFalse();
    }

    /** It is pushed while the request is under way, and comes again in answer: both are allowed beyond what was granted. */
    @Test
    void whatWasAnsweredByAPushMayComeOnceMore() {
        assertThat(requested.allowed()).isZero();
        requested.ask(7, 0);
        assertThat(requested.allowed()).isEqualTo(1);
        requested.answers(7);
        assertThat(requested.allowed()).isEqualTo(1);
    }

    @Test
    void nobodyRunsUpAnAllowanceWithoutEnd() {
        for (long n = 0; n < 1_000; n++) {
            requested.ask(n, 0);
            requested.answers(n);
        }
        assertThat(requested.allowed()).isEqualTo(64);
    }

    @Test
    void whatIsNotAnsweredForLongIsForgotten() {
        requested.ask(7, 0);
        requested.ask(8, S);
        requested.forget(30 * S);
        assertThat(requested.awaits(7)).isTrue();
        requested.forget(30 * S + 1);
        assertThat(requested.awaits(7)).isFalse();
        assertThat(requested.awaits(8)).isTrue();
    }
}
