package io.swarmflux.flux;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
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
 * ring with its own demand: there is no queue for each reader and no second copy. Upstreams write inside one drain loop
 * ({@link DrainLoop}); readers read without it.
 *
 * <pre>
 *  Publisher --> Subscribed (prefetch) --.                       .--> OrderedReader: contiguous, told of gaps
 *  Publisher --> Subscribed (prefetch) ---+--> accept --> ring --+--> OrderedReader
 *  link      --> Intake (own credit)   --'                       '--> ArrivalReader: at once, in any order
 * </pre>
 *
 * <p><b>Invariants.</b> (1) What came is delivered, discarded or dropped, exactly once for the hub: delivered is what at
 * least one reader got. (2) The tail never passes the frontier, nor a reader that waits. (3) Everything that changes the ring
 * happens inside the drain loop; timers and control calls only enter it. (4) A hole is passed by a reader's deadline, or
 * because every present upstream has proved that it cannot bring it, or because none can bring anything before the
 * window moves; never because something far ahead came.
 *
 * <p><b>Errors.</b> A failed upstream is detached and told as an event; readers do not notice. An element on which the
 * {@link Numbering} throws, or that is larger than the spec allows, is a failure of the upstream that sent it. {@code
 * onErrorContinue} is not supported.
 *
 * <p><b>Discard.</b> Duplicates, what is late, what was evicted unread, and what is left when the hub is disposed go to the
 * discard hook of the hub's context; what an upstream sends after it was detached goes to {@code onNextDropped}.
 *
 * <p><b>Threads.</b> The hub has none. Readers are given elements on the threads that bring them, that of the timer, or the
 * one that requests, unless {@link ReaderSpec#deliverOn} says otherwise: whoever blocks there blocks the hub.
 *
 * @param <T> the element
 */
public final class StreamHub<T> implements Disposable, Scannable {
    private final DrainLoop<T> loop;

    private StreamHub(MergeSpec<T> spec, ContextView context) {
        this.loop = new DrainLoop<>(this, spec, Context.of(context));
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

    /** Where everything happens. */
    DrainLoop<T> loop() {
        return loop;
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
        refuseWhenDisposed(name);
        return subscribe(name, source, ordered);
    }

    /** Attaches; what is attached to a disposed hub is cancelled at once. */
    Upstream subscribe(String name, Publisher<? extends T> source, boolean ordered) {
        Subscribed<T> inlet = subscriber(name, ordered);
        Flux.from(source).subscribe(inlet);
        return inlet;
    }

    /** An upstream that somebody else subscribes. */
    Subscribed<T> subscriber(String name, boolean ordered) {
        Subscribed<T> inlet =
                new Subscribed<>(loop, name, ordered, loop.spec.intake().prefetch());
        add(inlet);
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
        refuseWhenDisposed(name);
        Pushed<T> inlet = new Pushed<>(loop, name);
        add(inlet);
        return new Intake<>(inlet);
    }

    private void refuseWhenDisposed(String name) {
        if (loop.isDisposed()) {
            throw new IllegalStateException("the hub is disposed; upstream '" + name + "' cannot be attached");
        }
    }

    private void add(Inlet<T> inlet) {
        loop.upstreams.add(inlet);
        loop.tell(() -> new HubEvent.Attached(inlet.name()));
        loop.drain(); // the hub may have been disposed meanwhile
    }

    /**
     * The present upstreams.
     *
     * @return a snapshot
     */
    public List<Upstream> upstreams() {
        return List.of(loop.upstreams.present());
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
        return FluxHub.elements(loop, reader);
    }

    /**
     * In order, with the gaps in band.
     *
     * @param reader place, lag policy, patience and thread
     * @return like {@link #flux(ReaderSpec)}, gaps counting against demand
     */
    public Flux<StreamSignal<T>> signals(ReaderSpec reader) {
        return FluxHub.signals(loop, reader);
    }

    /**
     * On arrival: each element as soon as it is accepted, in any order, each once.
     *
     * @param reader place and lag policy; patience does not apply
     * @return emits elements, of those present the oldest first; what left the window before it was asked for is told as an event; ends
     *     with the stream or the hub; any number of subscribers
     */
    public Flux<T> arrivals(ReaderSpec reader) {
        return FluxHub.arrivals(loop, reader);
    }

    /**
     * On arrival, pulled: for senders that choose by more than demand. {@link #onProgress} tells when there may be something new, and when
     * the hub is disposed.
     *
     * @param from the first sequence wanted; what is older is not given
     * @return a reader of the present epoch
     * @throws IllegalStateException before the hub has begun
     */
    public ArrivalReader<T> arrivalReader(long from) {
        Window<T> w = loop.windows.present();
        if (w == null) {
            throw new IllegalStateException("the hub has not begun");
        }
        ArrivalReader<T> reader = new ArrivalReader<>(loop, w, from);
        loop.join(reader.seat());
        return reader;
    }

    /**
     * The present readers, but for {@link #arrivalReader}s.
     *
     * @return a snapshot of who is there; each of them tells how it stands when it is asked
     */
    public List<HubReader> readers() {
        return Arrays.stream(loop.readers.present())
                .filter(HubReader.class::isInstance)
                .map(HubReader.class::cast)
                .toList();
    }

    // ------------------------------------------------------------------ control

    /**
     * Begins an epoch at a sequence, whatever the start policy; readers of an older epoch first read what came of it.
     *
     * @param epoch larger than the present one
     * @param from its first sequence here
     */
    public void begin(long epoch, long from) {
        if (epoch < 0 || from < 0 || from > Numbering.MAX_SEQUENCE) {
            throw new IllegalArgumentException(
                    "an epoch is not negative and a sequence 0 to 2^60 - 1, was " + epoch + " and " + from);
        }
        loop.execute(() -> {
            Window<T> w = loop.windows.present();
            if (!loop.isDisposed() && (w == null || epoch > w.epoch)) {
                Window<T> opened = loop.windows.open(epoch, from);
                assert opened.epoch == epoch;
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
        if (finalSequence < -1 || finalSequence > Numbering.MAX_SEQUENCE) {
            throw new IllegalArgumentException("a final sequence is -1 to 2^60 - 1, was " + finalSequence);
        }
        loop.execute(() -> {
            Window<T> w = loop.windows.present();
            if (w != null && w.epoch == epoch && w.end == Window.OPEN) {
                w.end = Math.max(finalSequence + 1, w.edge());
                loop.changed();
            }
        });
    }

    /**
     * Sets what is told when the window has moved, or taken something, or can take more.
     *
     * @param listener called inside the drain loop; must be quick
     */
    public void onProgress(Runnable listener) {
        loop.onProgress(listener);
    }

    /**
     * Sets what looks on while elements go through.
     *
     * @param watch sees each element from now on; null for nothing, as in the beginning
     */
    public void watch(@Nullable HubWatch<T> watch) {
        loop.watch(watch);
    }

    /**
     * How many elements at least one reader got.
     *
     * @return a count since the start, over all epochs; each element once
     */
    public long delivered() {
        return loop.windows.delivered();
    }

    /**
     * How many elements left the window before any reader got them.
     *
     * @return a count since the start, over all epochs
     */
    public long unread() {
        return loop.windows.unread();
    }

    /**
     * What the window looks like.
     *
     * @return the present state, or null before the hub has begun
     */
    public @Nullable View view() {
        Window<T> w = loop.windows.present();
        if (w == null) {
            return null;
        }
        return new View(
                w.epoch,
                w.start,
                w.tail(),
                Math.min(w.frontier(), w.edge()),
                w.edge(),
                w.end == Window.OPEN ? -2 : w.end - 1,
                w.count(),
                w.bytes(),
                loop.windows.roomBytes(),
                loop.upstreams.received());
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
        Window<T> w = loop.windows.present();
        return w == null || w.epoch != epoch ? null : w.peek(sequence);
    }

    /**
     * Which epoch is written, as {@link View#epoch()}: what is asked for often does not need the whole view.
     *
     * @return the epoch; -1 before the hub has begun
     */
    public long epoch() {
        Window<T> w = loop.windows.present();
        return w == null ? -1 : w.epoch;
    }

    /**
     * The lowest sequence that somebody still waits for, as {@link View#next()}.
     *
     * @param epoch the epoch it is asked for
     * @return the sequence; -1 when that epoch is not written
     */
    public long next(long epoch) {
        Window<T> w = loop.windows.present();
        return w == null || w.epoch != epoch ? -1 : Math.min(w.frontier(), w.edge());
    }

    /**
     * The lowest sequence that is not late, as {@link View#oldest()}.
     *
     * @return the sequence; 0 before the hub has begun
     */
    public long oldest() {
        Window<T> w = loop.windows.present();
        return w == null ? 0 : w.tail();
    }

    /**
     * The last sequence of an epoch, as {@link View#finalSequence()}.
     *
     * @param epoch the epoch it is asked for
     * @return the sequence; -2 when it is not known, or that epoch is not written
     */
    public long finalSequence(long epoch) {
        Window<T> w = loop.windows.present();
        if (w == null || w.epoch != epoch) {
            return -2;
        }
        long end = w.end;
        return end == Window.OPEN ? -2 : end - 1;
    }

    /**
     * Whether the window has room for an element that is not late and not here. A guess: another may take the room first. Looks at each
     * reader.
     *
     * @param epoch its epoch
     * @param sequence its number
     * @param bytes its size
     * @return false when no slot that far ahead, or no room for so many bytes, is free or can be made free; or in another epoch
     */
    public boolean hasRoom(long epoch, long sequence, int bytes) {
        Window<T> w = loop.windows.present();
        return w != null && w.epoch == epoch && loop.windows.hasRoom(w, sequence, bytes);
    }

    /**
     * The newest element where a reader may start.
     *
     * @return its sequence, or the window's first when there is none; 0 before the hub has begun
     */
    public long newestRandomAccess() {
        Window<T> w = loop.windows.present();
        return w == null ? 0 : Math.max(w.start, w.newestRandomAccess());
    }

    /**
     * From where on readers that wait hold the window.
     *
     * @return the lowest sequence that one holds; {@link Long#MAX_VALUE} when none does
     */
    public long heldFrom() {
        Window<T> w = loop.windows.present();
        return w == null ? Long.MAX_VALUE : loop.readers.heldFrom(w);
    }

    /**
     * What happens in the hub.
     *
     * @return events from the subscription on; ends with the hub
     */
    public Flux<HubEvent> events() {
        return loop.events();
    }

    /** Ends every reader and upstream; what the window holds is discarded. */
    @Override
    public void dispose() {
        loop.dispose();
    }

    @Override
    public boolean isDisposed() {
        return loop.isDisposed();
    }

    // ------------------------------------------------------------------ Scannable

    @Override
    @SuppressWarnings("rawtypes") // Scannable's own signature
    public @Nullable Object scanUnsafe(Attr key) {
        Window<T> w = loop.windows.present();
        if (key == Attr.CAPACITY) {
            return loop.spec.slots();
        }
        if (key == Attr.BUFFERED) {
            return w == null ? 0 : w.count();
        }
        if (key == Attr.PREFETCH) {
            return loop.spec.intake().prefetch();
        }
        if (key == Attr.TERMINATED) {
            return loop.isDisposed() || (w != null && w.end != Window.OPEN && w.frontier() >= w.end);
        }
        if (key == Attr.CANCELLED) {
            return loop.isDisposed();
        }
        if (key == Attr.ERROR) {
            return loop.failure();
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
    public Stream<? extends Scannable> inners() {
        return Stream.concat(Arrays.stream(loop.upstreams.present()), Arrays.stream(loop.readers.present()))
                .filter(Scannable.class::isInstance)
                .map(Scannable.class::cast);
    }
}
