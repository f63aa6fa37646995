package io.swarmflux.peer;

import io.swarmflux.flux.Gap;
import io.swarmflux.flux.HubEvent;
import io.swarmflux.flux.HubReader;
import io.swarmflux.flux.HubWatch;
import io.swarmflux.flux.MergeSpec;
import io.swarmflux.flux.Numbering;
import io.swarmflux.flux.StreamHub;
import io.swarmflux.flux.Upstream;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Mode;
import io.swarmflux.segment.Segment;
import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The one stream that a peer carries: its hub, its description, its epochs and its end. There is no hub before the first
 * description is known, because the mode makes the hub; who comes earlier waits for {@link #hub()}.
 */
final class Programme {
    private static final int MAX_LOCALS = 4096;
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final Self self;
    private final Runnable onProgress;
    private final Sinks.One<StreamHub<Segment>> ready = Sinks.one();
    private final Disposable.Swap watching = Disposables.swap();
    private final Map<String, Upstream> locals = new ConcurrentSkipListMap<>();
    private final AtomicBoolean progressTold = new AtomicBoolean();
    private final AtomicLong pastLocalBytes = new AtomicLong();
    private volatile long missedAtNs;
    private volatile @Nullable StreamHub<Segment> hub;
    private final Descriptions descriptions = new Descriptions();

    // inside the strand
    private long newestEpoch = -1;
    private boolean endTold;
    /** The end of an epoch that is too far ahead to count yet; null for none. */
    private @Nullable End ahead;

    private @Nullable HubWatch<Segment> watch;

    /** The last sequence of an epoch, as somebody said it. */
    private record End(long epoch, long finalSequence) {}

    /** A programme without a hub; the listener is called inside the strand when the window has moved or taken something. */
    Programme(Self self, Runnable onProgress) {
        this.self = self;
        this.onProgress = onProgress;
    }

    // ------------------------------------------------------------------ the hub

    StreamHub<Segment> open(Description said) {
        descriptions.begin(-1, said);
        PeerOptions.Window window = self.options().window();
        MergeSpec<Segment> spec = MergeSpec.of(Numbering.of(Segment::sequence)
                        .inEpochs(Segment::epoch)
                        .sized(Segment::encodedBytes)
                        .startingAt(Segment::randomAccess)
                        .comparedBy(Segment::equals))
                .window(window.segments())
                .windowBytes(window.bytes(), Segment.MAX_ENCODED_BYTES)
                .taking(32, 4096)
                .timedBy(self.scheduler());
        if (said.mode() != Mode.LOSSLESS) {
            spec = spec.holePatience(self.plan().lossless() ? MergeSpec.MAX_PATIENCE : PATIENCE)
                    .keeping(window.keep());
        }
        StreamHub<Segment> opened = StreamHub.create(spec);
        opened.watch(watch);
        hub = opened;
        watching.update(opened.events().subscribe(this::onHubEvent));
        Runnable tell = () -> { // made once, as it is run for each segment
            progressTold.set(false);
            progressed();
        };
        opened.onProgress(() -> {
            if (progressTold.compareAndSet(false, true)) {
                self.strand().execute(tell);
            }
        });
        Sinks.EmitResult first = ready.tryEmitValue(opened);
        assert first == Sinks.EmitResult.OK;
        return opened;
    }

    private void progressed() {
        End said = ahead;
        if (said != null) {
            ends(said.epoch(), said.finalSequence());
        }
        onProgress.run();
    }

    private void onHubEvent(HubEvent event) {
        if (event instanceof HubEvent.Passed passed) {
            if (passed.gap().reason() == Gap.Reason.TIMEOUT || passed.gap().reason() == Gap.Reason.UNFILLABLE) {
                missedAtNs = self.nowNs();
            }
            self.counts().passed(passed.gap());
            self.tell(() -> new PeerEvent.Passed(passed.reader(), passed.gap()));
        } else if (event instanceof HubEvent.Conflicting conflict) {
            self.tell(() -> new PeerEvent.Conflict(
                    conflict.upstream(), "other bytes for sequence " + conflict.sequence() + "; the first stay"));
        } else if (event instanceof HubEvent.Evicted evicted) {
            self.counts().evicted(evicted.policy());
            if (lossless()) {
                self.tell(() -> new PeerEvent.TooSlow(evicted.reader(), evicted.at()));
            }
        } else if (event instanceof HubEvent.Epoch epoch) {
            self.tell(() -> new PeerEvent.Epoch(epoch.epoch(), epoch.from()));
        }
    }

    /** What readers had to go without, because it did not come. */
    PeerSnapshot.Missed missed() {
        long gaps = self.counts().missedGaps();
        long agoMillis = gaps == 0 ? -1 : Math.max(0, self.nowNs() - missedAtNs) / 1_000_000;
        return new PeerSnapshot.Missed(gaps, self.counts().missedSegments(), agoMillis);
    }

    /** The hub as soon as there is one; empty when the peer left before. */
    Mono<StreamHub<Segment>> hub() {
        return ready.asMono();
    }

    /** Adds a publisher of this process as soon as there is a hub. */
    Disposable attach(String name, Publisher<Segment> publisher) {
        StreamHub<Segment> here = hub;
        if (here != null) {
            return attach(here, name, publisher);
        }
        Disposable.Swap attached = Disposables.swap();
        Disposable waiting = hub().subscribe(opened -> attached.update(attach(opened, name, publisher)));
        return Disposables.composite(waiting, attached);
    }

    private Disposable attach(StreamHub<Segment> to, String name, Publisher<Segment> publisher) {
        Upstream attached = to.attach(name, publisher, false);
        if (locals.size() < MAX_LOCALS) {
            Upstream before = locals.put(name, attached);
            if (before != null) {
                pastLocalBytes.addAndGet(before.stats().bytes());
            }
        }
        return attached;
    }

    /** What publishers of this process have brought. */
    long localBytes() {
        long bytes = pastLocalBytes.get();
        for (Upstream local : locals.values()) {
            bytes += local.stats().bytes();
        }
        return bytes;
    }

    /** The publishers of this process by name, those that are gone too. */
    Map<String, Upstream> locals() {
        return locals;
    }

    @Nullable
    StreamHub<Segment> hubNow() {
        return hub;
    }

    void close() {
        watching.dispose();
        StreamHub<Segment> here = hub;
        if (here != null) {
            here.dispose();
        } else {
            Sinks.EmitResult never = ready.tryEmitEmpty();
            assert never != Sinks.EmitResult.FAIL_NON_SERIALIZED;
        }
    }

    // ------------------------------------------------------------------ what it looks like

    StreamHub.@Nullable View view() {
        StreamHub<Segment> here = hub;
        return here == null ? null : here.view();
    }

    @Nullable
    Description description() {
        return descriptions.newest();
    }

    /** The descriptions, whose newest one is {@link #description()}. */
    Descriptions descriptions() {
        return descriptions;
    }

    boolean lossless() {
        Description said = descriptions.newest();
        return said != null && said.mode() == Mode.LOSSLESS;
    }

    @Nullable
    Segment segment(long epoch, long sequence) {
        StreamHub<Segment> here = hub;
        return here == null ? null : here.peek(epoch, sequence);
    }

    /** Whether a segment may still take a place in the window. */
    boolean lacks(long epoch, long sequence) {
        StreamHub<Segment> here = hub;
        return here != null
                && here.peek(epoch, sequence) == null
                && (epoch != here.epoch() || sequence >= here.oldest());
    }

    /** Whether the window would take a segment now. From any thread. */
    boolean hasRoom(long epoch, long sequence, int bytes) {
        StreamHub<Segment> here = hub;
        return here != null && here.hasRoom(epoch, sequence, bytes);
    }

    /** Who reads here, downstreams not counted. */
    List<HubReader> readers() {
        StreamHub<Segment> here = hub;
        return here == null ? List.of() : here.readers();
    }

    /** From where on a reader or a downstream holds the window. */
    long heldFrom() {
        StreamHub<Segment> here = hub;
        return here == null ? Long.MAX_VALUE : here.heldFrom();
    }

    /** Whether something here keeps the window from moving although the next segment is here. */
    boolean held() {
        StreamHub.View view = lossless() ? view() : null;
        return view != null && heldFrom() < view.next();
    }

    long oldest() {
        StreamHub<Segment> here = hub;
        return here == null ? 0 : here.oldest();
    }

    /** The epoch that is played; -1 when none is. */
    long epoch() {
        StreamHub<Segment> here = hub;
        return here == null ? -1 : here.epoch();
    }

    /** The first sequence that somebody here waits for; -1 for an epoch that is not played. */
    long next(long epoch) {
        StreamHub<Segment> here = hub;
        return here == null ? -1 : here.next(epoch);
    }

    /** The last sequence of an epoch; {@link Message#UNKNOWN} while it goes on, and for an epoch that is not played. */
    long finalSequence(long epoch) {
        StreamHub<Segment> here = hub;
        return here == null ? Message.UNKNOWN : here.finalSequence(epoch);
    }

    boolean endIsKnown() {
        StreamHub<Segment> here = hub;
        return here != null && here.finalSequence(here.epoch()) != Message.UNKNOWN;
    }

    /** Whether everything up to the final sequence came or was passed. */
    boolean isOver() {
        StreamHub.View view = endIsKnown() ? view() : null;
        return view != null && view.finalSequence() != Message.UNKNOWN && view.next() > view.finalSequence();
    }

    // ------------------------------------------------------------------ what it is told, inside the strand

    long newestEpoch() {
        return newestEpoch;
    }

    /** Sets what looks on while segments go through the hub, now or as soon as there is one; null for nothing. */
    void watch(@Nullable HubWatch<Segment> looksOn) {
        watch = looksOn;
        StreamHub<Segment> here = hub;
        if (here != null) {
            here.watch(looksOn);
        }
    }

    /** Somebody has heard of this epoch; what lies more than a day in the future is not believed. */
    void heardOfEpoch(long epoch) {
        if (epoch <= self.dateMs() + Epochs.DAY_MS) {
            newestEpoch = Math.max(newestEpoch, epoch);
        }
    }

    /** Goes on with another epoch, which has a description of its own. */
    void moveTo(long epoch, long from, Description said) {
        StreamHub<Segment> here = hub;
        if (here != null) {
            descriptions.begin(epoch, said);
            endTold = false;
            here.begin(epoch, from);
        }
    }

    void ends(long epoch, long finalSequence) {
        StreamHub<Segment> here = hub;
        StreamHub.View view = view();
        if (here == null || view == null || view.epoch() != epoch) {
            return;
        }
        if (finalSequence - view.edge() > self.options().window().segments()) {
            ahead = new End(
                    epoch, finalSequence); // counts when segments have come near it: nobody may be left to say it again
            return;
        }
        ahead = null;
        here.end(epoch, finalSequence);
        if (!endTold) {
            endTold = true;
            self.tell(() -> new PeerEvent.Ended(epoch, finalSequence));
        }
    }
}
