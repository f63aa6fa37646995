package io.swarmflux.peer;

import io.swarmflux.flux.Intake;
import io.swarmflux.flux.StreamHub;
import io.swarmflux.segment.Segment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a peer takes from all its upstreams together: divides the room of the one window among their credits. What each may
 * send is the business of its {@link UpstreamSide}; which epoch is played, of {@link Epochs}; what is asked for again, of
 * {@link Repairs}.
 */
final class Taking {
    private static final long GATHER_NS = Duration.ofSeconds(5).toNanos();
    private static final long GRANT_BYTES = 512 * 1024;

    private final Self self;
    private final Programme programme;
    private final Links links;
    private final Giving giving;
    private volatile long dataAtNs;
    private @Nullable Intake<Segment> gathering;
    private long gatheringSinceNs;
    private int intakes;

    /** How many upstreams are active: counted, because it is asked for by each of them at each tick. */
    private int active;

    Taking(Self self, Programme programme, Links links, Giving giving) {
        this.self = self;
        this.programme = programme;
        this.links = links;
        this.giving = giving;
        this.dataAtNs = self.nowNs();
    }

    // ------------------------------------------------------------------ credit

    /** Whether nothing may be granted yet, because downstreams are waited for. */
    boolean waiting() {
        return giving.waiting();
    }

    int slots() {
        return self.options().window().segments();
    }

    long halfWindow() {
        return self.options().window().bytes() / 2;
    }

    /** So many upstreams more can bring something, or fewer when it is negative. */
    void active(int more) {
        active += more;
    }

    /** How many bytes one upstream should be granted and have unused. */
    long grantTarget() {
        return Math.min(GRANT_BYTES * 4, self.options().window().bytes() / (4L * Math.max(1, active)));
    }

    long firstGrantBytes() {
        StreamHub.View view = programme.view();
        long window = self.options().window().bytes();
        long room = view == null ? window - Segment.MAX_ENCODED_BYTES : view.roomBytes();
        long fair = Math.min(GRANT_BYTES, window / (4L * Math.max(1, links.dialled())));
        return waiting() ? 0 : Math.max(0, Math.min(fair, room - unusedBytes()));
    }

    int firstGrantSegments() {
        return waiting() ? 0 : slots() / 2;
    }

    /** What all upstreams together were granted and have not used. */
    long unusedBytes() {
        long unused = 0;
        for (UpstreamSide side : links.upstreamList()) {
            unused += side.unusedBytes();
        }
        return unused;
    }

    /** The first sequence that the window has no slot for. */
    long sequenceLimit(StreamHub.View view) {
        return Math.min(view.next(), programme.heldFrom()) + slots();
    }

    /** Grants and confirms on every link, whether it is worth a message or not. */
    void creditAll() {
        links.upstreams().forEach(side -> side.credit(true));
    }

    /** Grants more to those that were given less than they should have, as far as there is room now. */
    void feedTheStarved() {
        for (UpstreamSide side : links.upstreamList()) {
            if (side.starved()) {
                side.credit(false);
            }
        }
    }

    // ------------------------------------------------------------------ what comes

    Intake<Segment> newIntake(String peer) {
        StreamHub<Segment> here = programme.hubNow();
        if (here == null) {
            throw new IllegalStateException("no hub yet");
        }
        return here.intake(peer + "#" + ++intakes);
    }

    /** A segment came from some upstream. On the link's thread. */
    void heardData(long nowNs) {
        dataAtNs = nowNs;
    }

    long silentNs(long nowNs) {
        return nowNs - dataAtNs;
    }

    // ------------------------------------------------------------------ the start

    /** Others may have what the first to answer has not: nothing is hopeless before all were asked. */
    void gather(StreamHub<Segment> opened) {
        gathering = opened.intake("(others)");
        gatheringSinceNs = self.nowNs();
    }

    void tick(long nowNs) {
        Intake<Segment> waitingFor = gathering;
        if (waitingFor != null && (links.allTried() || nowNs - gatheringSinceNs > GATHER_NS)) {
            gathering = null;
            waitingFor.dispose();
        }
    }
}
