package io.swarmflux.peer;

import io.swarmflux.segment.CodecHeaders;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentArena;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.StreamId;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A seeder's source as numbered segments, at its pace.
 *
 * <p>A rate makes the media time out of the bytes that went before. So that a segment that is read again is the same to the
 * byte, the sum is kept for every {@value #STRIDE}th one.
 */
final class SourceFeed {
    private static final int STRIDE = 256;

    private final StreamId stream;
    private final SegmentArena arena;
    private final SegmentSource source;
    private final Pace pace;
    private final Scheduler timer;

    /** Payload bytes before every STRIDE-th sequence; grows while the source is read for the first time. */
    private volatile long[] sums = new long[64];

    private volatile int known = 1;

    private volatile long startedNs = -1;

    SourceFeed(Self self, SegmentSource source, Pace pace) {
        this.stream = self.stream();
        this.arena = self.arena();
        this.source = source;
        this.pace = pace;
        this.timer = self.scheduler();
    }

    /** When the media time was 0, by the timer's clock; -1 before, and without a pace. */
    long startedNs() {
        return startedNs;
    }

    boolean rereadable() {
        return source.rereadable();
    }

    /**
     * The whole stream, each segment when it is due; the listener is told its headers before. The clock starts with the first: a
     * source may take its time to begin.
     */
    Flux<Segment> segments(long epoch, Consumer<CodecHeaders> onHeaders) {
        return Flux.defer(() -> {
            Flux<Segment> numbered = number(epoch, 0, 0, onHeaders);
            if (pace.kind() == Pace.Kind.NONE) {
                return numbered;
            }
            AtomicLong startNs = new AtomicLong(-1);
            return numbered.delayUntil(segment -> {
                long nowNs = timer.now(TimeUnit.NANOSECONDS);
                if (startNs.compareAndSet(-1, nowNs)) {
                    startedNs = nowNs;
                }
                long aheadNs = startNs.get() + segment.mediaTimeUs() * 1000 - nowNs;
                return aheadNs <= 0 ? Mono.empty() : Mono.delay(Duration.ofNanos(aheadNs), timer);
            });
        });
    }

    /** Segments that were read before, at once. */
    Flux<Segment> again(long epoch, long from) {
        int stride = (int) Math.min(from / STRIDE, known - 1L);
        long first = pace.kind() == Pace.Kind.RATE ? (long) stride * STRIDE : from;
        return number(epoch, first, pace.kind() == Pace.Kind.RATE ? sums[stride] : 0, known -> {})
                .skip(from - first);
    }

    private Flux<Segment> number(long epoch, long first, long bytesBefore, Consumer<CodecHeaders> onHeaders) {
        return Flux.defer(() -> {
            long[] next = {first, bytesBefore};
            return source.cuts(first).map(cut -> {
                long sequence = next[0]++;
                long before = next[1];
                next[1] += cut.payload().length;
                if (sequence % STRIDE == 0) {
                    note((int) (sequence / STRIDE), before);
                }
                onHeaders.accept(cut.headers());
                Cut timed = pace.kind() == Pace.Kind.RATE
                        ? new Cut(cut.payload(), mediaTimeUs(before), cut.flags(), cut.headers())
                        : cut;
                return Segment.of(
                        arena, stream, epoch, sequence, timed, cut.headers().version());
            });
        });
    }

    private long mediaTimeUs(long bytesBefore) {
        return (long) (bytesBefore * 8e6 / pace.bitsPerSecond());
    }

    private synchronized void note(int stride, long bytesBefore) { // never held while waiting
        if (stride != known || pace.kind() != Pace.Kind.RATE) {
            return;
        }
        if (stride == sums.length) {
            sums = java.util.Arrays.copyOf(sums, stride * 2);
        }
        sums[stride] = bytesBefore;
        known = stride + 1;
    }
}
