package io.swarmflux.flux;

import org.jspecify.annotations.Nullable;

/**
 * Finds out with which epoch and sequence a hub begins. "The first that comes" would let the fastest upstream decide, and
 * make what slower ones have from before late; so a beginning is looked for among several, for a while. Inside the drain
 * loop only.
 */
final class Beginning<T> {
    private final StartPolicy policy;
    private final Numbering<T> numbering;
    private final Upstreams<T> upstreams;
    private long startByNs = Alarm.NEVER;

    Beginning(MergeSpec<T> spec, Upstreams<T> upstreams) {
        this.policy = spec.start();
        this.numbering = spec.numbering();
        this.upstreams = upstreams;
    }

    /** A place to begin. */
    record Place(long epoch, long sequence) {}

    /** The place to begin; null when it is not known yet. */
    @Nullable
    Place find(long nowNs) {
        Place lowest = null;
        int ready = 0;
        boolean all = upstreams.areLast();
        for (Inlet<T> inlet : upstreams.present()) {
            Place here = lowestOf(inlet);
            lowest = here == null || (lowest != null && !isBefore(here, lowest)) ? lowest : here;
            boolean shown = inlet.drained() || inlet.showsItsLowest();
            ready += shown ? 1 : 0;
            all &= shown;
        }
        boolean given = policy.kind() == StartPolicy.Kind.GIVEN;
        if (lowest == null) {
            startByNs = Alarm.NEVER; // who brought the first element may have left with it
            return all ? new Place(0, given ? policy.sequence() : 0) : null;
        }
        if (given) {
            return new Place(lowest.epoch, policy.sequence());
        }
        if (all || ready >= Math.min(policy.upstreams(), upstreams.expected())) {
            return lowest;
        }
        if (startByNs == Alarm.NEVER) {
            startByNs = nowNs + policy.within().toNanos();
        }
        return nowNs >= startByNs ? lowest : null;
    }

    /** When to look again. */
    long againNs() {
        return startByNs;
    }

    private @Nullable Place lowestOf(Inlet<T> inlet) {
        try {
            T head = inlet.head();
            return head == null ? null : new Place(numbering.epochOf(head), numbering.sequenceOf(head));
        } catch (Throwable failure) {
            inlet.fail(failure);
            return null;
        }
    }

    private static boolean isBefore(Place a, Place b) {
        return a.epoch > b.epoch || (a.epoch == b.epoch && a.sequence < b.sequence);
    }
}
