package io.swarmflux.samples.bench;

/**
 * What a carrier reached in one trial.
 *
 * @param perSecond segments a second to the slowest receiver
 * @param missing segments that did not come, over all receivers
 * @param p50Us how long after it was due the median segment came to a receiver, in microseconds; 0 when nothing was paced
 * @param p99Us the same of the slowest hundredth
 * @param maxUs the same of the slowest
 * @param cpuSecondsPerGb of the whole process, for 10^9 bytes of payload that came to a receiver
 * @param processors how many it kept busy
 * @param bytesPerSegment allocated by the whole process for each segment that came to a receiver
 */
public record Outcome(
        double perSecond,
        long missing,
        double p50Us,
        double p99Us,
        double maxUs,
        double cpuSecondsPerGb,
        double processors,
        double bytesPerSegment) {}
