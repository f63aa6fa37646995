package io.swarmflux.peer;

import io.swarmflux.flux.EventFeed;
import io.swarmflux.link.Transport;
import io.swarmflux.segment.SegmentArena;
import io.swarmflux.segment.StreamId;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * What every part of one running peer needs and none of them owns: what was asked for, who it is, its clock and chance, its
 * strand, its counts, and those who listen to what happens or record what is measured.
 */
final class Self {
    /** What goes wrong at once is told to who asks for events as soon as the peer has started. */
    private static final int EVENTS_KEPT = 64;

    private static final Logger log = Loggers.getLogger(RunningPeer.class);

    private final Plan plan;
    private final String name;
    private final long instance;
    private final Random random;
    private final Scheduler scheduler;

    /** Whether another clock was asked for than the machine's. */
    private final boolean timed;

    private final Strand strand;
    private final long startNs = System.nanoTime();
    private final EventFeed<PeerEvent> events = new EventFeed<>(EVENTS_KEPT);
    private final Counts counts = new Counts();
    private final Recorders recorders = new Recorders();
    private final SegmentArena arena;

    /** What was asked for. */
    record Plan(
            StreamId stream,
            PeerOptions options,
            @Nullable Seeder seeder,
            List<String> upstreams,
            List<Peer.Local> locals,
            boolean lossless,
            @Nullable Island island,
            @Nullable Discovery discovery) {}

    Self(Plan plan) {
        this.plan = plan;
        PeerOptions options = plan.options();
        Long seed = options.time().seed();
        this.random = seed == null ? new Random() : new Random(seed);
        String given = options.name();
        this.name = given == null ? "peer-" + Long.toHexString(random.nextLong() >>> 32) : given;
        this.instance = random.nextLong();
        // who shares segments keeps some of what others have brought, and so would keep the slabs of all of them
        boolean shares = !options.sharing().equals(PeerOptions.defaults().sharing());
        this.arena = shares ? SegmentArena.withoutSlabs() : new SegmentArena();
        Scheduler timer = options.time().scheduler();
        this.scheduler = timer == null ? Schedulers.parallel() : timer;
        this.timed = timer != null;
        this.strand = new Strand(failure -> log.error("peer " + name + ": " + failure, failure));
    }

    Plan plan() {
        return plan;
    }

    PeerOptions options() {
        return plan.options();
    }

    StreamId stream() {
        return plan.stream();
    }

    String name() {
        return name;
    }

    /** Different for each start, so that a peer knows itself. */
    long instance() {
        return instance;
    }

    Transport transport() {
        Transport transport = options().transport();
        if (transport == null) {
            throw new IllegalStateException("peer " + name + " has no transport");
        }
        return transport;
    }

    Random random() {
        return random;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Strand strand() {
        return strand;
    }

    /** Nanoseconds since the start: never set back, whatever happens to the machine's clock. */
    long nowNs() {
        return timed ? scheduler.now(TimeUnit.NANOSECONDS) : System.nanoTime() - startNs;
    }

    /** The date, in milliseconds since 1970; only an epoch is made from it. */
    long dateMs() {
        return scheduler.now(TimeUnit.MILLISECONDS);
    }

    EventFeed<PeerEvent> events() {
        return events;
    }

    Counts counts() {
        return counts;
    }

    /** Where the segments of the stream are kept. */
    SegmentArena arena() {
        return arena;
    }

    Recorders recorders() {
        return recorders;
    }

    void tell(Supplier<PeerEvent> event) {
        events.emit(event);
    }
}
