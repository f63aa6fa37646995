package io.swarmflux.flux;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** The one timer of a hub. It does nothing itself: it enters the drain loop, as any other thread does. */
final class Alarm {
    static final long NEVER = Long.MAX_VALUE;

    private final Scheduler scheduler;
    private final Runnable ring;
    private @Nullable Disposable set;
    private long atNs = NEVER;

    /** It has rung since it was set. */
    private volatile boolean rang;

    Alarm(Scheduler scheduler, Runnable ring) {
        this.scheduler = scheduler;
        this.ring = () -> {
            rang = true;
            ring.run();
        };
    }

    long nowNs() {
        return scheduler.now(TimeUnit.NANOSECONDS);
    }

    /**
     * Rings not later than at a time; an earlier ring that is due already is left, as it costs less than to move it.
     *
     * @throws RejectedExecutionException when the scheduler is disposed
     */
    void set(long dueNs, long nowNs) {
        if (dueNs == NEVER || (set != null && atNs <= dueNs && atNs > nowNs)) {
            return;
        }
        cancel();
        atNs = dueNs;
        rang = false;
        set = scheduler.schedule(ring, Math.max(0, dueNs - nowNs), TimeUnit.NANOSECONDS);
    }

    /** Whether it will ring. */
    boolean isSet() {
        return set != null && !rang;
    }

    void cancel() {
        Disposable old = set;
        if (old != null) {
            old.dispose();
            set = null;
        }
    }
}
