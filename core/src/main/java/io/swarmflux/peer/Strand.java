package io.swarmflux.peer;

import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import reactor.util.concurrent.Queues;

/**
 * Runs tasks one after the other without a thread of its own: whoever adds the first runs it, and all that are added
 * meanwhile. Everything a peer knows about its links is touched inside its strand only. A task added from inside a
 * task runs after it, so there is no recursion.
 */
final class Strand implements Executor {
    private final Queue<Runnable> tasks =
            Queues.<Runnable>unboundedMultiproducer().get();
    private final AtomicInteger wip = new AtomicInteger();
    private final Consumer<? super Throwable> failures;

    Strand(Consumer<? super Throwable> failures) {
        this.failures = failures;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (wip.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
                try {
                    next.run();
                } catch (RuntimeException failure) {
                    failures.accept(failure);
                }
            }
            missed = wip.addAndGet(-missed);
        } while (missed != 0);
    }
}
