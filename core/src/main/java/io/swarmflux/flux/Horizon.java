package io.swarmflux.flux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** The first sequence that readers of one patience may not see past yet. Moved inside the drain loop, read by any thread. */
final class Horizon {
    private static final VarHandle LIMIT = Handles.of(MethodHandles.lookup(), "limit", long.class);

    /** How long a hole is waited for, in nanoseconds; {@link Long#MAX_VALUE} for as long as anybody may bring it. */
    final long patienceNs;

    /** How many readers share it. */
    int readers;

    private volatile long limit;

    Horizon(long patienceNs, long limit) {
        this.patienceNs = patienceNs;
        this.limit = limit;
    }

    long limit() {
        return limit;
    }

    /** Readers are woken through a counter, so a release is fence enough. */
    void moveTo(long newLimit) {
        LIMIT.setRelease(this, newLimit);
    }
}
