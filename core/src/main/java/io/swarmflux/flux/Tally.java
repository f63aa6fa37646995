package io.swarmflux.flux;

import java.util.concurrent.atomic.AtomicLong;

/** Counts what became of one upstream's elements. One thread at a time counts, any thread reads. */
final class Tally {
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong duplicates = new AtomicLong();
    private final AtomicLong conflicts = new AtomicLong();
    private final AtomicLong late = new AtomicLong();
    private final AtomicLong beyond = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    void count(Offered outcome, int size) {
        add(bytes, size);
        switch (outcome) {
            case ACCEPTED -> add(accepted, 1);
            case DUPLICATE -> add(duplicates, 1);
            case CONFLICT -> {
                add(duplicates, 1);
                add(conflicts, 1);
            }
            case LATE -> add(late, 1);
            case BEYOND -> add(beyond, 1);
        }
    }

    private static void add(AtomicLong counter, long more) {
        counter.setRelease(counter.getPlain() + more); // one writer, so no fence is needed
    }

    long bytes() {
        return bytes.get();
    }

    Upstream.Stats stats() {
        return new Upstream.Stats(
                accepted.get(), duplicates.get(), conflicts.get(), late.get(), beyond.get(), bytes.get());
    }
}
