package io.swarmflux.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.locks.LockSupport;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

final class BlockingCallsTest {
    @Test
    void failsASleepOnANonBlockingThread() {
        StepVerifier.create(sleepOn(Schedulers.parallel()))
                .expectError(BlockingOperationError.class)
                .verify();
        assertThat(BlockingCalls.take()).singleElement().asString().contains("Thread.sleep", "parallel");
    }

    @Test
    void letsABlockingThreadSleep() {
        StepVerifier.create(sleepOn(Schedulers.boundedElastic())).verifyComplete();
    }

    @Test
    void remembersACallWhoseErrorWasSwallowed() {
        Mono<Void> swallowed = Mono.<Void>fromRunnable(() -> LockSupport.parkNanos(1))
                .onErrorComplete()
                .subscribeOn(Schedulers.parallel());
        StepVerifier.create(swallowed).verifyComplete();
        assertThat(BlockingCalls.take()).singleElement().asString().contains("park");
    }

    @Test
    void letsANonBlockingThreadLog() {
        Mono<Void> log = Mono.fromRunnable(
                () -> Logger.getLogger("io.swarmflux.testing").info("a line logged on a non-blocking thread"));
        StepVerifier.create(log.subscribeOn(Schedulers.parallel())).verifyComplete();
        assertThat(BlockingCalls.take()).isEmpty();
    }

    private static Mono<Object> sleepOn(Scheduler scheduler) {
        return Mono.fromCallable(() -> {
                    Thread.sleep(1);
                    return null;
                })
                .subscribeOn(scheduler);
    }
}
