package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.segment.Mode;
import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Which epoch a peer plays. An epoch is not a clock: a larger one is taken only when the present one has ended or brought
 * nothing from anyone for 3 s, and never one that is more than a day in the future. Otherwise the peer goes on playing,
 * and tells of the conflict once.
 */
final class Epochs {
    private static final long SILENCE_NS = Duration.ofSeconds(3).toNanos();
    static final long DAY_MS = Duration.ofDays(1).toMillis();
    private static final int MAX_TOLD = 1000;

    private final Self self;
    private final Programme programme;
    private final Taking taking;
    private final Giving giving;
    private final Repairs repairs;
    private final Runnable onBegun;
    private final Set<String> told = new HashSet<>();

    /** Nothing is played; {@code onBegun} is told when an epoch begins. */
    Epochs(Self self, Programme programme, Taking taking, Giving giving, Repairs repairs, Runnable onBegun) {
        this.onBegun = onBegun;
        this.self = self;
        this.programme = programme;
        this.taking = taking;
        this.giving = giving;
        this.repairs = repairs;
    }

    /** Whether an answer to a subscribe can be used now; makes the hub or moves it to a new epoch when that is due. */
    boolean accepts(UpstreamSide from, Message.Subscribed answer) {
        programme.heardOfEpoch(answer.epoch());
        boolean lossless = answer.description().mode() == Mode.LOSSLESS;
        StreamHub.View view = programme.view();
        if (view == null) {
            begin(answer, lossless);
            return true;
        }
        if (answer.epoch() == view.epoch()) {
            if (programme.descriptions().told(answer.epoch(), answer.description())) {
                giving.describe();
            }
            return true;
        }
        if (answer.epoch() > view.epoch() && maySwitch(from, answer.epoch(), view)) {
            repairs.clear();
            programme.moveTo(answer.epoch(), programme.lossless() ? 0 : answer.start(), answer.description());
            onBegun.run();
            return true;
        }
        return false;
    }

    private void begin(Message.Subscribed answer, boolean lossless) {
        StreamHub<io.swarmflux.segment.Segment> opened = programme.hubNow();
        if (opened == null) {
            opened = programme.open(answer.description());
        }
        programme.descriptions().told(answer.epoch(), answer.description());
        if (lossless) {
            taking.gather(opened);
        }
        opened.begin(answer.epoch(), lossless ? 0 : answer.start());
        onBegun.run();
        giving.answerThoseWhoWait();
    }

    private boolean maySwitch(UpstreamSide from, long epoch, StreamHub.View view) {
        // epochs given by hand may be any numbers; the clock only judges those that look like one
        if (epoch > self.dateMs() + DAY_MS && epoch > view.epoch() + DAY_MS) {
            tellOnce(from, "it plays epoch " + epoch + ", more than a day in the future");
            return false;
        }
        if (programme.isOver() || taking.silentNs(self.nowNs()) >= SILENCE_NS) {
            return true;
        }
        tellOnce(from, "it plays epoch " + epoch + " while epoch " + view.epoch() + " goes on");
        return false;
    }

    /** An upstream plays this epoch: joins it when that is due. */
    void heardOf(long epoch, UpstreamSide from) {
        programme.heardOfEpoch(epoch);
        if (from.active() && epoch == programme.epoch()) {
            return; // as nearly always
        }
        StreamHub.View view = programme.view();
        if (view == null || !from.answered()) {
            return;
        }
        if (epoch == view.epoch()) {
            if (!from.active()) {
                from.subscribe();
            }
        } else if (epoch > view.epoch() && maySwitch(from, epoch, view)) {
            from.subscribeAnew();
        }
    }

    void refused(UpstreamSide from, Message.Refused refused) {
        String what = refused.reason() + (refused.text().isEmpty() ? "" : ", " + refused.text());
        if (first(from, what)) {
            self.tell(() -> new PeerEvent.Refused(from.name(), what));
        }
    }

    private void tellOnce(UpstreamSide from, String what) {
        if (first(from, what)) {
            self.tell(() -> new PeerEvent.Conflict(from.name(), what));
        }
    }

    private boolean first(UpstreamSide from, String what) {
        return told.size() < MAX_TOLD && told.add(from.name() + what);
    }
}
