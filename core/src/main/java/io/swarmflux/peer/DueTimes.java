package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Segment;
import io.swarmflux.swarm.MediaTimes;
import io.swarmflux.swarm.PlayoutDeadline;
import io.swarmflux.swarm.RepairPlan;
import io.swarmflux.swarm.StreamClock;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Until when what is missing is of use to the players here: tells a {@link PlayoutDeadline} and {@link MediaTimes} what there is.
 * Nothing is due without a playout delay, nor where a hole is waited for until nobody has it. Inside the strand, but for
 * {@link #watched}.
 */
final class DueTimes implements RepairPlan.TimeLeft {
    private static final int LOOK_BACK = 64;
    private static final long MOST_LAST_MOMENT_NS = Duration.ofMillis(700).toNanos();

    private final Self self;
    private final Programme programme;
    private final SubStreams subStreams;
    private final boolean asked;
    private final long lastMomentNs;
    private final PlayoutDeadline deadline;
    private final MediaTimes times = new MediaTimes();
    private long epoch = -1;

    /** The last segment that is here, of those that were looked at. */
    private @Nullable Segment last;

    private boolean hole;
    private long nowNs;

    DueTimes(Self self, Programme programme, SubStreams subStreams) {
        this.self = self;
        this.programme = programme;
        this.subStreams = subStreams;
        Duration delay = self.options().playoutDelay();
        this.asked = delay != null && !self.plan().lossless();
        this.lastMomentNs = delay == null ? 0 : Math.min(MOST_LAST_MOMENT_NS, delay.toNanos() / 3);
        this.deadline = new PlayoutDeadline(delay == null ? 0 : delay.toNanos());
    }

    // ------------------------------------------------------------------ who plays

    /** The same signals; notes when a player's clock starts. */
    <R> Flux<R> watched(Flux<R> signals) {
        return asked ? Flux.defer(() -> signals.doOnNext(new Beginnings())) : signals;
    }

    /** Looks for the segments with which one player's clock starts: its first, and the first of each new time line. */
    private final class Beginnings implements Consumer<Object> {
        private long playing = -1;

        @Override
        public void accept(Object signal) {
            Object value = signal instanceof StreamSignal.Element<?> element ? element.value() : signal;
            if (value instanceof Segment segment
                    && (segment.epoch() != playing || (segment.flags() & Segment.DISCONTINUITY) != 0)) {
                playing = segment.epoch();
                long atNs = self.nowNs();
                self.strand().execute(() -> {
                    if (segment.epoch() >= epoch) {
                        of(segment.epoch());
                        deadline.plays(segment.mediaTimeUs(), atNs);
                    }
                });
            }
        }
    }

    // ------------------------------------------------------------------ what is missing

    private void of(long now) {
        if (epoch != now) {
            epoch = now;
            deadline.clear();
            times.clear();
        }
    }

    /** Begins to look through the window, from the first segment on that is missing. */
    void look(StreamHub.View view, long atNs) {
        if (!asked) {
            return;
        }
        nowNs = atNs;
        of(view.epoch());
        times.look();
        hole = false;
        last = null;
        for (long back = view.next() - 1; last == null && back >= Math.max(0, view.next() - LOOK_BACK); back--) {
            last = programme.segment(view.epoch(), back);
        }
        Segment farther = programme.segment(view.epoch(), view.next() - LOOK_BACK);
        if (farther != null) {
            times.held(farther.sequence(), farther.mediaTimeUs()); // tells the pace, if nothing else does
        }
        StreamClock clock = subStreams.clock();
        deadline.tick(clock.known() ? clock.timeUs(nowNs) : PlayoutDeadline.UNKNOWN, leastAgeUs(), nowNs);
    }

    /** The next segment of the window; null when it is not here. */
    void next(@Nullable Segment here) {
        if (!asked) {
            return;
        }
        Segment before = last;
        if (here == null && !hole && before != null) {
            times.held(before.sequence(), before.mediaTimeUs()); // where a hole begins
        }
        if (here != null && hole) {
            times.held(here.sequence(), here.mediaTimeUs()); // where it ends
        }
        hole = here == null;
        last = here == null ? before : here;
    }

    /** How old the segments of the quickest sub-stream are when they come by themselves; -1 when that is not known. */
    private long leastAgeUs() {
        Description said = programme.description();
        long least = -1;
        for (int i = 0; said != null && i < said.subStreams(); i++) {
            long age = subStreams.ageOfUs(i);
            least = age >= 0 && (least < 0 || age < least) ? age : least;
        }
        return least;
    }

    /** Whether a segment is due so soon that nobody should wait any longer for it to come by itself. */
    boolean isLastMoment(long sequence) {
        return leftNs(sequence) <= lastMomentNs;
    }

    @Override
    public long leftNs(long sequence) {
        return asked && !programme.lossless() ? deadline.leftNs(times.of(sequence), nowNs) : PlayoutDeadline.NEVER;
    }
}
