package io.swarmflux.flux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Counts what became of one upstream's elements. One thread at a time counts, any thread reads. */
final class Tally {
    private static final VarHandle ACCEPTED = counter("accepted");
    private static final VarHandle DUPLICATES = counter("duplicates");
    private static final VarHandle CONFLICTS = counter("conflicts");
    private static final VarHandle LATE = counter("late");
    private static final VarHandle BEYOND = counter("beyond");
    private static final VarHandle BYTES = counter("bytes");

    private volatile long accepted;
    private volatile long duplicates;
    private volatile long conflicts;
    private volatile long late;
    private volatile long beyond;
    private volatile long bytes;

    private static VarHandle counter(String name) {
        return Handles.of(MethodHandles.lookup(), name, long.class);
    }

    void accept(int size) {
        BYTES.setRelease(this, bytes + size); // one writer, so no fence is needed
        ACCEPTED.setRelease(this, accepted + 1);
    }

    void count(Offered outcome, int size) {
        BYTES.setRelease(this, bytes + size);
        switch (outcome) {
            case ACCEPTED -> ACCEPTED.setRelease(this, accepted + 1);
            case DUPLICATE -> DUPLICATES.setRelease(this, duplicates + 1);
            case CONFLICT -> {
                DUPLICATES.setRelease(this, duplicates + 1);
                CONFLICTS.setRelease(this, conflicts + 1);
            }
            case LATE -> LATE.setRelease(this, late + 1);
            case BEYOND -> BEYOND.setRelease(this, beyond + 1);
        }
    }

    long bytes() {
        return bytes;
    }

    Upstream.Stats stats() {
        return new Upstream.Stats(accepted, duplicates, conflicts, late, beyond, bytes);
    }
}
