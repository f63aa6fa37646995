package io.swarmflux.flux;

import reactor.core.Disposable;

/** One upstream of a hub, for as long as it is attached. Disposing detaches it. */
public interface Upstream extends Disposable {
    /**
     * Its name.
     *
     * @return unique among the hub's upstreams
     */
    String name();

    /**
     * What came from it so far.
     *
     * @return counts at this moment
     */
    Stats stats();

    /**
     * What became of an upstream's elements.
     *
     * @param accepted how many are or were in the window
     * @param duplicates how many were there already
     * @param conflicts how many of the duplicates differed from what was there
     * @param late how many came after the window had moved past them
     * @param beyond how many were refused because the window could not take them
     * @param bytes the size of all of them
     */
    record Stats(long accepted, long duplicates, long conflicts, long late, long beyond, long bytes) {
        /**
         * How many came.
         *
         * @return the sum
         */
        public long received() {
            return accepted + duplicates + late + beyond;
        }

        /**
         * Adds up.
         *
         * @param other what became of others
         * @return what became of both together
         */
        public Stats plus(Stats other) {
            return new Stats(
                    accepted + other.accepted,
                    duplicates + other.duplicates,
                    conflicts + other.conflicts,
                    late + other.late,
                    beyond + other.beyond,
                    bytes + other.bytes);
        }
    }
}
