package io.swarmflux.peer;

import io.swarmflux.flux.Join;
import io.swarmflux.flux.LagPolicy;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamHub;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.link.Transport;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Mode;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.swarm.Hints;
import io.swarmflux.swarm.StreamClock;
import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A started seeder or peer, from its start to its end. What it consists of:
 *
 * <pre>
 *             Links: who is who, with a Conversation for each link
 *                           |                   |
 *   Taking, Epochs,   UpstreamSide       DownstreamSide   Giving
 *   Repairs                 v                   ^
 *   Origin (of a seeder)   Programme: the one stream's hub, and its players
 * </pre>
 *
 * <p><b>Threads.</b> Segments go from a link's thread straight into the hub. Everything else runs in the {@link Strand}: messages,
 * the tick each 50 ms, and what the hub tells. No state of a link is touched elsewhere, but for the counters that are
 * volatile.
 *
 * <p><b>The course.</b> A peer dials its upstreams and subscribes. The first answer tells the stream's description and makes the hub;
 * readers and downstreams that came before are served from then on. A seeder makes its hub as soon as enough
 * downstreams are there. The end is a state: when everything up to the final sequence was read or passed, and every
 * downstream has confirmed it or none has come any further for the linger time, the peer says goodbye and is done.
 */
final class Node implements RunningPeer {
    private static final Duration TICK = Duration.ofMillis(50);

    private final Self self;
    private final Programme programme;
    private final Origin origin;
    private final Links links;
    private final Redirects redirects;
    private final @Nullable Neighbours neighbours;
    private final Giving giving;
    private final Upload upload;
    private final Taking taking;
    private final Repairs repairs;
    private final SubStreams subStreams;
    private final @Nullable IslandSide island;
    private final Epochs epochs;
    private final Rates rates;
    private final History history;
    private final SubscriberLags lags;
    private final Disposable.Composite resources = Disposables.composite();
    private final Sinks.Empty<Void> done = Sinks.empty();
    private final AtomicInteger players = new AtomicInteger();
    private volatile boolean closed;

    /** Whether anybody has ever read here. */
    private volatile boolean played;

    // inside the strand

    private boolean leaving;
    private boolean watches;
    private boolean handsOver;
    /** Since when everything was played here and no downstream has come any further. */
    private long lingersSinceNs = -1;

    private Node(Self.Plan plan) {
        this.self = new Self(plan);
        this.programme = new Programme(self, this::onProgress);
        this.origin = new Origin(self, programme, this::onDescribed);
        this.rates = new Rates(self, programme);
        this.history = new History(self, programme, rates);
        this.links = new Links(this, history);
        this.lags = new SubscriberLags(self, programme, links);
        this.subStreams = new SubStreams(
                self, programme, links, () -> self.strand().execute(this::tellPaths), subStream -> this.upload()
                        .places()
                        .reach(subStream));
        this.upload = new Upload(self, programme, links, subStreams);
        Hints hints = new Hints();
        Discovery looks = plan.discovery();
        this.neighbours = looks == null
                ? null
                : new Neighbours(
                        self,
                        links,
                        upload,
                        looks,
                        hints,
                        new Neighbours.InSwarm() {
                            @Override
                            public long silentNs(long nowNs) {
                                return silent(nowNs);
                            }

                            @Override
                            public long share(String upstream) {
                                return subStreams.share(upstream);
                            }

                            @Override
                            public double segmentsIn(double seconds) {
                                return subStreams.segmentsIn(seconds);
                            }
                        },
                        this::ownIsland);
        this.redirects = new Redirects(self, links, subStreams, hints, neighbours);
        this.giving = new Giving(
                self, programme, origin, links, upload, this::onReleased, this::onConfirmed, new Giving.Dividing() {
                    @Override
                    public Message.@Nullable Path[] paths() {
                        return subStreams.paths(
                                origin.present() || !self.plan().locals().isEmpty());
                    }

                    @Override
                    public StreamClock clock() {
                        return subStreams.clock();
                    }

                    @Override
                    public void assigned(String downstream, List<Message.Assignment> assignments) {
                        subStreams.assignedTo(downstream, assignments);
                    }
                });
        this.taking = new Taking(self, programme, links, giving);
        this.repairs = new Repairs(self, programme, links, subStreams);
        this.epochs = new Epochs(self, programme, taking, giving, repairs, this::onBegun);
        Island joined = plan.island();
        this.island = joined == null ? null : new IslandSide(this, joined);
        subStreams.joined(island);
        repairs.joined(island);
    }

    // ------------------------------------------------------------------ the start

    static Mono<RunningPeer> start(Self.Plan plan) {
        return Mono.defer(() -> {
            Transport transport = plan.options().transport();
            if (transport != null) {
                for (String upstream : plan.upstreams()) {
                    transport.dial(upstream); // refuses an address that is none, before anything is started
                }
            } else if (plan.discovery() != null
                    || !plan.upstreams().isEmpty()
                    || !plan.options().listen().isEmpty()) {
                return Mono.error(new IllegalArgumentException(
                        "a peer that listens or dials needs a transport; set one with PeerOptions.over(...)"));
            }
            Node node = new Node(plan);
            if (plan.discovery() != null) {
                Announcing.check(plan, node.name());
            }
            return node.links.listen().then(node.join()).then(Mono.fromCallable(() -> {
                node.self.strand().execute(node::begin);
                return node;
            }));
        });
    }

    private Mono<Void> join() {
        return island == null ? Mono.empty() : island.join().doOnError(failure -> links.stopListening());
    }

    private void begin() {
        List<Peer.Local> locals = self.plan().locals();
        if (!locals.isEmpty()) {
            programme.open(Description.of(self.plan().lossless() ? Mode.LOSSLESS : Mode.LIVE));
            for (Peer.Local local : locals) {
                resources.add(attach(local.name(), local.publisher()));
            }
        }
        if (island == null) { // otherwise it listens first for who is there
            dial();
        }
        maybeSeed();
        long firstNs = (long) (self.random().nextDouble() * TICK.toNanos()); // not all peers of a swarm at once
        resources.add(self.scheduler()
                .schedulePeriodically(
                        () -> self.strand().execute(this::tick), firstNs, TICK.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** Upstreams are dialled from now on. */
    void dial() {
        links.dial(self.plan().upstreams());
        if (neighbours != null) {
            neighbours.begin();
        }
    }

    private void onBegun() {
        if (island != null) {
            island.begun();
        }
    }

    private void maybeSeed() {
        if (!giving.waiting() && !leaving && origin.begin()) {
            giving.answerThoseWhoWait();
        }
    }

    private void onReleased() {
        maybeSeed();
        taking.creditAll();
    }

    /** How long no segment has come to a peer of a live stream that goes on. */
    private long silent(long nowNs) {
        boolean waits = programme.view() == null || programme.lossless() || programme.endIsKnown() || taking.waiting();
        return waits || origin.present() || !self.plan().locals().isEmpty() ? 0 : taking.silentNs(nowNs);
    }

    private @Nullable String ownIsland() {
        return island == null ? null : island.name();
    }

    // ------------------------------------------------------------------ what happens by itself

    private void onProgress() {
        if (!closed) {
            upload.pumpAll();
            if (island != null) {
                island.pump();
            }
            taking.feedTheStarved();
        }
    }

    private void tick() {
        if (closed) {
            return;
        }
        long nowNs = self.nowNs();
        for (Conversation one : links.all()) {
            one.tick(nowNs);
            UpstreamSide up = one.upstream();
            if (up != null && one.isOpen()) {
                up.tick(nowNs);
            }
        }
        taking.tick(nowNs);
        origin.tellTime(subStreams.clock(), nowNs);
        upload.tick(nowNs);
        giving.tick(nowNs);
        if (island != null) {
            island.tick(nowNs);
        }
        if (!taking.waiting()) {
            subStreams.tick(nowNs);
            repairs.tick(nowNs);
        }
        rates.tick(nowNs, links.all());
        lags.tick(nowNs);
        if (neighbours != null && !leaving) {
            // who waits for downstreams must be found by them
            neighbours.tick(programme.view() != null || origin.present() || giving.waiting(), nowNs);
        }
        if (handsOver) {
            if (giving.hosting().handedOver(programme.lossless(), nowNs)) {
                close(Message.GoodbyeReason.LEAVING);
            }
            return;
        }
        redirects.tick(nowNs);
        checkDone();
    }

    // ------------------------------------------------------------------ the end

    /** Leaves when everything was played and confirmed, or the linger time is over. */
    private void checkDone() {
        if (leaving || players.get() > 0 || !programme.isOver()) {
            return;
        }
        StreamHub.View view = programme.view();
        long nowNs = self.nowNs();
        if (lingersSinceNs < 0 || giving.anyIsHeldUp()) {
            lingersSinceNs = nowNs;
        }
        // whoever it was started for may not be here yet
        boolean awaited = !giving.served() && (origin.present() || !played) && island == null;
        boolean alone = links.downstreams().findAny().isEmpty();
        boolean confirmed = view != null
                && giving.allConfirmed(view.finalSequence())
                && (island == null || island.allConfirmed(view.finalSequence()))
                && !(alone && awaited);
        if (confirmed || nowNs - lingersSinceNs >= self.options().linger().toNanos()) {
            close(Message.GoodbyeReason.FINISHED);
        }
    }

    /** A member of the island has come further. */
    void confirmed() {
        onConfirmed();
    }

    /** A downstream has come further: who still advances is still served. */
    private void onConfirmed() {
        lingersSinceNs = -1;
        checkDone();
    }

    /** Leaves as soon as those who take the stream from here take it from others. */
    private void handOver() {
        if (!leaving) {
            leaving = true;
            if (island != null) {
                island.leave();
            }
            if (neighbours != null) {
                neighbours.leave();
            }
            handsOver = giving.hosting().handOver();
            if (!handsOver) {
                close(Message.GoodbyeReason.LEAVING);
            }
        }
    }

    private void close(Message.GoodbyeReason reason) {
        if (closed) {
            return;
        }
        leaving = true;
        taking.creditAll(); // the confirmation of the end, before the goodbye
        Mono<Void> gone = links.leave(reason);
        if (neighbours != null) {
            neighbours.leave();
            neighbours.stop();
            gone = Mono.whenDelayError(gone, neighbours.withdrawn());
        }
        if (island != null) {
            gone = Mono.whenDelayError(gone, island.close());
        }
        closed = true;
        resources.dispose();
        origin.close();
        programme.close();
        self.events().end();
        gone.timeout(Duration.ofSeconds(3), Mono.empty(), self.scheduler())
                .onErrorComplete()
                .subscribe(ignored -> {}, ignored -> {}, () -> {
                    Sinks.EmitResult told = done.tryEmitEmpty();
                    assert told != Sinks.EmitResult.FAIL_NON_SERIALIZED;
                });
    }

    // ------------------------------------------------------------------ its parts, for its links

    Self self() {
        return self;
    }

    SubStreams subStreams() {
        return subStreams;
    }

    Programme programme() {
        return programme;
    }

    Links links() {
        return links;
    }

    Redirects redirects() {
        return redirects;
    }

    @Nullable
    Neighbours neighbours() {
        return neighbours;
    }

    /** Somebody has named others. */
    void named(Conversation by, List<Message.Address> others) {
        if (neighbours != null) {
            neighbours.named(by, others); // who was given all its upstreams by name needs no hints
        }
    }

    Upload upload() {
        return upload;
    }

    void tellPaths() {
        if (!closed) {
            giving.tellPaths();
        }
    }

    /** Whether nothing may be taken by a way although it does not lead through this peer. */
    boolean refusesWay(List<String> way) {
        return island != null && island.refusesWay(way);
    }

    /** Whether its segments come from a source of its own. */
    boolean seeds() {
        return origin.present();
    }

    Giving giving() {
        return giving;
    }

    Taking taking() {
        return taking;
    }

    Epochs epochs() {
        return epochs;
    }

    Repairs repairs() {
        return repairs;
    }

    /** The description has a newer version. */
    void onDescribed() {
        giving.describe();
    }

    // ------------------------------------------------------------------ RunningPeer

    @Override
    public String name() {
        return self.name();
    }

    @Override
    public StreamId stream() {
        return self.stream();
    }

    @Override
    public List<String> addresses() {
        return links.addresses();
    }

    @Override
    public Flux<Segment> segments() {
        return counted(programme.hub().flatMapMany(here -> here.flux(natural(readerSpec()))));
    }

    @Override
    public Flux<StreamSignal<Segment>> signals(ReaderSpec spec) {
        return counted(programme.hub().flatMapMany(here -> here.signals(natural(spec))));
    }

    private ReaderSpec readerSpec() {
        return ReaderSpec.defaults().named("reader").joinAt(programme.lossless() ? Join.oldest() : Join.randomAccess());
    }

    private ReaderSpec natural(ReaderSpec spec) {
        return programme.lossless()
                ? spec.onLag(LagPolicy.waiting().grace(Duration.ofNanos(Giving.STAND_STILL_NS)))
                : spec;
    }

    private <R> Flux<R> counted(Flux<R> signals) {
        return Flux.defer(() -> {
            played = true;
            players.incrementAndGet();
            return repairs.due().watched(signals).doFinally(end -> {
                players.decrementAndGet();
                self.strand().execute(this::checkDone);
            });
        });
    }

    @Override
    public Disposable attach(String upstream, Publisher<Segment> publisher) {
        return programme.attach(upstream, publisher);
    }

    @Override
    public Mono<PeerSnapshot> snapshot() {
        return Mono.create(sink -> self.strand()
                .execute(() -> sink.success(history.snapshot(
                        links.all(),
                        origin.present(),
                        repairs.snapshot(),
                        island == null ? null : island.snapshot()))));
    }

    @Override
    public Disposable record(StreamMetricsRecorder recorder) {
        self.strand().execute(() -> {
            self.recorders().add(recorder);
            watch();
        });
        return Disposables.composite(() -> self.strand().execute(() -> {
            self.recorders().remove(recorder);
            watch();
        }));
    }

    @Override
    public byte[] headers(Segment segment) {
        Description said = programme.descriptions().of(segment.epoch(), segment.descriptionVersion());
        return said == null ? new byte[0] : said.headers().clone();
    }

    @Override
    public OptionalLong streamTimeUs() {
        return subStreams.clock().timeAt(self.nowNs());
    }

    /** Looks at single segments while somebody records, and only then. */
    private void watch() {
        boolean looks = self.recorders().any();
        if (looks != watches) {
            watches = looks;
            programme.watch(looks ? new SegmentTimes(self, subStreams.clock()) : null);
        }
    }

    @Override
    public Flux<PeerEvent> events() {
        return self.events().events();
    }

    @Override
    public Mono<Void> onDone() {
        return done.asMono();
    }

    @Override
    public Mono<Void> leave() {
        return Mono.defer(() -> {
            self.strand().execute(this::handOver);
            return onDone();
        });
    }

    @Override
    public void dispose() {
        self.strand().execute(() -> close(Message.GoodbyeReason.LEAVING));
    }

    @Override
    public boolean isDisposed() {
        return closed;
    }
}
