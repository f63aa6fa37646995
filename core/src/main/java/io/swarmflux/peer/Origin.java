package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.segment.CodecHeaders;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Mode;
import io.swarmflux.segment.Segment;
import io.swarmflux.swarm.StreamClock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;

/**
 * Where the segments of a seeder are made; empty in a peer. It begins the epoch once the downstreams that are waited for are
 * there, and reads again what has left the window when the source can.
 */
final class Origin {
    private final Self self;
    private final Programme programme;
    private final Runnable onDescribed;
    private final @Nullable Seeder seeder;
    private final @Nullable SourceFeed feed;
    private final Disposable.Composite readings = Disposables.composite();

    /** Nothing is read yet; {@code onDescribed} is called inside the strand when the description has changed. */
    Origin(Self self, Programme programme, Runnable onDescribed) {
        this.onDescribed = onDescribed;
        this.self = self;
        this.programme = programme;
        this.seeder = self.plan().seeder();
        this.feed = seeder == null ? null : new SourceFeed(self, seeder.source(), seeder.pace());
    }

    /** Whether this is a seeder. */
    boolean present() {
        return feed != null;
    }

    /** Makes the hub and begins the epoch, if this is a seeder. False when it is none or has begun. */
    boolean begin() {
        SourceFeed from = feed;
        Seeder asked = seeder;
        if (from == null || asked == null || programme.hubNow() != null) {
            return false;
        }
        Long fixed = asked.epoch();
        long epoch = fixed != null ? fixed : Math.max(self.dateMs(), programme.newestEpoch() + 1);
        StreamHub<Segment> opened = programme.open(new Description(
                0,
                asked.pace().kind() == Pace.Kind.NONE ? Mode.LOSSLESS : Mode.LIVE,
                asked.subStreams(),
                Segment.MAX_ENCODED_BYTES,
                asked.pace().bitsPerSecond(),
                asked.source().mediaType(),
                new byte[0],
                new byte[0]));
        opened.begin(epoch, 0);
        programme.heardOfEpoch(epoch);
        AtomicLong count = new AtomicLong();
        Flux<Segment> segments = from.segments(epoch, headers -> described(epoch, headers))
                .doOnNext(segment -> count.incrementAndGet())
                .doOnComplete(() -> ends(epoch, count.get() - 1))
                .doOnError(failure -> {
                    self.tell(() -> new PeerEvent.SourceFailed(String.valueOf(failure.getMessage())));
                    ends(epoch, count.get() - 1);
                });
        // after those who wait were answered, so that they get everything from the start
        self.strand().execute(() -> {
            if (!opened.isDisposed()) {
                readings.add(opened.attach("source", segments, true));
            }
        });
        return true;
    }

    /** Says what time it is in the stream: exactly what the pace goes by. Nothing without a pace. */
    void tellTime(StreamClock clock, long nowNs) {
        SourceFeed from = feed;
        long startNs = from == null ? -1 : from.startedNs();
        if (startNs >= 0) {
            clock.heard((self.scheduler().now(TimeUnit.NANOSECONDS) - startNs) / 1000, 0, 0, nowNs);
        }
    }

    /** Downstreams are told once more by themselves, before the first segment that needs it. */
    private void described(long epoch, CodecHeaders headers) {
        if (programme.descriptions().changed(epoch, headers)) {
            self.strand().execute(onDescribed);
        }
    }

    private void ends(long epoch, long finalSequence) {
        self.strand().execute(() -> programme.ends(epoch, finalSequence));
    }

    /** Whether what has left the window can be read again. */
    boolean rereadable() {
        SourceFeed from = feed;
        return from != null && from.rereadable();
    }

    /** The oldest sequence that can be had here. */
    long oldest(StreamHub.View view) {
        return rereadable() ? 0 : view.oldest();
    }

    /** Reads what has left the window, for one downstream; null when that cannot be read again. */
    @Nullable
    CatchUp catchUp(long first, Runnable available) {
        SourceFeed from = feed;
        StreamHub.View view = programme.view();
        if (from == null || view == null || !from.rereadable()) {
            return null;
        }
        CatchUp reading = new CatchUp(self.strand(), first, available);
        from.again(view.epoch(), first).subscribe(reading);
        return reading;
    }

    /** Takes what was asked for again. */
    interface Rereading {
        /** Called inside the strand, once; null when there is no such segment. */
        void take(long sequence, @Nullable Segment segment);
    }

    /** Reads one segment again. */
    void reread(long epoch, long sequence, Rereading taker) {
        SourceFeed from = feed;
        StreamHub.View view = programme.view();
        if (from == null || !from.rereadable() || view == null || view.epoch() != epoch || sequence >= view.oldest()) {
            taker.take(sequence, null);
            return;
        }
        Disposable.Swap reading = Disposables.swap(); // forgotten when it is over
        readings.add(reading);
        reading.update(from.again(epoch, sequence)
                .next()
                .map(Optional::of)
                .onErrorReturn(Optional.empty())
                .defaultIfEmpty(Optional.empty())
                .subscribe(found -> self.strand().execute(() -> {
                    readings.remove(reading);
                    taker.take(sequence, found.orElse(null));
                })));
    }

    void close() {
        readings.dispose();
    }
}
