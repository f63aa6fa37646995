package io.swarmflux.peer;

import io.swarmflux.segment.Description;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.StreamId;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Generates a stream from a source and serves it. Immutable: every step returns a new value, nothing happens before
 * {@link #start()} is subscribed.
 *
 * @param stream the stream
 * @param source where its segments come from
 * @param pace how fast they come; default by media time. {@link Pace#none()} makes the stream lossless, every other pace live
 * @param epoch the epoch; null, the default, for milliseconds since 1970 at the start, raised above any epoch that a
 *     downstream has heard of
 * @param subStreams the number of sub-streams K, 4 to 64; default 8
 * @param options name, transport, addresses and bounds
 * @param island where it feeds the stream to a LAN by multicast; null, the default, for links only
 * @param discovery where it is announced; null, the default, for nowhere
 */
public record Seeder(
        StreamId stream,
        SegmentSource source,
        Pace pace,
        @Nullable Long epoch,
        int subStreams,
        PeerOptions options,
        @Nullable Island island,
        @Nullable Discovery discovery) {

    /** Checks the values. */
    public Seeder {
        if (epoch != null && epoch < 0) {
            throw new IllegalArgumentException("an epoch is not negative, was " + epoch);
        }
        if (subStreams < 4 || subStreams > 64) {
            throw new IllegalArgumentException("the number of sub-streams is 4 to 64, was " + subStreams);
        }
    }

    /**
     * A seeder of a stream.
     *
     * @param stream the stream
     * @param source where its segments come from
     * @return the seeder with defaults
     */
    public static Seeder of(StreamId stream, SegmentSource source) {
        return new Seeder(
                stream,
                source,
                Pace.realtime(),
                null,
                Description.DEFAULT_SUB_STREAMS,
                PeerOptions.defaults(),
                null,
                null);
    }

    /**
     * Sets the pace, and with it the mode.
     *
     * @param pace none makes the stream lossless
     * @return the seeder with the pace
     */
    public Seeder at(Pace pace) {
        return new Seeder(stream, source, pace, epoch, subStreams, options, island, discovery);
    }

    /**
     * Sets the epoch. Redundant seeders of one stream share one.
     *
     * @param epoch not negative
     * @return the seeder with the epoch
     */
    public Seeder inEpoch(long epoch) {
        return new Seeder(stream, source, pace, epoch, subStreams, options, island, discovery);
    }

    /**
     * Sets the number of sub-streams.
     *
     * @param subStreams 4 to 64
     * @return the seeder with the number
     */
    public Seeder dividedInto(int subStreams) {
        return new Seeder(stream, source, pace, epoch, subStreams, options, island, discovery);
    }

    /**
     * Sets name, transport, addresses and bounds.
     *
     * @param options the options
     * @return the seeder with the options
     */
    public Seeder with(PeerOptions options) {
        return new Seeder(stream, source, pace, epoch, subStreams, options, island, discovery);
    }

    /**
     * Makes it a member of an island: it feeds the stream to the group, beside what it sends over links.
     *
     * @param joined the island
     * @return the seeder in the island
     */
    public Seeder island(Island joined) {
        return new Seeder(stream, source, pace, epoch, subStreams, options, joined, discovery);
    }

    /**
     * Announces it in directories, where peers find it. It dials nobody.
     *
     * @param in where
     * @return the seeder, announced as long as it runs
     */
    public Seeder discovering(Discovery in) {
        return new Seeder(stream, source, pace, epoch, subStreams, options, island, in);
    }

    /**
     * Starts it.
     *
     * @return emits the running seeder once it listens; fails with {@link io.swarmflux.link.LinkException} when it cannot;
     *     each subscription starts another one
     */
    public Mono<RunningPeer> start() {
        return Node.start(new Self.Plan(
                stream, options, this, java.util.List.of(), java.util.List.of(), false, island, discovery));
    }
}
