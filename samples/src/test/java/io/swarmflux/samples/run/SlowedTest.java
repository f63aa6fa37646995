package io.swarmflux.samples.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.media.player.ConsistencyCheck;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class SlowedTest {
    @Test
    void takesNoMoreThanItsRate() {
        ConsistencyCheck check = ConsistencyCheck.create();

        StepVerifier.withVirtualTime(() -> new Slowed(check, 640).play(FakePeer.integers(100)))
                .thenAwait(Duration.ofSeconds(5))
                .then(() -> assertThat(check.soFar().delivered()).isBetween(49L, 51L))
                .thenAwait(Duration.ofSeconds(5))
                .assertNext(report -> assertThat(report.delivered()).isEqualTo(100))
                .verifyComplete();
    }
}
