package io.swarmflux.peer;

import io.swarmflux.link.Transport;

/**
 * Takes what a running peer measures of single segments, links and readers, which no count in a {@link PeerSnapshot} can hold: see
 * {@link RunningPeer#record}. Nothing is measured while nobody records.
 *
 * <p>Called on the threads of links, of timers and of the strand, several at once: it must be thread-safe and quick, and must not
 * throw. All times are by the peer's own clock.
 */
public interface StreamMetricsRecorder {
    /** Which way segments go over a link, seen from the peer that measures. */
    enum Direction {
        /** From an upstream. */
        IN,
        /** To a downstream. */
        OUT
    }

    /**
     * A segment is published in order: everything before it is here or was passed.
     *
     * @param nanos since its first copy came
     */
    void merged(long nanos);

    /**
     * A segment is published in order, and the stream's time is known.
     *
     * @param nanos since its media time, by the stream's clock
     */
    void published(long nanos);

    /**
     * A ping was answered.
     *
     * @param over what carries the link
     * @param nanos the round trip
     */
    void roundTrip(Transport.Kind over, long nanos);

    /**
     * Segments need not wait for credit any more. Out: something was here that a downstream takes, and its credit did not reach
     * that far. In: an upstream was granted fewer bytes than it should have, or not the sequence that it brings next, because
     * the window had no room.
     *
     * @param direction which way the segments go
     * @param nanos how long that was so
     */
    void creditStalled(Direction direction, long nanos);

    /**
     * One reader or downstream was looked at; each of them once a second.
     *
     * @param segments how far it is behind what is held here
     */
    void subscriberLag(long segments);
}
