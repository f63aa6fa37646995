package io.swarmflux.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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

    /** The lock of the timers is held by whoever drains them until the thread that cancels waits for it. */
    @Test
    void letsANonBlockingThreadWaitForTheLockOfTheTimers() throws Exception {
        ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);
        timers.setRemoveOnCancelPolicy(true);
        CountDownLatch over = new CountDownLatch(1);
        timers.execute(() -> await(over));
        ScheduledFuture<?> late = timers.schedule(() -> {}, 1, TimeUnit.DAYS);
        timers.execute(() -> {}); // due, and its thread is taken: what can be drained
        AtomicReference<Thread> canceller = new AtomicReference<>();
        Mono<Boolean> cancelled = Mono.fromCallable(() -> {
                    canceller.set(Thread.currentThread());
                    return late.cancel(false);
                })
                .subscribeOn(Schedulers.parallel())
                .cache();
        timers.getQueue().drainTo(new ArrayList<>() {
            @Override
            public boolean add(Runnable due) {
                cancelled.subscribe(done -> {}, failure -> {});
                while (canceller.get() == null || canceller.get().getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
                return super.add(due);
            }
        });
        StepVerifier.create(cancelled).expectNext(true).verifyComplete();
        over.countDown();
        timers.shutdown();
        assertThat(BlockingCalls.take()).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }

    private static Mono<Object> sleepOn(Scheduler scheduler) {
        return Mono.fromCallable(() -> {
                    Thread.sleep(1);
                    return null;
                })
                .subscribeOn(scheduler);
    }
}
