package io.swarmflux.peer;

import io.swarmflux.flux.ArrivalReader;
import io.swarmflux.flux.EventFeed;
import io.swarmflux.flux.HubEvent;
import io.swarmflux.flux.Intake;
import io.swarmflux.flux.Join;
import io.swarmflux.flux.LagPolicy;
import io.swarmflux.flux.MergeSpec;
import io.swarmflux.flux.Numbering;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamHub;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.link.Link;
import io.swarmflux.link.Listener;
import io.swarmflux.link.Transport;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Mode;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.swarm.RepairPlan;
import io.swarmflux.swarm.TokenBucket;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.MessageCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * A started seeder or peer: one hub, its links, and the rules that tie them together.
 *
 * <p><b>Threads.</b> Segments go from a link's thread straight into the hub. Everything else runs in the {@link Strand}: messages,
 * the tick each 50 ms, and what the hub tells. No state of a link is touched elsewhere, but for the counters that are
 * volatile.
 *
 * <p><b>The course.</b> A peer dials its upstreams and subscribes. The first answer tells the stream's description and makes the hub;
 * readers and downstreams that came before are served from then on. A seeder makes its hub as soon as enough
 * downstreams are there. The end is a state: when everything up to the final sequence was read or passed, and every
 * downstream has confirmed it or the linger time is over, the peer says goodbye and is done.
 */
final class Node implements RunningPeer {
    static final long STAND_STILL_NS = Duration.ofSeconds(10).toNanos();

    private static final Logger log = Loggers.getLogger(RunningPeer.class);
    private static final Duration TICK = Duration.ofMillis(50);
    private static final long ANNOUNCE_NS = Duration.ofMillis(250).toNanos();
    private static final long EPOCH_SILENCE_NS = Duration.ofSeconds(3).toNanos();
    private static final long GATHER_NS = Duration.ofSeconds(5).toNanos();
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final long ALLOWANCE_NS = Duration.ofMillis(150).toNanos();
    private static final long GRANT_BYTES = 512 * 1024;
    private static final int MAX_HOLES = 32;
    private static final int MAX_PAST = 4096;
    private static final int MAX_REPAIRS = 64;
    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    /** What was asked for. */
    record Plan(
            StreamId stream,
            PeerOptions options,
            @Nullable Seeder seeder,
            List<String> upstreams,
            List<Peer.Local> locals,
            boolean lossless) {}

    /** What a downstream's answer is made from. */
    record Playing(
            StreamHub<Segment> hub,
            StreamHub.View view,
            Description description,
            long oldest,
            long newestRandomAccess) {}

    private final Plan plan;
    private final PeerOptions options;
    private final String name;
    private final long instance;
    private final Random random;
    private final Scheduler scheduler;
    private final Strand strand;
    private final EventFeed<PeerEvent> events = new EventFeed<>();
    private final Sinks.One<StreamHub<Segment>> hubReady = Sinks.one();
    private final Sinks.Empty<Void> done = Sinks.empty();
    private final Disposable.Composite resources = Disposables.composite();
    private final AtomicInteger players = new AtomicInteger();
    private final AtomicBoolean progressTold = new AtomicBoolean();
    private final AtomicLong repaired = new AtomicLong();
    private final AtomicLong conflicts = new AtomicLong();
    private volatile long dataAtNs;

    private volatile @Nullable StreamHub<Segment> hub;
    private volatile @Nullable Description description;
    private volatile List<String> addresses = List.of();
    private volatile boolean closed;

    // inside the strand
    private final List<Conversation> conversations = new ArrayList<>();
    private final List<Dialer> dialers = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final Map<String, Kept> kept = new LinkedHashMap<>();
    private final Set<String> conflictsTold = new HashSet<>();
    private final RepairPlan repairs = new RepairPlan(ALLOWANCE_NS, MAX_REPAIRS);
    private final TokenBucket upload;
    private final @Nullable SourceFeed source;
    private @Nullable Intake<Segment> gathering;
    private final Map<String, PeerSnapshot.Upstream> pastUpstreams = new LinkedHashMap<>();
    private final Map<String, PeerSnapshot.Downstream> pastDownstreams = new LinkedHashMap<>();
    private boolean released;
    private boolean leaving;
    private boolean served;
    private boolean endTold;
    private long newestEpoch = -1;
    private long startedAtNs;
    private long announcedAtNs;
    private long playedOutAtNs = -1;
    private int intakes;

    /** A place in the window that is kept for a downstream whose link broke. */
    private record Kept(ArrivalReader<Segment> reader, long untilNs) {}

    private Node(Plan plan) {
        this.plan = plan;
        this.options = plan.options();
        Long seed = options.time().seed();
        this.random = seed == null ? new Random() : new Random(seed);
        String given = options.name();
        this.name = given == null ? "peer-" + Long.toHexString(random.nextLong() >>> 32) : given;
        this.instance = random.nextLong();
        Scheduler timer = options.time().scheduler();
        this.scheduler = timer == null ? Schedulers.parallel() : timer;
        this.strand = new Strand(failure -> log.error("peer " + name + ": " + failure, failure));
        this.upload = new TokenBucket(options.serving().uploadBitsPerSecond());
        Seeder seeder = plan.seeder();
        this.source = seeder == null ? null : new SourceFeed(plan.stream(), seeder.source(), seeder.pace(), scheduler);
        this.released = options.waitFor() == 0;
    }

    // ------------------------------------------------------------------ start

    static Mono<RunningPeer> start(Plan plan) {
        return Mono.defer(() -> {
            Transport transport = plan.options().transport();
            if (transport == null
                    && !(plan.upstreams().isEmpty() && plan.options().listen().isEmpty())) {
                return Mono.error(new IllegalArgumentException(
                        "a peer that listens or dials needs a transport; set one" + " with PeerOptions.over(...)"));
            }
            Node node = new Node(plan);
            if (transport != null) {
                for (String upstream : plan.upstreams()) {
                    transport.dial(upstream); // refuses an address that is none, before anything is started
                }
            }
            return Flux.fromIterable(plan.options().listen())
                    .concatMap(address -> node.transport().listen(address, node::accept))
                    .doOnNext(node.listeners::add)
                    .collectList()
                    .doOnError(failure -> node.listeners.forEach(Disposable::dispose))
                    .map(opened -> {
                        node.addresses = opened.stream().map(Listener::address).toList();
                        node.strand.execute(node::begin);
                        return node;
                    });
        });
    }

    private void begin() {
        startedAtNs = nowNs();
        dataAtNs = startedAtNs;
        if (!plan.locals().isEmpty()) {
            openHub(Description.of(plan.lossless() ? Mode.LOSSLESS : Mode.LIVE));
            for (Peer.Local local : plan.locals()) {
                resources.add(attach(local.name(), local.publisher()));
            }
        }
        for (String upstream : plan.upstreams()) {
            Dialer dialer = new Dialer(this, upstream);
            dialers.add(dialer);
            dialer.dial();
        }
        if (source != null) {
            maybeSeed();
        }
        resources.add(scheduler.schedulePeriodically(
                () -> strand.execute(this::tick), TICK.toNanos(), TICK.toNanos(), TimeUnit.NANOSECONDS));
    }

    private void maybeSeed() {
        SourceFeed feed = source;
        Seeder seeder = plan.seeder();
        if (feed == null || seeder == null || hub != null || !released || leaving) {
            return;
        }
        Long fixed = seeder.epoch();
        long epoch = fixed != null ? fixed : Math.max(System.currentTimeMillis(), newestEpoch + 1);
        boolean lossless = seeder.pace().kind() == Pace.Kind.NONE;
        Description said = new Description(
                0,
                lossless ? Mode.LOSSLESS : Mode.LIVE,
                seeder.subStreams(),
                Segment.MAX_ENCODED_BYTES,
                seeder.pace().bitsPerSecond(),
                seeder.source().mediaType(),
                new byte[0],
                new byte[0]);
        StreamHub<Segment> opened = openHub(said);
        opened.begin(epoch, 0);
        newestEpoch = Math.max(newestEpoch, epoch);
        answerThoseWhoWait();
        AtomicLong count = new AtomicLong();
        Flux<Segment> segments = feed.segments(epoch)
                .doOnNext(segment -> count.incrementAndGet())
                .doOnComplete(() -> strand.execute(() -> ends(epoch, count.get() - 1)))
                .doOnError(failure -> strand.execute(() -> {
                    tell(() -> new PeerEvent.SourceFailed(String.valueOf(failure.getMessage())));
                    ends(epoch, count.get() - 1);
                }));
        opened.attach("source", segments, true);
    }

    private StreamHub<Segment> openHub(Description said) {
        description = said;
        boolean lossless = said.mode() == Mode.LOSSLESS;
        PeerOptions.Window window = options.window();
        MergeSpec<Segment> spec = MergeSpec.of(Numbering.of(Segment::sequence)
                        .inEpochs(Segment::epoch)
                        .sized(Segment::encodedBytes)
                        .startingAt(Segment::randomAccess)
                        .comparedBy(Segment::equals))
                .window(window.segments())
                .windowBytes(window.bytes(), Segment.MAX_ENCODED_BYTES)
                .taking(32, 4096)
                .timedBy(scheduler);
        if (!lossless) {
            spec = spec.holePatience(plan.lossless() ? MergeSpec.MAX_PATIENCE : PATIENCE)
                    .keeping(window.keep());
        }
        StreamHub<Segment> opened = StreamHub.create(spec);
        hub = opened;
        resources.add(opened.events().subscribe(this::onHubEvent));
        opened.onProgress(() -> {
            if (progressTold.compareAndSet(false, true)) {
                strand.execute(this::onProgress);
            }
        });
        Sinks.EmitResult first = hubReady.tryEmitValue(opened);
        assert first == Sinks.EmitResult.OK;
        return opened;
    }

    private void onHubEvent(HubEvent event) {
        if (event instanceof HubEvent.Passed passed) {
            tell(() -> new PeerEvent.Passed(passed.reader(), passed.gap()));
        } else if (event instanceof HubEvent.Conflicting conflict) {
            conflicts.incrementAndGet();
            tell(() -> new PeerEvent.Conflict(
                    conflict.upstream(), "other bytes for sequence " + conflict.sequence() + "; the first stay"));
        } else if (event instanceof HubEvent.Evicted evicted && lossless()) {
            tell(() -> new PeerEvent.TooSlow(evicted.reader(), evicted.at()));
        } else if (event instanceof HubEvent.Epoch epoch) {
            tell(() -> new PeerEvent.Epoch(epoch.epoch(), epoch.from()));
        }
    }

    // ------------------------------------------------------------------ links

    private void accept(Link link) {
        strand.execute(() -> {
            if (closed) {
                link.dispose();
            } else {
                converse(link, null);
            }
        });
    }

    Conversation converse(Link link, @Nullable Dialer dialer) {
        Conversation conversation = new Conversation(this, link, dialer);
        conversations.add(conversation);
        conversation.start();
        return conversation;
    }

    Message.Hello hello() {
        String advertised = options.advertised();
        return new Message.Hello(
                MessageCodec.VERSION,
                MessageCodec.VERSION,
                0,
                name,
                instance,
                64 * 1024,
                Segment.MAX_ENCODED_BYTES,
                advertised != null ? advertised : addresses.isEmpty() ? "" : addresses.get(0));
    }

    /** What is wrong with somebody who says hello; null when nothing is. */
    Message.@Nullable Reject judge(Conversation from, Message.Hello said) {
        if (said.minVersion() > MessageCodec.VERSION || said.maxVersion() < MessageCodec.VERSION) {
            return new Message.Reject(
                    Message.RejectReason.VERSION, 0, "this peer speaks version " + MessageCodec.VERSION);
        }
        if (said.instance() == instance) {
            return new Message.Reject(Message.RejectReason.SELF, 0, "this is the peer itself");
        }
        if (leaving) {
            return new Message.Reject(Message.RejectReason.LEAVING, 0, "");
        }
        Conversation other = conversationWith(said.peer(), from);
        if (said.peer().equals(name) || (other != null && other.instance() != said.instance())) {
            return new Message.Reject(
                    Message.RejectReason.DUPLICATE_PEER, 1000, "there is a peer named " + said.peer() + " already");
        }
        if (other != null && !stays(from, said.peer())) {
            return new Message.Reject(Message.RejectReason.DUPLICATE_PEER, 1000, "there is a link already");
        }
        return null;
    }

    /** Of two links between one pair, the one dialled by the smaller id stays. */
    private boolean stays(Conversation which, String other) {
        String diallerId = which.dialled() ? name : other;
        return diallerId.compareTo(which.dialled() ? other : name) < 0;
    }

    @Nullable
    Conversation conversationWith(String peer, Conversation but) {
        for (Conversation one : conversations) {
            if (one != but && one.isOpen() && one.peer().equals(peer)) {
                return one;
            }
        }
        return null;
    }

    void opened(Conversation conversation, Message.Hello said) {
        Conversation other = conversationWith(said.peer(), conversation);
        Dialer dialer = conversation.dialer();
        if (other != null) {
            boolean newStays = other.instance() == said.instance() && stays(conversation, said.peer());
            Conversation goes = newStays ? other : conversation;
            Conversation remains = newStays ? conversation : other;
            Dialer moved = goes.release();
            goes.goodbye(Message.GoodbyeReason.DUPLICATE_LINK, 0);
            if (moved != null && remains.dialer() == null) {
                moved.adopt(remains);
            }
            if (!newStays) {
                return;
            }
        }
        if (dialer != null) {
            dialer.greeted();
        }
        tell(() -> new PeerEvent.LinkUp(said.peer(), conversation.address(), conversation.dialled()));
        conversation.takeUpstream();
    }

    void closed(Conversation conversation, boolean greeted, String reason) {
        conversations.remove(conversation);
        if (pastUpstreams.size() < MAX_PAST && pastDownstreams.size() < MAX_PAST) {
            remember(conversation, pastUpstreams, pastDownstreams);
        }
        if (greeted && !closed) {
            tell(() -> new PeerEvent.LinkDown(conversation.peer(), conversation.address(), reason));
        }
    }

    private void remember(
            Conversation conversation,
            Map<String, PeerSnapshot.Upstream> ups,
            Map<String, PeerSnapshot.Downstream> downs) {
        StreamHub.View view = view();
        UpstreamSide up = conversation.upstream();
        if (up != null) {
            String address = conversation.dialled() ? conversation.address() : "";
            ups.merge(
                    conversation.peer(),
                    up.snapshot(view == null ? 0 : view.edge(), address),
                    (old, now) -> now.and(old));
        }
        DownstreamSide down = conversation.downstream();
        if (down != null) {
            downs.merge(conversation.peer(), down.snapshot(), (old, now) -> now.and(old));
        }
    }

    // ------------------------------------------------------------------ as a downstream

    int slots() {
        return options.window().segments();
    }

    long grantTarget() {
        return Math.min(GRANT_BYTES * 4, options.window().bytes() / (4L * Math.max(1, activeUpstreams())));
    }

    long firstGrantBytes() {
        return Math.min(GRANT_BYTES, options.window().bytes() / (4L * Math.max(1, dialers.size())));
    }

    int firstGrantSegments() {
        return slots() / 2;
    }

    private int activeUpstreams() {
        int active = 0;
        for (Conversation one : conversations) {
            UpstreamSide side = one.upstream();
            active += side != null && side.active() ? 1 : 0;
        }
        return active;
    }

    long unusedBytes() {
        long unused = 0;
        for (Conversation one : conversations) {
            UpstreamSide side = one.upstream();
            unused += side == null ? 0 : side.unusedBytes();
        }
        return unused;
    }

    long sequenceLimit(StreamHub.View view) {
        StreamHub<Segment> here = hub;
        long held = here == null ? Long.MAX_VALUE : here.heldFrom();
        return Math.min(view.next(), held) + slots();
    }

    /** Whether something here keeps the window from moving although the next segment is here. */
    boolean held() {
        StreamHub<Segment> here = hub;
        StreamHub.View view = view();
        return lossless() && here != null && view != null && here.heldFrom() < view.next();
    }

    Intake<Segment> newIntake(String peer) {
        StreamHub<Segment> here = hub;
        if (here == null) {
            throw new IllegalStateException("no hub yet");
        }
        return here.intake(peer + "#" + ++intakes);
    }

    /** Whether an answer to a subscribe can be used now; makes the hub or moves it to a new epoch when that is due. */
    boolean accepts(UpstreamSide from, Message.Subscribed answer) {
        long nowNs = nowNs();
        newestEpoch = Math.max(newestEpoch, answer.epoch());
        StreamHub<Segment> here = hub;
        StreamHub.View view = view();
        if (here == null || view == null) {
            boolean lossless = answer.description().mode() == Mode.LOSSLESS;
            StreamHub<Segment> opened = here == null ? openHub(answer.description()) : here;
            if (lossless) {
                // somebody else may have what this one has not: nothing is hopeless before all were asked
                gathering = opened.intake("(others)");
            }
            opened.begin(answer.epoch(), lossless ? 0 : answer.start());
            answerThoseWhoWait();
            return true;
        }
        if (answer.epoch() == view.epoch()) {
            return true;
        }
        if (answer.epoch() > view.epoch() && maySwitch(from, answer.epoch(), view, nowNs)) {
            description = answer.description();
            repairs.clear();
            endTold = false;
            here.begin(answer.epoch(), lossless() ? 0 : answer.start());
            return true;
        }
        return false;
    }

    private boolean maySwitch(UpstreamSide from, long epoch, StreamHub.View view, long nowNs) {
        if (epoch > System.currentTimeMillis() + DAY_MS && epoch > newestSane(view)) {
            tellOnce(from, "it plays epoch " + epoch + ", more than a day in the future");
            return false;
        }
        boolean over = view.finalSequence() != Message.UNKNOWN && view.next() > view.finalSequence();
        if (over || nowNs - dataAtNs >= EPOCH_SILENCE_NS) {
            return true;
        }
        tellOnce(from, "it plays epoch " + epoch + " while epoch " + view.epoch() + " goes on");
        return false;
    }

    /** Epochs given by hand may be any numbers; the clock only judges those that look like one. */
    private static long newestSane(StreamHub.View view) {
        return view.epoch() + DAY_MS;
    }

    private void tellOnce(UpstreamSide from, String what) {
        if (conflictsTold.size() < 1000 && conflictsTold.add(from.name() + what)) {
            tell(() -> new PeerEvent.Conflict(from.name(), what));
        }
    }

    /** An upstream plays this epoch: joins it when that is due. */
    void heardOf(long epoch, UpstreamSide from) {
        newestEpoch = Math.max(newestEpoch, epoch);
        StreamHub.View view = view();
        if (view == null || !from.answered()) {
            return;
        }
        if (epoch > view.epoch() ? maySwitch(from, epoch, view, nowNs()) : epoch == view.epoch() && !from.active()) {
            if (epoch == view.epoch()) {
                from.subscribe();
            } else {
                from.subscribeAnew();
            }
        }
    }

    void refused(UpstreamSide from, Message.Refused refused) {
        if (refused.reason() != Message.RefuseReason.NOT_READY) {
            tellOnce(from, "it refused: " + refused.reason() + (refused.text().isEmpty() ? "" : ", " + refused.text()));
        }
    }

    void described(Description newer) {
        Description now = description;
        if (now != null && newer.version() > now.version()) {
            description = newer;
        }
    }

    void ends(long epoch, long finalSequence) {
        StreamHub<Segment> here = hub;
        StreamHub.View view = view();
        if (here == null || view == null || view.epoch() != epoch) {
            return;
        }
        here.end(epoch, finalSequence);
        if (!endTold) {
            endTold = true;
            tell(() -> new PeerEvent.Ended(epoch, finalSequence));
        }
    }

    void repaired(String upstream) {
        repaired.incrementAndGet();
        strand.execute(() -> repairs.answered(upstream));
    }

    void heardData() {
        dataAtNs = nowNs();
    }

    // ------------------------------------------------------------------ as an upstream

    @Nullable
    DownstreamSide serve(Conversation with, Message.Subscribe subscribe, @Nullable DownstreamSide old) {
        if (!subscribe.stream().equals(plan.stream())) {
            with.send(new Message.Refused(
                    subscribe.number(), Message.RefuseReason.UNKNOWN_STREAM, "this peer has " + plan.stream()));
            return null;
        }
        newestEpoch = Math.max(newestEpoch, subscribe.newestEpoch());
        if (old != null) {
            old.leaves();
            old.close();
        } else if (downstreams() >= options.serving().maxDownstreams()) {
            with.send(new Message.Refused(
                    subscribe.number(),
                    Message.RefuseReason.FULL,
                    "it serves " + options.serving().maxDownstreams() + " downstreams"));
            return null;
        }
        served = true;
        DownstreamSide side = new DownstreamSide(this, with, subscribe);
        strand.execute(() -> {
            if (!released && downstreams() >= options.waitFor()) {
                released = true;
                maybeSeed();
                for (Conversation one : conversations) {
                    UpstreamSide up = one.upstream();
                    if (up != null) {
                        up.credit(true);
                    }
                }
            }
            answerThoseWhoWait();
        });
        return side;
    }

    private int downstreams() {
        int count = 0;
        for (Conversation one : conversations) {
            count += one.downstream() == null ? 0 : 1;
        }
        return count;
    }

    private void answerThoseWhoWait() {
        StreamHub<Segment> here = hub;
        StreamHub.View view = view();
        Description said = description;
        if (here == null || view == null || said == null) {
            return;
        }
        SourceFeed feed = source;
        long oldest = feed != null && feed.rereadable() ? 0 : view.oldest();
        Playing playing = new Playing(here, view, said, oldest, Math.max(view.oldest(), here.newestRandomAccess()));
        for (Conversation one : List.copyOf(conversations)) {
            DownstreamSide side = one.downstream();
            if (side != null && !side.answered()) {
                side.answer(playing);
                Kept before = kept.remove(side.peer());
                if (before != null) {
                    before.reader().dispose();
                }
            }
        }
    }

    boolean waiting() {
        return !released;
    }

    boolean lossless() {
        Description said = description;
        return said != null && said.mode() == Mode.LOSSLESS;
    }

    long downstreamBitsPerSecond() {
        return options.serving().downstreamBitsPerSecond();
    }

    boolean maySend(long nowNs) {
        return upload.ready(nowNs);
    }

    void sent(int bytes) {
        upload.spend(bytes);
    }

    long finalSequence(long epoch) {
        StreamHub.View view = view();
        return view == null || view.epoch() != epoch ? Message.UNKNOWN : view.finalSequence();
    }

    long finalOrMax() {
        StreamHub.View view = view();
        return view == null || view.finalSequence() == Message.UNKNOWN ? Long.MAX_VALUE - 1 : view.finalSequence();
    }

    long windowOldest() {
        StreamHub.View view = view();
        return view == null ? 0 : view.oldest();
    }

    @Nullable
    Segment held(long epoch, long sequence) {
        StreamHub<Segment> here = hub;
        return here == null ? null : here.peek(epoch, sequence);
    }

    @Nullable
    CatchUp catchUp(long from, Runnable available) {
        SourceFeed feed = source;
        StreamHub.View view = view();
        if (feed == null || view == null || !feed.rereadable()) {
            return null;
        }
        CatchUp reading = new CatchUp(strand, from, available);
        feed.again(view.epoch(), from).subscribe(reading);
        return reading;
    }

    /** Takes what was asked for again. */
    interface Rereading {
        /** Called inside the strand, once; null when there is no such segment. */
        void take(long sequence, @Nullable Segment segment);
    }

    void reread(long epoch, long sequence, Rereading taker) {
        SourceFeed feed = source;
        StreamHub.View view = view();
        if (feed == null || !feed.rereadable() || view == null || view.epoch() != epoch || sequence >= view.oldest()) {
            taker.take(sequence, null);
            return;
        }
        resources.add(feed.again(epoch, sequence)
                .next()
                .subscribe(
                        segment -> strand.execute(() -> taker.take(sequence, segment)),
                        failure -> strand.execute(() -> taker.take(sequence, null)),
                        () -> {}));
    }

    /** Keeps a lossless downstream's place for a while after its link broke. */
    void keepFor(String peer, ArrivalReader<Segment> reader) {
        Kept before = kept.put(peer, new Kept(reader, nowNs() + STAND_STILL_NS));
        if (before != null) {
            before.reader().dispose();
        }
    }

    void confirmed() {
        checkDone(nowNs());
    }

    // ------------------------------------------------------------------ what happens by itself

    private void onProgress() {
        progressTold.set(false);
        if (closed) {
            return;
        }
        for (Conversation one : conversations) {
            DownstreamSide down = one.downstream();
            if (down != null) {
                down.pump();
            }
        }
        for (Conversation one : conversations) {
            UpstreamSide up = one.upstream();
            if (up != null && up.starved()) {
                up.credit(false);
            }
        }
    }

    private void tick() {
        if (closed) {
            return;
        }
        long nowNs = nowNs();
        boolean announce = nowNs - announcedAtNs >= ANNOUNCE_NS;
        if (announce) {
            announcedAtNs = nowNs;
        }
        gather(nowNs);
        answerThoseWhoWait();
        StreamHub.View view = view();
        for (Conversation one : List.copyOf(conversations)) {
            one.tick(nowNs);
            UpstreamSide up = one.upstream();
            if (up != null && one.isOpen()) {
                up.tick(nowNs);
            }
            DownstreamSide down = one.downstream();
            if (down != null && one.isOpen()) {
                down.pump();
                if (announce && view != null && down.answered()) {
                    down.announce(announcement(down.number(), view));
                }
                if (view != null && lossless() && down.standsStill(nowNs, view.edge())) {
                    long at = down.next();
                    tell(() -> new PeerEvent.TooSlow(down.peer(), at));
                    down.leaves();
                    one.goodbye(Message.GoodbyeReason.TOO_SLOW, 0);
                }
            }
        }
        kept.values().removeIf(place -> {
            boolean over = nowNs > place.untilNs();
            if (over) {
                place.reader().dispose();
            }
            return over;
        });
        repair(view, nowNs);
        checkDone(nowNs);
    }

    /** Stops waiting for others to be asked, when all were or it took too long. */
    private void gather(long nowNs) {
        Intake<Segment> waitingFor = gathering;
        if (waitingFor == null) {
            return;
        }
        boolean all = true;
        for (Dialer dialer : dialers) {
            all &= dialer.tried();
        }
        for (Conversation one : conversations) {
            UpstreamSide up = one.upstream();
            all &= up == null || up.answered();
        }
        if (all || nowNs - startedAtNs > GATHER_NS) {
            gathering = null;
            waitingFor.dispose();
        }
    }

    private Message.Announce announcement(int number, StreamHub.View view) {
        StreamHub<Segment> here = hub;
        SourceFeed feed = source;
        List<Message.Range> holes = new ArrayList<>();
        if (here != null) {
            long from = -1;
            long reach = Math.min(view.edge(), view.next() + 4096);
            for (long sequence = view.next(); sequence <= reach && holes.size() < MAX_HOLES; sequence++) {
                boolean missing = sequence < reach && here.peek(view.epoch(), sequence) == null;
                if (missing && from < 0) {
                    from = sequence;
                } else if (!missing && from >= 0) {
                    holes.add(new Message.Range(from, sequence));
                    from = -1;
                }
            }
        }
        long oldest = feed != null && feed.rereadable() ? 0 : view.oldest();
        return new Message.Announce(
                number,
                view.epoch(),
                oldest,
                view.edge(),
                oldest > view.next() ? List.of() : holes,
                view.finalSequence(),
                0,
                Message.UNKNOWN,
                List.of());
    }

    private void repair(StreamHub.@Nullable View view, long nowNs) {
        StreamHub<Segment> here = hub;
        if (view == null || here == null || waiting()) {
            return;
        }
        long edge = view.edge();
        List<UpstreamSide> sides = new ArrayList<>();
        for (Conversation one : conversations) {
            UpstreamSide side = one.upstream();
            if (side != null && side.active() && one.isOpen()) {
                sides.add(side);
                edge = Math.max(edge, Math.min(side.edge(), view.next() + 1)); // a lost tail: one step at a time
            }
        }
        List<Long> holes = new ArrayList<>();
        for (long sequence = view.next();
                sequence < Math.min(edge, view.next() + 1024) && holes.size() < 256;
                sequence++) {
            if (here.peek(view.epoch(), sequence) == null) {
                holes.add(sequence);
            }
        }
        Map<String, List<Long>> asks = new HashMap<>();
        List<RepairPlan.Ask> planned = repairs.plan(
                holes,
                sequence -> sides.stream()
                        .filter(side -> side.holds(sequence))
                        .map(UpstreamSide::asSource)
                        .toList(),
                nowNs);
        for (RepairPlan.Ask ask : planned) {
            asks.computeIfAbsent(ask.source(), s -> new ArrayList<>()).add(ask.sequence());
        }
        for (UpstreamSide side : sides) {
            List<Long> sequences = asks.remove(side.name());
            if (sequences != null) {
                for (int from = 0; from < sequences.size(); from += 32) {
                    side.request(sequences.subList(from, Math.min(sequences.size(), from + 32)));
                }
            }
        }
    }

    private void checkDone(long nowNs) {
        StreamHub.View view = view();
        if (leaving
                || view == null
                || view.finalSequence() == Message.UNKNOWN
                || view.next() <= view.finalSequence()
                || players.get() > 0) {
            return;
        }
        if (playedOutAtNs < 0) {
            playedOutAtNs = nowNs;
        }
        boolean all = kept.isEmpty();
        boolean any = false;
        for (Conversation one : conversations) {
            DownstreamSide down = one.downstream();
            if (down != null) {
                any = true;
                all &= down.confirmed(view.finalSequence());
            }
        }
        boolean awaited = source != null && !served;
        if ((all && (any || !awaited))
                || nowNs - playedOutAtNs >= options.linger().toNanos()) {
            leave(Message.GoodbyeReason.FINISHED);
        }
    }

    private void leave(Message.GoodbyeReason reason) {
        if (leaving) {
            return;
        }
        leaving = true;
        for (UpstreamSide side : conversations.stream()
                .map(Conversation::upstream)
                .filter(side -> side != null)
                .toList()) {
            side.credit(true); // the confirmation of the end, before the goodbye
        }
        dialers.forEach(Dialer::stop);
        listeners.forEach(Disposable::dispose);
        List<Mono<Void>> closing = new ArrayList<>();
        for (Listener listener : listeners) {
            closing.add(listener.onClose());
        }
        for (Conversation one : List.copyOf(conversations)) {
            closing.add(one.link().onClose());
            one.goodbye(reason, 0);
        }
        closed = true;
        resources.dispose();
        StreamHub<Segment> here = hub;
        if (here != null) {
            here.dispose();
        } else {
            Sinks.EmitResult never = hubReady.tryEmitEmpty();
            assert never != Sinks.EmitResult.FAIL_NON_SERIALIZED;
        }
        events.end();
        Mono.whenDelayError(closing)
                .timeout(Duration.ofSeconds(3), Mono.empty(), scheduler)
                .onErrorComplete()
                .subscribe(ignored -> {}, ignored -> {}, () -> {
                    Sinks.EmitResult told = done.tryEmitEmpty();
                    assert told != Sinks.EmitResult.FAIL_NON_SERIALIZED;
                });
    }

    // ------------------------------------------------------------------ small things others need

    StreamId stream() {
        return plan.stream();
    }

    StreamHub.@Nullable View view() {
        StreamHub<Segment> here = hub;
        return here == null ? null : here.view();
    }

    Transport transport() {
        Transport transport = options.transport();
        if (transport == null) {
            throw new IllegalStateException("peer " + name + " has no transport");
        }
        return transport;
    }

    Strand strand() {
        return strand;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Random random() {
        return random;
    }

    long instance() {
        return instance;
    }

    long newestEpoch() {
        return newestEpoch;
    }

    long nowNs() {
        return scheduler.now(TimeUnit.NANOSECONDS);
    }

    void tell(Supplier<PeerEvent> event) {
        events.emit(event);
    }

    // ------------------------------------------------------------------ RunningPeer

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> addresses() {
        return addresses;
    }

    @Override
    public Flux<Segment> segments() {
        return counted(hubReady.asMono().flatMapMany(here -> here.flux(natural(readerSpec()))));
    }

    @Override
    public Flux<StreamSignal<Segment>> signals(ReaderSpec spec) {
        return counted(hubReady.asMono().flatMapMany(here -> here.signals(natural(spec))));
    }

    private ReaderSpec readerSpec() {
        return ReaderSpec.defaults().named("reader").joinAt(lossless() ? Join.oldest() : Join.randomAccess());
    }

    private ReaderSpec natural(ReaderSpec spec) {
        return lossless() ? spec.onLag(LagPolicy.waiting().grace(Duration.ofNanos(STAND_STILL_NS))) : spec;
    }

    private <R> Flux<R> counted(Flux<R> signals) {
        return Flux.defer(() -> {
            players.incrementAndGet();
            return signals.doFinally(end -> {
                players.decrementAndGet();
                strand.execute(() -> checkDone(nowNs()));
            });
        });
    }

    @Override
    public Disposable attach(String upstream, Publisher<Segment> publisher) {
        StreamHub<Segment> here = hub;
        if (here != null) {
            return here.attach(upstream, publisher, false);
        }
        Disposable.Swap attached = Disposables.swap();
        Disposable waiting =
                hubReady.asMono().subscribe(opened -> attached.update(opened.attach(upstream, publisher, false)));
        return Disposables.composite(waiting, attached);
    }

    @Override
    public Mono<PeerSnapshot> snapshot() {
        return Mono.create(sink -> strand.execute(() -> sink.success(look())));
    }

    private PeerSnapshot look() {
        StreamHub.View view = view();
        Map<String, PeerSnapshot.Upstream> ups = new LinkedHashMap<>(pastUpstreams);
        Map<String, PeerSnapshot.Downstream> downs = new LinkedHashMap<>(pastDownstreams);
        for (Conversation one : conversations) {
            remember(one, ups, downs);
        }
        return new PeerSnapshot(
                name,
                plan.stream(),
                view == null ? -1 : view.epoch(),
                view == null ? Message.UNKNOWN : view.finalSequence(),
                view == null
                        ? new PeerSnapshot.Window(0, 0, 0, 0, 0, 0, 0, 0)
                        : new PeerSnapshot.Window(
                                view.oldest(),
                                view.next(),
                                view.edge(),
                                view.count(),
                                view.bytes(),
                                view.received().accepted(),
                                view.received().duplicates(),
                                view.received().late()),
                List.copyOf(ups.values()),
                List.copyOf(downs.values()),
                repaired.get(),
                conflicts.get());
    }

    @Override
    public Flux<PeerEvent> events() {
        return events.events();
    }

    @Override
    public Mono<Void> onDone() {
        return done.asMono();
    }

    @Override
    public Mono<Void> leave() {
        return Mono.defer(() -> {
            strand.execute(() -> leave(Message.GoodbyeReason.LEAVING));
            return onDone();
        });
    }

    @Override
    public void dispose() {
        strand.execute(() -> leave(Message.GoodbyeReason.LEAVING));
    }

    @Override
    public boolean isDisposed() {
        return closed;
    }
}
