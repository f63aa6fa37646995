package io.swarmflux.peer;

import io.swarmflux.link.Transport;
import io.swarmflux.segment.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * What seeders and peers have in common: immutable, every step returns a new value.
 *
 * @param name the peer's id in the swarm, 1 to 64 bytes; null, the default, makes a random one
 * @param transport opens the links that this peer dials and listens; null, the default, when it has none
 * @param listen the addresses to listen on, in the transport's form; default none
 * @param advertised where others can dial it; null, the default, for the first address it listens on
 * @param waitFor how many downstreams must be there before anything is taken; default 0
 * @param linger how long at most to serve on after the end without any downstream coming further, until every
 *     one has confirmed it; default 5 s
 * @param window the bounds of the window
 * @param serving what it gives at most
 * @param time clock and chance
 * @param sharing answers each segment that has come with an equal one that is kept instead; default itself
 * @param playoutDelay how far behind the stream its players play, see {@link #playoutDelay(Duration)}; null, the default, when that
 *     is not known
 */
public record PeerOptions(
        @Nullable String name,
        @Nullable Transport transport,
        List<String> listen,
        @Nullable String advertised,
        int waitFor,
        Duration linger,
        Window window,
        Serving serving,
        Time time,
        UnaryOperator<Segment> sharing,
        @Nullable Duration playoutDelay) {

    private static final Duration LONGEST_DELAY = Duration.ofDays(1);

    private static final PeerOptions DEFAULTS = new PeerOptions(
            null,
            null,
            List.of(),
            null,
            0,
            Duration.ofSeconds(5),
            Window.defaults(),
            Serving.defaults(),
            Time.system(),
            UnaryOperator.identity(),
            null);

    /**
     * The bounds of a peer's window.
     *
     * @param segments slots, a power of two; default 16,384
     * @param bytes encoded bytes; default 64 MiB; at least 2 MiB
     * @param keep how long segments are kept for late readers and repair; default 10 s
     */
    public record Window(int segments, long bytes, Duration keep) {
        private static final Window DEFAULTS = new Window(16_384, 64L << 20, Duration.ofSeconds(10));

        /** Checks the bounds. */
        public Window {
            if (segments < 64 || Integer.bitCount(segments) != 1) {
                throw new IllegalArgumentException("a window has a power of two of at least 64 slots, was " + segments);
            }
            if (bytes < 2L << 20) {
                throw new IllegalArgumentException("a window has at least 2 MiB, was " + bytes + " bytes");
            }
            if (keep.isNegative() || keep.isZero()) {
                throw new IllegalArgumentException("a window keeps for a positive time, was " + keep);
            }
        }

        /**
         * 16,384 segments, 64 MiB, 10 s.
         *
         * @return the defaults
         */
        public static Window defaults() {
            return DEFAULTS;
        }
    }

    /**
     * Where time and chance come from.
     *
     * @param scheduler every wait goes through it; default {@link Schedulers#parallel()}
     * @param seed of everything that is chosen by chance; null, the default, for a different one at each start
     */
    public record Time(
            @Nullable Scheduler scheduler, @Nullable Long seed) {
        /**
         * The machine's clock and true chance.
         *
         * @return the defaults
         */
        public static Time system() {
            return new Time(null, null);
        }
    }

    /** Checks the values. */
    public PeerOptions {
        listen = List.copyOf(listen);
        if (waitFor < 0) {
            throw new IllegalArgumentException("the number of downstreams to wait for is not negative, was " + waitFor);
        }
        if (linger.isNegative()) {
            throw new IllegalArgumentException("a linger time is not negative, was " + linger);
        }
        if (playoutDelay != null && (playoutDelay.isNegative() || playoutDelay.compareTo(LONGEST_DELAY) > 0)) {
            throw new IllegalArgumentException("a playout delay is 0 to a day, was " + playoutDelay);
        }
    }

    /**
     * No name, no transport, nothing listened on.
     *
     * @return the defaults
     */
    public static PeerOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Names the peer.
     *
     * @param name 1 to 64 bytes, different from every other peer's
     * @return the options with the name
     */
    public PeerOptions named(String name) {
        return new PeerOptions(
                name, transport, listen, advertised, waitFor, linger, window, serving, time, sharing, playoutDelay);
    }

    /**
     * Sets what links go over.
     *
     * @param transport opens links and listens
     * @return the options with the transport
     */
    public PeerOptions over(Transport transport) {
        return new PeerOptions(
                name, transport, listen, advertised, waitFor, linger, window, serving, time, sharing, playoutDelay);
    }

    /**
     * Listens on one more address.
     *
     * @param address in the transport's form; port 0 takes a free one
     * @return the options with the address
     */
    public PeerOptions listeningOn(String address) {
        List<String> all = new ArrayList<>(listen);
        all.add(address);
        return new PeerOptions(
                name, transport, all, advertised, waitFor, linger, window, serving, time, sharing, playoutDelay);
    }

    /**
     * Says where others can dial it, when that is not where it listens.
     *
     * @param address in the transport's form
     * @return the options with the address
     */
    public PeerOptions advertising(String address) {
        return new PeerOptions(
                name, transport, listen, address, waitFor, linger, window, serving, time, sharing, playoutDelay);
    }

    /**
     * Takes nothing until downstreams are there.
     *
     * @param downstreams how many
     * @return the options with the number
     */
    public PeerOptions waitingFor(int downstreams) {
        return new PeerOptions(
                name, transport, listen, advertised, downstreams, linger, window, serving, time, sharing, playoutDelay);
    }

    /**
     * Serves on after the end.
     *
     * @param atMost how long at most while no downstream comes any further
     * @return the options with the time
     */
    public PeerOptions lingering(Duration atMost) {
        return new PeerOptions(
                name, transport, listen, advertised, waitFor, atMost, window, serving, time, sharing, playoutDelay);
    }

    /**
     * Bounds the window.
     *
     * @param bounds slots, bytes and time
     * @return the options with the bounds
     */
    public PeerOptions within(Window bounds) {
        return new PeerOptions(
                name, transport, listen, advertised, waitFor, linger, bounds, serving, time, sharing, playoutDelay);
    }

    /**
     * Limits what it gives.
     *
     * @param limits rates and numbers
     * @return the options with the limits
     */
    public PeerOptions serving(Serving limits) {
        return new PeerOptions(
                name, transport, listen, advertised, waitFor, linger, window, limits, time, sharing, playoutDelay);
    }

    /**
     * Replaces clock and chance, for virtual time and repeatable runs.
     *
     * @param scheduler every wait goes through it
     * @param seed of everything chosen by chance
     * @return the options with both
     */
    public PeerOptions timed(Scheduler scheduler, long seed) {
        return new PeerOptions(
                name,
                transport,
                listen,
                advertised,
                waitFor,
                linger,
                window,
                serving,
                new Time(scheduler, seed),
                sharing,
                playoutDelay);
    }

    /**
     * Shares segments with other peers of the process, so that all of them together hold each once.
     *
     * @param equal answers a segment that has come with an equal one, or with itself; called on the threads of links
     * @return the options with it
     */
    public PeerOptions sharing(UnaryOperator<Segment> equal) {
        return new PeerOptions(
                name, transport, listen, advertised, waitFor, linger, window, serving, time, equal, playoutDelay);
    }

    /**
     * Says how far behind the stream its players play, so that nothing is asked for again that cannot come before it is due. A
     * segment is due when it is as old, by the time of the stream, as this delay; later by as much as the first segment that a player
     * was given here was old already, because a player's clock starts with that. In a lossless stream, and with
     * {@link Peer#lossless}, nothing is ever due. Without it a segment is asked for as long as it may be missing; so is it in a peer
     * that only passes the stream on, whose downstreams may have more time.
     *
     * @param behind 0 to a day; the same as that of the players, and as their patience with holes
     * @return the options with the delay
     */
    public PeerOptions playoutDelay(Duration behind) {
        return new PeerOptions(
                name, transport, listen, advertised, waitFor, linger, window, serving, time, sharing, behind);
    }
}
