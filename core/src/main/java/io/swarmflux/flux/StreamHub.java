package io.swarmflux.flux;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Many upstreams of one numbered stream in, any number of readers out.
 *
 * <p><b>The problem.</b> Several peers send the same stream, each with its own order, holes and pace. Readers want it in
 * order, once, and each at a pace of its own. A sink makes everyone as slow as the slowest, a replay keeps everything,
 * a merge neither orders nor removes what came twice.
 *
 * <p><b>The idea.</b> One ring ({@link Window}) orders, removes duplicates, and keeps. A reader is a cursor into that
 * ring with its own demand: there is no queue for each reader and no second copy. Upstreams write under one work-in-progress counter;
 * readers read without it.
 *
 * <pre>
 *  Publisher --> Subscribed (prefetch) --.                       .--> OrderedReader: contiguous, told of gaps
 *  Publisher --> Subscribed (prefetch) ---+--> accept --> ring --+--> OrderedReader
 *  link      --> Intake (own credit)   --'                       '--> ArrivalReader: at once, in any order
 * </pre>
 *
 * <p><b>Invariants.</b> (1) An element is delivered, discarded or dropped, and counted, exactly once for the hub. (2) The tail never passes
 * the frontier, nor a reader that waits. (3) Everything that changes the ring happens inside the drain loop; timers
 * and control calls only enter it. (4) A hole is passed by a reader's deadline, or because every present upstream has
 * proved that it cannot bring it, or because none can bring anything before the window moves; never because something far ahead came.
 *
 * <p><b>Errors.</b> A failed upstream is detached and told as an event; readers do not notice. {@code onErrorContinue} is not
 * supported.
 *
 * @param <T> the element
 */
public final class StreamHub<T> implements Disposable, Scannable {
    @SuppressWarnings("rawtypes")
    private static final AtomicIntegerFieldUpdater<StreamHub> WIP =
            AtomicIntegerFieldUpdater.newUpdater(StreamHub.class, "wip");

    @SuppressWarnings("rawtypes")
    private static final AtomicReferenceFieldUpdater<StreamHub, List> INLETS =
            AtomicReferenceFieldUpdater.newUpdater(StreamHub.class, List.class, "inlets");

    private static final long FOREVER = Long.MAX_VALUE;

    private final MergeSpec<T> spec;
    private final Numbering<T> numbering;
    private final Context context;
    private final Scheduler timer;
    private final long patienceNs;
    private final long keepNs;
    private final long maxBytes;
    private final boolean timed;
    private final EventFeed<HubEvent> events = new EventFeed<>();
    private final Queue<Runnable> tasks =
            Queues.<Runnable>unboundedMultiproducer().get();

    private final Tally total = new Tally();

    private volatile int wip;
    private volatile List<Inlet<T>> inlets = List.of();
    private volatile List<Reader<T>> readers = List.of();
    private volatile @Nullable Window<T> window;
    private final AtomicInteger attached = new AtomicInteger();
    private volatile boolean disposed;
    private volatile @Nullable Throwable failure;
    private volatile long heldBytes;
    private volatile @Nullable Runnable progress;

    // inside the drain loop only
    private @Nullable Window<T> previous;
    private boolean closing;
    private int expected = Integer.MAX_VALUE;
    private int failed;
    private @Nullable Throwable firstFailure;
    private long startByNs = FOREVER;
    private final List<Disposable> companions = new ArrayList<>();
    private boolean changed;
    private @Nullable Disposable alarm;
    private long alarmAtNs = FOREVER;

    private StreamHub(MergeSpec<T> spec, ContextView context) {
        this.spec = spec;
        this.numbering = spec.numbering();
        this.context = Context.of(context);
        this.timer = spec.timer() != null ? spec.timer() : Schedulers.parallel();
        this.patienceNs = spec.patience() == null ? FOREVER : capped(spec.patience());
        this.keepNs = spec.keep() == null ? FOREVER : spec.keep().toNanos();
        this.maxBytes = spec.bytes().max() - spec.bytes().largest();
        this.timed = patienceNs != FOREVER || keepNs != FOREVER;
    }

    /**
     * An empty hub.
     *
     * @param spec bounds and rules
     * @param <T> the element
     * @return a hub that begins with the first element
     */
    public static <T> StreamHub<T> create(MergeSpec<T> spec) {
        return new StreamHub<>(spec, Context.empty());
    }

    /**
     * An empty hub with a context, which its upstreams see and whose discard and drop hooks it honours. It is fixed, because a
     * hub has no single downstream.
     *
     * @param spec bounds and rules
     * @param context the context
     * @param <T> the element
     * @return a hub that begins with the first element
     */
    public static <T> StreamHub<T> create(MergeSpec<T> spec, ContextView context) {
        return new StreamHub<>(spec, context);
    }

    // ------------------------------------------------------------------ upstreams

    /**
     * Adds an upstream. Its failure or end does not reach the readers; who wants it retried composes that before.
     *
     * @param name unique among the upstreams
     * @param source the elements
     * @param ordered whether it brings sequences in rising order, so that what it has passed proves a hole unfillable
     * @return the upstream; disposing it cancels the source and discards what waits
     * @throws IllegalStateException when there are as many upstreams as the spec allows, or one of this name
     */
    public Upstream attach(String name, Publisher<? extends T> source, boolean ordered) {
        Subscribed<T> inlet =
                new Subscribed<>(this, name, ordered, spec.intake().prefetch());
        add(inlet);
        source.subscribe(inlet);
        return inlet;
    }

    /**
     * Adds an upstream that pushes.
     *
     * @param name unique among the upstreams
     * @return takes the elements
     * @throws IllegalStateException when there are as many upstreams as the spec allows, or one of this name
     */
    public Intake<T> intake(String name) {
        Pushed<T> inlet = new Pushed<>(this, name);
        add(inlet);
        return new Intake<>(inlet);
    }

    /**
     * The present upstreams.
     *
     * @return a snapshot
     */
    public List<Upstream> upstreams() {
        return List.copyOf(inlets);
    }

    private void add(Inlet<T> inlet) {
        List<Inlet<T>> now;
        List<Inlet<T>> more;
        do {
            now = inlets;
            if (disposed) {
                throw new IllegalStateException(
                        "the hub is disposed; upstream '" + inlet.name() + "' cannot be attached");
            }
            if (now.size() >= spec.intake().maxUpstreams()) {
                throw new IllegalStateException("there are " + now.size() + " upstreams already, the most that the spec"
                        + " allows; detach one or raise maxUpstreams before attaching '" + inlet.name() + "'");
            }
            for (Inlet<T> other : now) {
                if (other.name().equals(inlet.name())) {
                    throw new IllegalStateException("there is an upstream '" + inlet.name() + "' already");
                }
            }
            more = new ArrayList<>(now);
            more.add(inlet);
        } while (!INLETS.compareAndSet(this, now, List.copyOf(more)));
        attached.incrementAndGet();
        events.emit(() -> new HubEvent.Attached(inlet.name()));
    }

    void detach(Inlet<T> inlet, @Nullable Throwable error) {
        List<Inlet<T>> now;
        List<Inlet<T>> fewer;
        do {
            now = inlets;
            fewer = new ArrayList<>(now);
            if (!fewer.remove(inlet)) {
                return;
            }
        } while (!INLETS.compareAndSet(this, now, List.copyOf(fewer)));
        inlet.close();
        changed = true;
        events.emit(() -> new HubEvent.Detached(inlet.name(), error));
    }

    /** Runs with the drain loop held, so that nothing is taken before all of it is done. */
    void assemble(Runnable assembly) {
        WIP.getAndIncrement(this);
        try {
            assembly.run();
        } finally {
            int missed = wip;
            loop(missed);
        }
    }

    /** Ends every reader with a failure, at once. */
    void fail(Throwable error) {
        execute(() -> {
            Window<T> w = window;
            if (w == null) {
                open(0, 0);
                w = window;
            }
            failure = error;
            if (w != null) {
                w.end = Math.min(w.end, 0);
                changed = true;
            }
        });
    }

    /** Disposes something together with the hub. */
    void onDispose(Disposable other) {
        execute(() -> companions.add(other));
    }

    /** No more than these upstreams will be attached; the hub ends with the last of them. */
    void expect(int upstreams) {
        expected = upstreams;
        execute(() -> closing = true);
    }

    // ------------------------------------------------------------------ readers

    /**
     * In order, from the live edge, skipping when it lags.
     *
     * @return emits elements in order; gaps show as jumps of the sequence; ends with the stream or the hub; any number of
     *     subscribers, each with its own place and pace; emits on the threads that bring elements, which must not be blocked
     */
    public Flux<T> flux() {
        return flux(ReaderSpec.defaults());
    }

    /**
     * In order, as the spec says.
     *
     * @param reader place, lag policy, patience and thread
     * @return like {@link #flux()}; fails with {@link LaggedException} when its lag policy says so
     */
    public Flux<T> flux(ReaderSpec reader) {
        return FluxHub.elements(this, reader);
    }

    /**
     * In order, with the gaps in band.
     *
     * @param reader place, lag policy, patience and thread
     * @return like {@link #flux(ReaderSpec)}, gaps counting against demand
     */
    public Flux<StreamSignal<T>> signals(ReaderSpec reader) {
        return FluxHub.signals(this, reader);
    }

    /**
     * On arrival: each element as soon as it is accepted, in any order, each once.
     *
     * @param reader place and lag policy; patience does not apply
     * @return emits elements, of those present the oldest first; what left the window before it was asked for is told as an event; ends
     *     with the stream or the hub; any number of subscribers
     */
    public Flux<T> arrivals(ReaderSpec reader) {
        return FluxHub.arrivals(this, reader);
    }

    /**
     * On arrival, pulled: for senders that choose by more than demand.
     *
     * @param from the first sequence wanted; what is older is not given
     * @param available told, inside the hub's drain loop, when there may be something new; must be quick
     * @return a reader of the present epoch
     * @throws IllegalStateException before the hub has begun
     */
    public ArrivalReader<T> arrivalReader(long from, Runnable available) {
        Window<T> w = window;
        if (w == null) {
            throw new IllegalStateException("the hub has not begun");
        }
        ArrivalReader<T> reader = new ArrivalReader<>(this, w, from, available);
        execute(() -> addReader(reader.seat()));
        return reader;
    }

    void join(Reader<T> reader) {
        execute(() -> {
            Window<T> w = window;
            if (w != null) {
                reader.join(w);
            }
            addReader(reader);
            if (disposed) {
                reader.end();
            }
            reader.wake();
        });
    }

    private void addReader(Reader<T> reader) {
        List<Reader<T>> more = new ArrayList<>(readers);
        more.add(reader);
        readers = List.copyOf(more);
    }

    void remove(Reader<T> reader, long patience) {
        execute(() -> {
            List<Reader<T>> fewer = new ArrayList<>(readers);
            if (fewer.remove(reader)) {
                readers = List.copyOf(fewer);
                Window<T> w = window;
                if (w != null && patience >= 0) {
                    w.release(w.horizonOf(patience));
                }
                changed = true;
            }
        });
    }

    /** A reader's patience in nanoseconds, as this hub counts it. */
    long patienceOf(ReaderSpec reader) {
        return reader.patience() == null || patienceNs == FOREVER ? patienceNs : capped(reader.patience());
    }

    private static long capped(java.time.Duration patience) {
        return patience.compareTo(MergeSpec.MAX_PATIENCE) > 0 ? MergeSpec.MAX_PATIENCE.toNanos() : patience.toNanos();
    }

    // ------------------------------------------------------------------ control

    /**
     * Begins an epoch at a sequence, whatever the start policy; readers of an older epoch first read what came of it.
     *
     * @param epoch larger than the present one
     * @param from its first sequence here
     */
    public void begin(long epoch, long from) {
        execute(() -> {
            Window<T> w = window;
            if (w == null || epoch > w.epoch) {
                open(epoch, from);
            }
        });
    }

    /**
     * Says where the epoch ends. Readers that have read or passed everything complete.
     *
     * @param epoch the present epoch
     * @param finalSequence its last sequence; -1 when it is empty
     */
    public void end(long epoch, long finalSequence) {
        execute(() -> {
            Window<T> w = window;
            if (w != null && w.epoch == epoch && w.end == Window.OPEN && finalSequence + 1 >= w.start) {
                w.end = Math.max(finalSequence + 1, w.edge);
                changed = true;
            }
        });
    }

    /**
     * Sets what is told when the window has moved or taken something.
     *
     * @param listener called inside the drain loop; must be quick
     */
    public void onProgress(Runnable listener) {
        progress = listener;
    }

    /**
     * What the window looks like.
     *
     * @return the present state, or null before the hub has begun
     */
    public @Nullable View view() {
        Window<T> w = window;
        if (w == null) {
            return null;
        }
        return new View(
                w.epoch,
                w.start,
                w.tail,
                Math.min(w.frontier(), w.edge),
                w.edge,
                w.end == Window.OPEN ? -2 : w.end - 1,
                w.count(),
                w.bytes(),
                Math.max(0, maxBytes - heldBytes),
                total.stats());
    }

    /**
     * The state of a hub's window.
     *
     * @param epoch the epoch
     * @param start its first sequence here
     * @param oldest the lowest sequence that is not late
     * @param next the first sequence that neither came nor was passed
     * @param edge one past the newest sequence
     * @param finalSequence the last of the epoch: -1 for an empty one, -2 while it goes on
     * @param count how many elements it holds
     * @param bytes their size
     * @param roomBytes how much more it can take, if what may be evicted is
     * @param received what became of everything that came, over all epochs and upstreams
     */
    public record View(
            long epoch,
            long start,
            long oldest,
            long next,
            long edge,
            long finalSequence,
            int count,
            long bytes,
            long roomBytes,
            Upstream.Stats received) {}

    /**
     * The element with a number, without reading it.
     *
     * @param epoch the epoch
     * @param sequence the number
     * @return the element, or null when the window does not hold it
     */
    public @Nullable T peek(long epoch, long sequence) {
        Window<T> w = window;
        return w == null || w.epoch != epoch ? null : w.peek(sequence);
    }

    /**
     * The newest element where a reader may start.
     *
     * @return its sequence, or the window's first when there is none; 0 before the hub has begun
     */
    public long newestRandomAccess() {
        Window<T> w = window;
        return w == null ? 0 : w.newestRandomAccess();
    }

    /**
     * From where on the window is held.
     *
     * @return the lowest sequence that a reader holds; {@link Long#MAX_VALUE} when none does
     */
    public long heldFrom() {
        Window<T> w = window;
        return w == null ? Long.MAX_VALUE : lowestHold(w);
    }

    /**
     * What happens in the hub.
     *
     * @return events from the subscription on; ends with the hub
     */
    public Flux<HubEvent> events() {
        return events.events();
    }

    /** Ends every reader and upstream; what the window holds is discarded. */
    @Override
    public void dispose() {
        if (!disposed) {
            disposed = true;
            execute(() -> changed = true);
        }
    }

    @Override
    public boolean isDisposed() {
        return disposed;
    }

    // ------------------------------------------------------------------ the drain loop

    /** Takes the counter if it is free. Whoever gets true must {@link #leave}. */
    boolean enter() {
        return wip == 0 && WIP.compareAndSet(this, 0, 1);
    }

    /** Finishes what one element changed, and whatever came meanwhile. */
    void leave(boolean moved, Inlet<T> inlet) {
        Window<T> w = window;
        if (moved || w == null || w.frontier() < w.edge) {
            work();
        } else {
            inlet.replenish();
        }
        int missed = WIP.addAndGet(this, -1);
        if (missed != 0) {
            loop(missed);
        }
    }

    void execute(Runnable task) {
        tasks.add(task);
        drain();
    }

    void drain() {
        if (WIP.getAndIncrement(this) == 0) {
            loop(1);
        }
    }

    private void loop(int first) {
        int missed = first;
        do {
            work();
            missed = WIP.addAndGet(this, -missed);
        } while (missed != 0);
    }

    private void work() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        if (disposed) {
            shutDown();
            return;
        }
        if (window == null) {
            tryStart();
        }
        Window<T> w = window;
        if (w != null) {
            boolean moved;
            do {
                moved = false;
                for (Inlet<T> inlet : inlets) {
                    moved |= inlet.pour();
                }
                moved |= settle();
            } while (moved);
        } else {
            dropDrained();
        }
        if (changed) {
            changed = false;
            for (Reader<T> reader : readers) {
                reader.wake();
            }
            Runnable listener = progress;
            if (listener != null) {
                listener.run();
            }
        }
        for (Inlet<T> inlet : inlets) {
            inlet.replenish();
        }
    }

    /** Moves horizons, tail and alarm. True when an element that did not fit may fit now. */
    private boolean settle() {
        dropDrained();
        Window<T> w = window;
        if (w == null) {
            return false;
        }
        if (closing && inlets.isEmpty() && w.end == Window.OPEN) {
            failure = failed > 0 && failed == attached.get() ? firstFailure : null;
            w.end = w.edge;
            changed = true;
        }
        long nowNs = nowNs();
        long wakeAtNs = FOREVER;
        boolean moved = false;
        long reach = Math.min(w.end, w.tail + w.slots);
        if (w.end != Window.OPEN && w.edge < reach && patienceNs != FOREVER) {
            // the end is known, so what has not come by now is missing
            w.notice(reach, nowNs);
        }
        for (Window.Horizon horizon : w.horizons) {
            wakeAtNs = Math.min(wakeAtNs, advance(w, horizon, nowNs));
        }
        moved |= jump(w);
        Window<T> old = previous;
        if (old != null && noneReads(old)) {
            old.evictTo(old.edge, this::discard);
            previous = null;
            moved = true;
        }
        measure(w);
        if (keepNs != FOREVER) {
            forget(w, nowNs);
        }
        for (Reader<T> reader : readers) {
            wakeAtNs = Math.min(wakeAtNs, reader.judge(w, nowNs));
        }
        setAlarm(wakeAtNs, nowNs);
        return moved;
    }

    /** Moves one horizon over what is here, what is hopeless, and what was waited for long enough. */
    private long advance(Window<T> w, Window.Horizon horizon, long nowNs) {
        long limit = horizon.limit;
        long edge = w.edge;
        long wakeAtNs = FOREVER;
        while (limit < edge) {
            if (w.peek(limit) == null) {
                if (isHopeless(w, limit)) {
                    w.giveUp(limit);
                } else if (horizon.patienceNs == FOREVER) {
                    break;
                } else {
                    long dueNs = w.atNs(limit) + horizon.patienceNs;
                    if (nowNs < dueNs) {
                        wakeAtNs = dueNs;
                        break;
                    }
                }
            }
            limit++;
        }
        if (limit != horizon.limit) {
            horizon.limit = limit;
            changed = true;
        }
        return wakeAtNs;
    }

    private boolean isHopeless(Window<T> w, long sequence) {
        List<Inlet<T>> now = inlets;
        if (now.isEmpty()) {
            return closing;
        }
        boolean stuck = true;
        boolean all = true;
        for (Inlet<T> inlet : now) {
            boolean cannot = inlet.cannotBring(w.epoch, sequence);
            all &= cannot;
            stuck &= cannot || inlet.stuck();
        }
        // nobody can bring anything more before the window moves, and only this hole holds it
        return all || (stuck && lowestHold(w) >= sequence);
    }

    /** Passes what lies between the edge and the first sequence that any upstream may still bring. */
    private boolean jump(Window<T> w) {
        List<Inlet<T>> now = inlets;
        if (now.isEmpty() || w.frontier() < w.edge) {
            return false;
        }
        long lowest = Long.MAX_VALUE;
        for (Inlet<T> inlet : now) {
            lowest = Math.min(lowest, inlet.floor(w.epoch));
        }
        lowest = Math.min(lowest, w.end);
        if (lowest == Long.MAX_VALUE || lowest <= w.edge) {
            return false;
        }
        w.jump(lowest);
        for (Window.Horizon horizon : w.horizons) {
            horizon.limit = lowest;
        }
        changed = true;
        evict(w, lowest - w.slots);
        return true;
    }

    private boolean noneReads(Window<T> old) {
        for (Reader<T> reader : readers) {
            if (reader.reads(old)) {
                return false;
            }
        }
        return true;
    }

    private void dropDrained() {
        for (Inlet<T> inlet : inlets) {
            if (inlet.drained()) {
                Throwable error = inlet instanceof Subscribed<T> subscribed ? subscribed.failure() : null;
                if (error != null) {
                    failed++;
                    firstFailure = firstFailure == null ? error : firstFailure;
                }
                detach(inlet, error);
            }
        }
    }

    private void tryStart() {
        long now = -1;
        StartPolicy start = spec.start();
        int ready = 0;
        long epoch = -1;
        long lowest = 0;
        for (Inlet<T> inlet : inlets) {
            T head = inlet.head();
            if (head != null) {
                ready++;
                long e = numbering.epoch().applyAsLong(head);
                long s = numbering.sequence().applyAsLong(head);
                if (e > epoch || (e == epoch && s < lowest)) {
                    epoch = e;
                    lowest = s;
                }
            } else if (inlet.drained()) {
                ready++;
            }
        }
        boolean over = closing && ready == inlets.size();
        if (epoch < 0) {
            if (over) {
                open(0, start.kind() == StartPolicy.Kind.GIVEN ? start.sequence() : 0);
            }
            return;
        }
        if (start.kind() == StartPolicy.Kind.GIVEN) {
            open(epoch, start.sequence());
            return;
        }
        int enough = Math.min(start.upstreams(), closing ? Math.min(expected, attached.get()) : Integer.MAX_VALUE);
        if (ready < enough && !over && !start.within().isZero()) {
            now = timer.now(TimeUnit.NANOSECONDS);
            if (startByNs == FOREVER) {
                startByNs = now + start.within().toNanos();
            }
            if (now < startByNs) {
                setAlarm(startByNs, now);
                return;
            }
        }
        open(epoch, lowest);
    }

    private void open(long epoch, long from) {
        Window<T> old = window;
        long[] patiences;
        if (old == null) {
            patiences = new long[] {patienceNs};
        } else {
            patiences = Arrays.stream(old.horizons).mapToLong(h -> h.patienceNs).toArray();
        }
        Window<T> opened = new Window<>(numbering, epoch, from, spec.slots(), patiences);
        if (old == null) {
            window = opened;
            for (Reader<T> reader : readers) {
                reader.join(opened);
            }
        } else {
            for (int i = 0; i < patiences.length; i++) {
                opened.horizons[i].readers = old.horizons[i].readers;
            }
            Window<T> older = previous;
            if (older != null) {
                older.evictTo(older.edge, this::discard); // a reader two epochs behind goes on with the last
            }
            previous = old;
            old.close();
            old.successor = opened;
            window = opened;
        }
        heldBytes = 0;
        changed = true;
        events.emit(() -> new HubEvent.Epoch(epoch, from));
    }

    private void shutDown() {
        for (Inlet<T> inlet : inlets) {
            detach(inlet, null);
        }
        for (Reader<T> reader : readers) {
            reader.end();
        }
        companions.forEach(Disposable::dispose);
        companions.clear();
        Window<T> w = window;
        if (w != null) {
            w.evictTo(w.edge, this::discard);
        }
        Window<T> old = previous;
        if (old != null) {
            old.evictTo(old.edge, this::discard);
        }
        Disposable set = alarm;
        if (set != null) {
            set.dispose();
        }
        events.end();
    }

    // ------------------------------------------------------------------ what inlets need, inside the drain loop

    boolean begun() {
        return window != null;
    }

    Offered accept(T element, int size) {
        Window<T> w = window;
        if (w == null) {
            throw new IllegalStateException("nothing is accepted before the hub has begun");
        }
        long sequence = numbering.sequence().applyAsLong(element);
        long epoch = numbering.epoch().applyAsLong(element);
        if (sequence < 0 || epoch < 0) {
            throw new IllegalArgumentException(
                    "epoch and sequence are not negative, were " + epoch + " and " + sequence);
        }
        if (epoch != w.epoch) {
            if (epoch < w.epoch) {
                return Offered.LATE;
            }
            open(
                    epoch,
                    spec.start().kind() == StartPolicy.Kind.GIVEN
                            ? Math.min(spec.start().sequence(), sequence)
                            : sequence);
            w = window;
            if (w == null) {
                throw new AssertionError("a window was just opened");
            }
        }
        if (sequence < w.tail || sequence >= w.end) {
            return Offered.LATE;
        }
        if (sequence - w.tail >= w.slots) {
            evict(w, sequence - w.slots + 1);
            if (sequence - w.tail >= w.slots) {
                return Offered.BEYOND;
            }
        }
        T held = w.peek(sequence);
        if (held != null) {
            return held == element || numbering.same().test(held, element) ? Offered.DUPLICATE : Offered.CONFLICT;
        }
        if (w.bytes() + olderBytes() + size > maxBytes && !makeRoom(w, sequence, size)) {
            return Offered.BEYOND;
        }
        w.store(sequence, element, size, timed ? nowNs() : 0);
        long heldBefore = heldBytes;
        heldBytes = heldBefore + size; // until it is measured: who looks meanwhile sees less room, never more
        changed = true;
        return Offered.ACCEPTED;
    }

    void count(Offered outcome, int size) {
        total.count(outcome, size);
    }

    void settled(String upstream, T element, Offered outcome) {
        if (outcome == Offered.CONFLICT) {
            events.emit(() -> new HubEvent.Conflicting(
                    upstream,
                    numbering.epoch().applyAsLong(element),
                    numbering.sequence().applyAsLong(element)));
        }
        if (outcome != Offered.ACCEPTED) {
            discard(element);
        }
    }

    long passedBelow() {
        Window<T> w = window;
        return w == null ? 0 : w.tail;
    }

    private long olderBytes() {
        Window<T> old = previous;
        return old == null ? 0 : old.bytes();
    }

    /** Evicts what nobody needs until the element fits. The element that everything waits for always fits. */
    private boolean makeRoom(Window<T> w, long sequence, int size) {
        Window<T> old = previous;
        if (old != null && lowestHold(old) == Long.MAX_VALUE) {
            old.evictTo(old.edge, this::discard);
            previous = null;
        }
        long limit = Math.min(w.frontier(), lowestHold(w));
        while (w.bytes() + olderBytes() + size > maxBytes && w.tail < limit) {
            w.evictTo(w.tail + 1, this::discard);
        }
        return w.bytes() + olderBytes() + size <= maxBytes || w.tail == sequence;
    }

    private void evict(Window<T> w, long wanted) {
        long limit = Math.min(w.frontier(), lowestHold(w));
        w.evictTo(Math.min(wanted, limit), this::discard);
    }

    private long lowestHold(Window<T> w) {
        long lowest = Long.MAX_VALUE;
        for (Reader<T> reader : readers) {
            lowest = Math.min(lowest, reader.holds(w));
        }
        return lowest;
    }

    /** Keeps count of what cannot be evicted. */
    private void measure(Window<T> w) {
        if (spec.bytes().max() != Long.MAX_VALUE) {
            long limit = Math.min(Math.min(w.frontier(), lowestHold(w)), w.edge);
            heldBytes = w.bytes() - w.bytesBelow(limit) + olderBytes();
        }
    }

    private void forget(Window<T> w, long nowNs) {
        long limit = Math.min(Math.min(w.frontier(), lowestHold(w)), w.newestRandomAccess());
        long to = w.tail;
        while (to < limit && w.atNs(to) + keepNs <= nowNs) {
            to++;
        }
        w.evictTo(to, this::discard);
    }

    void discard(T element) {
        Operators.onDiscard(element, context);
    }

    Numbering<T> numbering() {
        return numbering;
    }

    Context currentContext() {
        return context;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    void tell(java.util.function.Supplier<HubEvent> event) {
        events.emit(event);
    }

    long nowNs() {
        return timer.now(TimeUnit.NANOSECONDS);
    }

    private void setAlarm(long atNs, long nowNs) {
        if (atNs == FOREVER || (alarm != null && !alarm.isDisposed() && alarmAtNs <= atNs && alarmAtNs > nowNs)) {
            return;
        }
        Disposable set = alarm;
        if (set != null) {
            set.dispose();
        }
        alarmAtNs = atNs;
        alarm = timer.schedule(this::drain, Math.max(0, atNs - nowNs), TimeUnit.NANOSECONDS);
    }

    // ------------------------------------------------------------------ Scannable

    @Override
    @SuppressWarnings("rawtypes") // Scannable's own signature
    public @Nullable Object scanUnsafe(Attr key) {
        Window<T> w = window;
        if (key == Attr.CAPACITY) {
            return spec.slots();
        }
        if (key == Attr.BUFFERED) {
            return w == null ? 0 : w.count();
        }
        if (key == Attr.PREFETCH) {
            return spec.intake().prefetch();
        }
        if (key == Attr.TERMINATED) {
            return disposed || (w != null && w.end != Window.OPEN && w.frontier() >= w.end);
        }
        if (key == Attr.CANCELLED) {
            return disposed;
        }
        if (key == Attr.ERROR) {
            return failure;
        }
        if (key == Attr.DELAY_ERROR) {
            return false;
        }
        if (key == Attr.RUN_STYLE) {
            return Attr.RunStyle.SYNC;
        }
        return null;
    }

    @Override
    public java.util.stream.Stream<? extends Scannable> inners() {
        return java.util.stream.Stream.concat(inlets.stream(), readers.stream())
                .filter(Scannable.class::isInstance)
                .map(Scannable.class::cast);
    }
}
