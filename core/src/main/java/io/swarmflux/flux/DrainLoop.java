package io.swarmflux.flux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/**
 * The one place where a hub changes. Whoever has something to do, an upstream, a timer, a control call, a reader that let
 * go of something, leaves it in a queue and adds one to the work-in-progress counter. Who finds zero there works until
 * it is zero again; everyone else leaves at once. So there is no lock, nothing is done by two threads, and a call from
 * inside a signal ({@code cancel} in {@code onNext}, say) is neither lost nor nested.
 *
 * <p>One round: tasks; elements, a few at a time so that readers keep up; horizons, end, alarm; readers are woken; and
 * when nothing moves any more, upstreams are asked for more.
 *
 * <p><b>The quick round.</b> Most elements come in order, to readers that wait for them, from an upstream with nothing else to give.
 * Then all that a full round would find is that horizons move. So while nothing but that can have happened since the last full
 * round ({@code quiet}), an element moves the horizons and wakes the readers, and that is all. Whatever others leave meanwhile
 * adds to the counter, and gets a full round.
 *
 * <p><b>The direct way.</b> Mostly it is quicker still: everybody who reads by itself stands in the {@link FrontRow}, there is one
 * horizon and no hole. Then the element at the edge is what all wait for. It is stored as one that is delivered, before anybody can
 * see it, the horizon moves, and the row gets it: no race for its fate, no reader to wake. Where nobody stands there it is stored as
 * one that is not, for who reads when asked to. Below {@code directUntil} that holds; every round that is not direct sets it anew.
 *
 * <p><b>Lost wake-ups.</b> A reader that holds the window reads without the counter. It enters only if the loop said that
 * it wants to know ({@code attentive}). The loop says so before it looks for the last time, the reader looks for it
 * after it has moved, with a fence between: one of them sees the other.
 */
final class DrainLoop<T> {
    private static final VarHandle WIP = Handles.of(MethodHandles.lookup(), "wip", int.class);

    final StreamHub<T> hub;
    final MergeSpec<T> spec;
    final Numbering<T> numbering;
    final Context context;

    /** Whether the context may hold a hook for what is discarded. */
    private final boolean hooks;

    final Upstreams<T> upstreams;
    final Readers<T> readers = new Readers<>();
    final Windows<T> windows;

    private final EventFeed<HubEvent> events = new EventFeed<>();
    private final Queue<Runnable> tasks =
            Queues.<Runnable>unboundedMultiproducer().get();
    private final Beginning<T> beginning;
    private final Alarm alarm;
    private final int atOnce;

    private volatile int wip;
    private volatile boolean disposed;
    private volatile boolean attentive;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Runnable progress;
    private volatile @Nullable HubWatch<T> watch;

    // inside the loop only
    private final List<Disposable> companions = new ArrayList<>();
    private boolean changed;
    private boolean freed;
    private int turn;

    /** Nobody waits for anything but the next element: see the quick round. */
    private boolean quiet;

    /** Below it elements may go the direct way. */
    private long directUntil;

    /** The horizon of all readers while that is so. */
    private Horizon directHorizon = new Horizon(Alarm.NEVER, 0);

    DrainLoop(StreamHub<T> hub, MergeSpec<T> spec, Context context) {
        this.hub = hub;
        this.spec = spec;
        this.numbering = spec.numbering();
        this.context = context;
        this.hooks = !context.isEmpty();
        this.upstreams = new Upstreams<>(spec.intake().maxUpstreams());
        this.windows = new Windows<>(this, spec, readers);
        this.beginning = new Beginning<>(spec, upstreams);
        Scheduler timer = spec.timer() != null ? spec.timer() : Schedulers.parallel();
        this.alarm = new Alarm(timer, this::drain);
        this.atOnce = Math.max(1, Math.min(64, spec.slots() >> 2));
    }

    // ------------------------------------------------------------------ any thread

    /** Takes the counter if it is free. Whoever gets true must {@link #leave}. */
    boolean enter() {
        return wip == 0 && WIP.compareAndSet(this, 0, 1);
    }

    /** Finishes what came while one element changed nothing that is left to do. */
    void leave() {
        int missed = (int) WIP.getAndAdd(this, -1) - 1;
        if (missed != 0) {
            loop(missed);
        }
    }

    /** Finishes what one element changed, if it did, and whatever came meanwhile. */
    void leave(boolean moved, Inlet<T> inlet) {
        Window<T> w = windows.present();
        if (moved || w == null || w.frontier() < w.edge()) {
            directUntil = 0;
            if (w == null || !quiet || !workQuickly(w, inlet)) {
                work();
            }
        } else {
            inlet.replenish();
        }
        leave();
    }

    void execute(Runnable task) {
        tasks.add(task);
        drain();
    }

    void drain() {
        if ((int) WIP.getAndAdd(this, 1) == 0) {
            loop(1);
        }
    }

    /** A reader in the front row has cancelled. */
    void disturb() {
        readers.row().disturb();
        drain();
    }

    /** A reader has let go of something. It has fenced before. */
    void released() {
        if (attentive) {
            drain();
        }
    }

    void join(Reader<T> reader) {
        execute(() -> {
            if (reader.isOver()) {
                return;
            }
            Window<T> w = windows.present();
            if (w != null) {
                reader.join(w);
            }
            readers.add(reader);
            if (disposed) {
                reader.end();
            }
            reader.wake();
        });
    }

    void remove(Reader<T> reader) {
        execute(() -> {
            if (readers.remove(reader)) {
                Window<T> w = windows.present();
                if (w != null) {
                    reader.leave(w);
                }
                changed = true;
            }
        });
    }

    void onProgress(Runnable listener) {
        progress = listener;
        drain();
    }

    void watch(@Nullable HubWatch<T> looksOn) {
        watch = looksOn;
    }

    /** Ends every reader with a failure, at once. */
    void fail(Throwable error) {
        execute(() -> {
            if (!disposed) {
                failure = error;
                disposed = true;
            }
        });
    }

    void dispose() {
        if (!disposed) {
            disposed = true;
            drain();
        }
    }

    boolean isDisposed() {
        return disposed;
    }

    /** Why the stream ended; null when it did not fail. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Disposes something together with the hub. */
    void onDispose(Disposable other) {
        execute(() -> companions.add(other));
    }

    void discard(T element) {
        if (hooks) {
            Operators.onDiscard(element, context);
        }
    }

    void tell(Supplier<HubEvent> event) {
        events.emit(event);
    }

    Flux<HubEvent> events() {
        return events.events();
    }

    long nowNs() {
        return alarm.nowNs();
    }

    // ------------------------------------------------------------------ inside the loop

    private void loop(int first) {
        int missed = first;
        do {
            work();
            missed = (int) WIP.getAndAdd(this, -missed) - missed;
        } while (missed != 0);
    }

    private void work() {
        quiet = false;
        directUntil = 0;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        boolean again;
        do {
            if (disposed) {
                shutDown();
                return;
            }
            Window<T> w = windows.present();
            // before the elements are looked at: only what did not fit even so proves that nothing can move
            long heldFrom = w != null && upstreams.anyWaits() ? readers.heldFromNow(w) : -1;
            boolean poured = w != null && pour();
            again = settle(poured ? -1 : heldFrom);
            again |= poured;
            again |= listen();
            wake();
        } while (again);
        for (Inlet<T> inlet : upstreams.present()) {
            inlet.replenish();
        }
        quiet = isQuiet();
        measureDirectWay();
    }

    /** The quick round after one element. False when there is more to do than it does: then a full one has to follow. */
    private boolean workQuickly(Window<T> w, Inlet<T> inlet) {
        if (disposed || !tasks.isEmpty() || inlet.waits() || windows.hasPrevious()) {
            return false;
        }
        long edge = w.edge();
        for (Horizon horizon : w.horizons()) {
            long from = horizon.limit();
            long limit = from;
            while (limit < edge && w.peek(limit) != null) {
                limit++;
            }
            if (limit < edge && (horizon.patienceNs != Alarm.NEVER || upstreams.noneBrings(w.epoch, limit))) {
                return false;
            }
            if (limit != from) {
                moveTo(w, horizon, limit);
            }
        }
        wake();
        if (readers.anyMayBeSlow()) {
            return false;
        }
        inlet.replenish();
        measureDirectWay();
        return true;
    }

    private void moveTo(Window<T> w, Horizon horizon, long limit) {
        if (horizon == w.horizons()[0]) {
            published(w, horizon.limit(), limit);
        }
        horizon.moveTo(limit);
        changed = true;
    }

    private boolean isQuiet() {
        Window<T> w = windows.present();
        return w != null
                && w.end == Window.OPEN
                && !windows.hasPrevious()
                && !upstreams.anyWaits()
                && (!windows.forgets() || alarm.isSet());
    }

    /**
     * Takes the element that all who read by themselves wait for, if it is that one and nothing else has to be done with it. Then
     * {@link #handOn} must follow.
     */
    boolean takesDirectly(T element, long epoch, long sequence, int size) {
        Window<T> w = windows.present();
        if (sequence >= directUntil || w == null || sequence != w.edge() || epoch != w.epoch) {
            return false;
        }
        return windows.append(w, element, sequence, size);
    }

    /** Gives the element that was just taken to the front row. */
    void handOn(T element, long sequence) {
        HubWatch<T> looksOn = watch;
        if (looksOn != null) {
            looksOn.accepted(element);
            looksOn.published(element);
        }
        directHorizon.moveTo(sequence + 1);
        FrontRow<T> row = readers.row();
        if (!row.isEmpty()) {
            row.giveNext(element, sequence);
        }
        windows.measureDirect();
        Runnable listener = progress;
        if (listener != null) {
            listener.run();
        }
    }

    /** From now on elements may go the direct way, or not. */
    private void measureDirectWay() {
        Window<T> w = windows.present();
        boolean open = quiet
                && w != null
                && w.horizons().length == 1
                && w.horizons()[0].limit() == w.edge() // with a hole before the edge nobody waits for what comes there
                && readers.areAllInRow()
                && (readers.row().isEmpty() || readers.row().at() == w.edge());
        directUntil = open ? readers.row().until() : 0;
        if (w != null) {
            directHorizon = w.horizons()[0];
        }
    }

    /** Whether something waits for horizons to move and readers to be woken. */
    boolean hasChanged() {
        return changed;
    }

    /** Notes that readers have something to look at. */
    void changed() {
        changed = true;
    }

    /** An element is in the window now. */
    void accepted(T element) {
        HubWatch<T> looksOn = watch;
        if (looksOn != null) {
            looksOn.accepted(element);
        }
    }

    /** The hub's own horizon moves over these sequences. */
    void published(Window<T> w, long from, long until) {
        HubWatch<T> looksOn = watch;
        if (looksOn == null) {
            return;
        }
        for (long sequence = from; sequence < until; sequence++) {
            T element = w.peek(sequence);
            if (element != null) {
                looksOn.published(element);
            }
        }
    }

    /** What became of an element, but for those that wait. */
    void settled(String upstream, T element, Offered outcome) {
        if (outcome == Offered.CONFLICT) {
            tell(() -> new HubEvent.Conflicting(upstream, numbering.epochOf(element), numbering.sequenceOf(element)));
        }
        if (outcome != Offered.ACCEPTED) {
            discard(element);
        }
    }

    void detach(Inlet<T> inlet) {
        if (upstreams.remove(inlet)) {
            inlet.close();
            changed = true;
            tell(() -> new HubEvent.Detached(inlet.name(), inlet.failure()));
        }
    }

    boolean begun() {
        return windows.present() != null;
    }

    /** Takes a few elements from everyone in turn. True when there may be more. */
    private boolean pour() {
        Inlet<T>[] all = upstreams.present();
        int most = atOnce;
        turn = turn + 1 < all.length ? turn + 1 : 0;
        for (int i = 0; i < all.length && most > 0; i++) {
            int next = turn + i;
            most -= all[next < all.length ? next : next - all.length].pour(most);
        }
        return most < atOnce;
    }

    /**
     * Begins, ends, moves horizons, tail and alarm. True when what did not fit may fit now.
     *
     * @param heldFrom from where readers held the window when everything that waits was refused; -1 when it was not
     */
    private boolean settle(long heldFrom) {
        boolean moved = begin();
        for (Inlet<T> inlet : upstreams.present()) {
            if (inlet.drained()) {
                detach(inlet);
            }
        }
        Window<T> w = windows.present();
        if (w == null) {
            return false;
        }
        if (upstreams.areOver() && w.end == Window.OPEN) {
            failure = upstreams.failure();
            w.end = w.edge();
            changed = true;
        }
        long nowNs = nowNs();
        windows.noticeEnd(w, nowNs);
        long frontier = w.frontier();
        long againNs = Alarm.NEVER;
        for (Horizon horizon : w.horizons()) {
            againNs = Math.min(againNs, advance(w, horizon, nowNs, heldFrom));
        }
        jump(w, nowNs);
        moved |= w.frontier() != frontier;
        windows.follow(w);
        moved |= windows.forgetPrevious();
        freed |= windows.measure(w);
        againNs = Math.min(againNs, windows.forget(w, nowNs));
        againNs = Math.min(againNs, readers.judge(nowNs));
        setAlarm(againNs, nowNs);
        return moved && upstreams.anyWaits();
    }

    private boolean begin() {
        if (begun()) {
            return false;
        }
        long nowNs = nowNs();
        Beginning.Place place = beginning.find(nowNs);
        if (place == null) {
            setAlarm(beginning.againNs(), nowNs);
            return false;
        }
        windows.open(place.epoch(), place.sequence());
        return true;
    }

    /** Moves one horizon over what is here, what is hopeless, and what was waited for long enough. */
    private long advance(Window<T> w, Horizon horizon, long nowNs, long heldFrom) {
        long limit = horizon.limit();
        long edge = w.edge();
        long dueNs = Alarm.NEVER;
        for (; limit < edge; limit++) {
            if (w.peek(limit) != null) {
                continue;
            }
            if (upstreams.noneBrings(w.epoch, limit)) {
                w.giveUp(limit);
            } else if (heldFrom >= limit && upstreams.areStuckBefore(w.epoch, limit)) {
                w.giveUp(limit++); // and no more than this one: now something fits again
                break;
            } else if (horizon.patienceNs == Alarm.NEVER) {
                break;
            } else if (nowNs < w.atNs(limit) + horizon.patienceNs) {
                dueNs = w.atNs(limit) + horizon.patienceNs;
                break;
            }
        }
        if (limit != horizon.limit()) {
            moveTo(w, horizon, limit);
        }
        return dueNs;
    }

    /** Passes what lies between the edge and the first sequence that any upstream may still bring. */
    private void jump(Window<T> w, long nowNs) {
        if (w.frontier() < w.edge()) {
            return;
        }
        long to = Math.min(upstreams.mayBringFrom(w.epoch, w.edge()), w.end);
        if (to != Long.MAX_VALUE && to > w.edge()) {
            w.jump(to, nowNs);
            changed = true;
        }
    }

    /** Whether to be told what readers let go of. True when that is new, and everything must be looked at once more. */
    private boolean listen() {
        boolean now = progress != null || windows.hasPrevious() || upstreams.anyWaits();
        if (now == attentive) {
            return false;
        }
        attentive = now;
        return now;
    }

    private void wake() {
        boolean progressed = changed;
        Runnable listener = progress;
        if (changed || readers.row().isDisturbed()) {
            changed = false;
            Window<T> w = windows.present();
            readers.wakeAll(w);
            if (w != null && (listener != null || windows.isBounded())) {
                freed |= windows.measure(w); // the front row has moved, and tells nobody
            }
        }
        progressed |= freed;
        freed = false;
        if (progressed && listener != null) {
            listener.run();
        }
    }

    private void setAlarm(long dueNs, long nowNs) {
        try {
            alarm.set(dueNs, nowNs);
        } catch (RejectedExecutionException noClock) {
            fail(noClock); // without a clock every wait would be for ever
        }
    }

    private void shutDown() {
        for (Inlet<T> inlet : upstreams.present()) {
            detach(inlet);
        }
        readers.row().breakUp();
        for (Reader<T> reader : readers.present()) {
            reader.end(); // before anything is evicted: see ReaderSubscription
        }
        companions.forEach(Disposable::dispose);
        companions.clear();
        windows.evictAll();
        alarm.cancel();
        events.end();
        Runnable listener = progress;
        progress = null;
        if (listener != null) {
            listener.run(); // who reads when asked to has no other way to see the end
        }
    }
}
