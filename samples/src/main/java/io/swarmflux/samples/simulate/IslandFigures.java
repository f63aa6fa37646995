package io.swarmflux.samples.simulate;

/**
 * What came out for one island.
 *
 * @param name which
 * @param members how many peers it has
 * @param lostByAll how many frames with segments no member heard
 * @param naks how many times members asked the group
 * @param pieces for how many pieces, in all of these together
 * @param repairs how many frames with repairs the group carried
 * @param streamBytes bytes of frames with segments that the group carried, repairs apart
 * @param repairBytes bytes of frames with repairs
 * @param controlBytes bytes of all other frames
 * @param uplinkCopies how often the stream came in from outside
 * @param pauseMillis the longest time for which a sub-stream brought nothing new
 */
record IslandFigures(
        String name,
        int members,
        long lostByAll,
        long naks,
        long pieces,
        long repairs,
        long streamBytes,
        long repairBytes,
        long controlBytes,
        double uplinkCopies,
        double pauseMillis) {

    /** How many pieces were asked for, for each frame that all have lost; -1 when none was. */
    double naksPerLoss() {
        return lostByAll == 0 ? -1 : (double) pieces / lostByAll;
    }

    /** The part of what the group carries that is neither segments nor repairs. */
    double control() {
        long all = streamBytes + repairBytes + controlBytes;
        return all == 0 ? 0 : (double) controlBytes / all;
    }
}
