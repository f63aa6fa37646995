package io.swarmflux.testing;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.platform.launcher.TestIdentifier;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The threads of {@code Schedulers.parallel()}, which all tests of a JVM share. A test that leaves one of them occupied makes
 * others fail that have nothing to do with it, so it is named at once, with what every thread does.
 */
final class SharedThreads {
    private static final long PATIENCE_SECONDS = 10;

    private SharedThreads() {}

    /** Ends the JVM when a thread does not take a task any more after this test. */
    static void check(TestIdentifier test) {
        int threads = Schedulers.DEFAULT_POOL_SIZE;
        CountDownLatch free = new CountDownLatch(threads);
        Scheduler.Worker[] workers = new Scheduler.Worker[threads]; // one on each thread, in turn
        for (int i = 0; i < threads; i++) {
            workers[i] = Schedulers.parallel().createWorker();
            workers[i].schedule(free::countDown);
        }
        boolean all;
        try {
            all = free.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            return;
        }
        for (Scheduler.Worker worker : workers) {
            worker.dispose();
        }
        if (!all) {
            complain(test);
        }
    }

    private static void complain(TestIdentifier test) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> one :
                Thread.getAllStackTraces().entrySet()) {
            text.append(one.getKey())
                    .append(' ')
                    .append(one.getKey().getState())
                    .append('\n');
            for (StackTraceElement frame : one.getValue()) {
                text.append("    at ").append(frame).append('\n');
            }
        }
        BlockingCalls.take().forEach(call -> text.append(call).append('\n'));
        System.err.println(text + "after " + test.getUniqueId() + " " + Schedulers.parallel() + " took no task for "
                + PATIENCE_SECONDS + " s, see above: the build fails");
        System.exit(1);
    }
}
