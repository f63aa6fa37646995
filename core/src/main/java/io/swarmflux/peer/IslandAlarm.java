package io.swarmflux.peer;

import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;

/** When something is to be done next: the earliest of all times that were asked for. Inside the strand, but for {@link #wake}. */
final class IslandAlarm {
    private final Self self;
    private final Runnable act;
    private volatile long armedNs = Long.MAX_VALUE;
    private Disposable timer = () -> {};
    private boolean closed;

    /** At each time that was asked for, {@code act} is run inside the strand. */
    IslandAlarm(Self self, Runnable act) {
        this.self = self;
        this.act = act;
    }

    /** There is something to do at that time; from any thread. */
    void wake(long atNs) {
        if (atNs < armedNs) {
            self.strand().execute(() -> arm(atNs));
        }
    }

    void arm(long atNs) {
        if (atNs >= armedNs || closed) {
            return;
        }
        armedNs = atNs;
        timer.dispose();
        long delayNs = Math.max(0, atNs - self.nowNs());
        timer = self.scheduler().schedule(() -> self.strand().execute(this::ring), delayNs, TimeUnit.NANOSECONDS);
    }

    private void ring() {
        armedNs = Long.MAX_VALUE;
        if (!closed) {
            act.run();
        }
    }

    void close() {
        closed = true;
        timer.dispose();
    }
}
