package io.swarmflux.samples.simulate;

/**
 * What came out for one seeder or peer.
 *
 * @param name whose
 * @param seeder whether it is a seeder
 * @param survived whether it stayed to the end
 * @param due how many segments had their deadline here
 * @param onTime how many of them were there by then
 * @param late how many came later
 * @param missing how many never came
 * @param medianSlots half of what was due and came took at most so long
 * @param p99Slots and 99 % at most so long
 * @param hops over how many links the usual segment came
 * @param received how many whole segments came
 * @param duplicates how many of them were there already
 * @param uploadMbit what it sent, over the measured time, in Mbit/s
 * @param uploadShare its part of what it may send; negative without a limit
 * @param controlBytes bytes sent that are no segments
 * @param sentBytes all bytes sent
 * @param orphans how many sub-streams nobody was asked for at the end
 * @param startupMillis from the start to its first segment played; negative when it played none
 * @param played how many segments its player got
 * @param skipped how many its player passed without
 * @param damaged how many held something else than what was sent
 * @param repaired how many segments came in answer to a request
 * @param violations how many of its links were closed because the other end broke the rules
 */
record PeerFigures(
        String name,
        boolean seeder,
        boolean survived,
        long due,
        long onTime,
        long late,
        long missing,
        double medianSlots,
        double p99Slots,
        double hops,
        long received,
        long duplicates,
        double uploadMbit,
        double uploadShare,
        long controlBytes,
        long sentBytes,
        int orphans,
        double startupMillis,
        long played,
        long skipped,
        long damaged,
        long repaired,
        long violations) {

    /** The share of segments that were there at their deadline; 1 when none was due. */
    double continuity() {
        return due == 0 ? 1 : (double) onTime / due;
    }
}
