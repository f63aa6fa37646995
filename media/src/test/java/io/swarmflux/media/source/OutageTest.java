package io.swarmflux.media.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class OutageTest {
    private final List<String> told = new ArrayList<>();
    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final Outage outage = new Outage("camera", told::add, timer);

    @Test
    void waitsLongerAfterEachFailureUpToTenSeconds() {
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waits.add(outage.broke("it is out", 0).toMillis());
        }

        assertThat(waits).startsWith(200L, 400L, 800L, 1600L, 3200L, 6400L, 10_000L, 10_000L);
        assertThat(waits.subList(6, 20)).containsOnly(10_000L);
    }

    @Test
    void tellsTheSameReasonEverMoreSeldomAndANewOneAtOnce() {
        for (int i = 0; i < 9; i++) {
            outage.broke("it is out", 0);
        }
        outage.broke("it answers 503", 0);

        assertThat(told)
                .containsExactly(
                        "camera: it is out; trying again in 0.2 s",
                        "camera: it is out (2 times by now); trying again in 0.4 s",
                        "camera: it is out (4 times by now); trying again in 1.6 s",
                        "camera: it is out (8 times by now); trying again in 10.0 s",
                        "camera: it answers 503; trying again in 10.0 s");
    }

    @Test
    void beginsAnewWithAnInputThatHasHeldForAWhile() {
        outage.broke("it is out", 0);
        timer.advanceTimeBy(Duration.ofSeconds(3));
        StepVerifier.create(outage.watch(Flux.just(ByteBuffer.allocate(1), ByteBuffer.allocate(1))))
                .expectNextCount(2)
                .verifyComplete();
        assertThat(told).last().isEqualTo("camera: is back after 3.0 s");

        assertThat(outage.broke("it is out", Duration.ofSeconds(12).toNanos()))
                .as("it has held for 9 s only")
                .hasMillis(400);
        StepVerifier.create(outage.watch(Flux.just(ByteBuffer.allocate(1))))
                .expectNextCount(1)
                .verifyComplete();
        assertThat(outage.broke("it is out", Duration.ofSeconds(13).toNanos())).hasMillis(200);
    }

    @Test
    void passesOnWhatIsNotToBeTriedAgain() {
        Flux<Integer> broken = Flux.error(new IOException("gone for good"));

        StepVerifier.create(broken.retryWhen(outage.retry(e -> false))).verifyErrorMessage("gone for good");
        assertThat(told).isEmpty();
    }
}
