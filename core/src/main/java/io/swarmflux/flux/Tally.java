package io.swarmflux.flux;

/** Counts what became of one upstream's elements. One thread at a time counts, any thread reads. */
final class Tally {
    private volatile long accepted;
    private volatile long duplicates;
    private volatile long conflicts;
    private volatile long late;
    private volatile long beyond;
    private volatile long bytes;

    @SuppressWarnings("NonAtomicVolatileUpdate") // the hub's drain loop is the only writer
    void count(Offered outcome, int size) {
        bytes += size;
        switch (outcome) {
            case ACCEPTED -> accepted++;
            case DUPLICATE -> duplicates++;
            case CONFLICT -> {
                duplicates++;
                conflicts++;
            }
            case LATE -> late++;
            case BEYOND -> beyond++;
        }
    }

    Upstream.Stats stats() {
        return new Upstream.Stats(accepted, duplicates, conflicts, late, beyond, bytes);
    }
}
