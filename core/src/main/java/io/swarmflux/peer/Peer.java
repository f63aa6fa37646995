package io.swarmflux.peer;

import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * Takes a stream from several upstreams at once, offers it to readers in order, and serves it on. Immutable: every step
 * returns a new value, nothing happens before {@link #start()} is subscribed.
 */
public final class Peer {
    private final StreamId stream;
    private final List<String> upstreams;
    private final List<Local> locals;
    private final boolean lossless;
    private final @Nullable Island island;
    private final PeerOptions options;
    private final @Nullable Discovery discovery;

    /** A publisher in this process, by name. */
    record Local(String name, Publisher<Segment> publisher) {}

    private Peer(
            StreamId stream,
            List<String> upstreams,
            List<Local> locals,
            boolean lossless,
            @Nullable Island island,
            PeerOptions options,
            @Nullable Discovery discovery) {
        this.stream = stream;
        this.upstreams = upstreams;
        this.locals = locals;
        this.lossless = lossless;
        this.island = island;
        this.options = options;
        this.discovery = discovery;
    }

    /**
     * A peer of a stream.
     *
     * @param stream the stream
     * @return the peer, without upstreams
     */
    public static Peer of(StreamId stream) {
        return new Peer(stream, List.of(), List.of(), false, null, PeerOptions.defaults(), null);
    }

    /**
     * Adds an upstream to dial, again and again until it answers and whenever it is lost.
     *
     * @param address in the form of the options' transport
     * @return the peer with the upstream
     */
    public Peer upstream(String address) {
        List<String> all = new ArrayList<>(upstreams);
        all.add(address);
        return new Peer(stream, List.copyOf(all), locals, lossless, island, options, discovery);
    }

    /**
     * Adds a publisher in this process as an upstream.
     *
     * @param name for events and snapshots
     * @param publisher segments of this stream, in any order
     * @return the peer with the upstream
     */
    public Peer upstream(String name, Publisher<Segment> publisher) {
        for (Local other : locals) {
            if (other.name().equals(name)) {
                throw new IllegalArgumentException("there is an upstream '" + name + "' already");
            }
        }
        List<Local> all = new ArrayList<>(locals);
        all.add(new Local(name, publisher));
        return new Peer(stream, upstreams, List.copyOf(all), lossless, island, options, discovery);
    }

    /**
     * Whether its own readers wait for a hole until no known peer has it, in a live stream. A lossless stream always does.
     *
     * @param on default false
     * @return the peer with the choice
     */
    public Peer lossless(boolean on) {
        return new Peer(stream, upstreams, locals, on, island, options, discovery);
    }

    /**
     * Makes it a member of an island: it takes the stream from the group as far as others feed it there, feeds what it claims, and
     * takes over links whatever the group does not bring.
     *
     * @param island the island
     * @return the peer in the island
     */
    public Peer island(Island island) {
        return new Peer(stream, upstreams, locals, lossless, island, options, discovery);
    }

    /**
     * Lets it find upstreams by itself, beside those that are given, and announces it to others once it has the stream and if they
     * can dial it: it listens, or advertises an address.
     *
     * @param how where to look, and for how many
     * @return the peer with it
     */
    public Peer discovering(Discovery how) {
        return new Peer(stream, upstreams, locals, lossless, island, options, how);
    }

    /**
     * Sets name, transport, addresses and bounds.
     *
     * @param options the options
     * @return the peer with the options
     */
    public Peer with(PeerOptions options) {
        return new Peer(stream, upstreams, locals, lossless, island, options, discovery);
    }

    /**
     * Starts it.
     *
     * @return emits the running peer once it listens; fails with {@link io.swarmflux.link.LinkException} when it cannot; each
     *     subscription starts another one
     */
    public Mono<RunningPeer> start() {
        return Node.start(new Self.Plan(stream, options, null, upstreams, locals, lossless, island, discovery));
    }
}
