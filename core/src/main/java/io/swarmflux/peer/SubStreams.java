package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.flux.Upstream;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Segment;
import io.swarmflux.swarm.Arrivals;
import io.swarmflux.swarm.StreamClock;
import io.swarmflux.swarm.SubStreamPlan;
import io.swarmflux.swarm.UploadPlan;
import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which upstream brings which sub-stream: measures what comes, has a {@link SubStreamPlan} decide, and tells the upstreams.
 *
 * <p>The first upstream is asked for the whole stream, so that playing can begin with its answer; the others for nothing but
 * announcements, until the plan gives them a share. A sub-stream that moves because its upstream failed begins with the
 * first segment that is missing; one that moves because another is better begins where the old upstream stops.
 */
final class SubStreams {
    private static final long LEAST_ALLOWANCE_NS = Duration.ofMillis(100).toNanos();
    private static final long MOST_ALLOWANCE_NS = Duration.ofSeconds(1).toNanos();
    /** What a hop costs beyond the delay that is measured: a longer way breaks more often, and nobody sees all of it at once. */
    private static final long HOP_NS = Duration.ofMillis(5).toNanos();

    /** What it costs when the way may be a loop: more than any delay that is lived with, so that it is left for whoever has room. */
    private static final long DOUBT_NS = Duration.ofSeconds(2).toNanos();

    private static final double HANDOVER_SECONDS = 0.4;
    private static final long HANDOVER_NS = Duration.ofMillis(150).toNanos();
    /** A little longer than anybody waits for a place. */
    private static final double BACKLOG_SECONDS = 0.5;

    private static final int MOST_PASSED = 64;
    private static final long PLACE_NS = Duration.ofMillis(1600).toNanos();
    /** Announcements come each 250 ms: who is not heard for so long is not merely waiting for its own upstream. */
    private static final long SUSPECT_NS = Duration.ofMillis(400).toNanos();

    /** Who is not heard for so long, while others are, is not waited for: it would have answered three pings. */
    private static final long SILENT_NS = Duration.ofMillis(800).toNanos();

    private static final long LATE_TICK_NS = Duration.ofMillis(200).toNanos();

    private static final long EXCUSED_NS = Duration.ofSeconds(1).toNanos();
    private static final long UNKNOWN_NS = Duration.ofHours(1).toNanos();
    private static final long REACH_NS = Duration.ofSeconds(1).toNanos();

    private final Self self;
    private final Programme programme;
    private final Links links;
    private final Runnable onMoved;
    private final IntToLongFunction reachBelow;
    private volatile @Nullable Arrivals arrivals;

    // inside the strand
    private final StreamClock clock = new StreamClock();
    private final List<Handover> handovers = new ArrayList<>();

    /** With which sequence whoever brings a sub-stream now begins: until then the one before brings it. */
    private long[] beginsAt = new long[0];

    private @Nullable SubStreamPlan plan;
    private @Nullable IslandSide island;
    private long reachToldNs;
    private long[] reachTold = new long[0];
    private long epoch = -1;
    private long ratedAtNs;
    private long ratedEdge;
    private double segmentsPerSecond;

    private long tickedAtNs;

    /** Since when ticks have come in time: while they do not, it may be that others were not heard because nobody listened. */
    private long regularSinceNs;

    /** Whether a sub-stream comes here by another way than was told last. */
    private boolean wayChanged;

    /** A sub-stream moves without haste: its old upstream is told to stop once the new one has not declined. */
    private record Handover(int subStream, String from, String to, long sequence, long atNs) {}

    /**
     * Nothing is assigned; {@code onMoved} is told when the ways have changed by which sub-streams come; {@code reachBelow}
     * says how many peers get a sub-stream from here.
     */
    SubStreams(Self self, Programme programme, Links links, Runnable onMoved, IntToLongFunction reachBelow) {
        this.reachBelow = reachBelow;
        this.onMoved = onMoved;
        this.self = self;
        this.programme = programme;
        this.links = links;
    }

    /** There is another way by which sub-streams come, beside the links. */
    void joined(@Nullable IslandSide side) {
        island = side;
    }

    /** The sub-streams that links have to bring. */
    private long overLinks() {
        IslandSide side = island;
        return side == null ? -1 : side.overLinks();
    }

    // ------------------------------------------------------------------ the link's thread

    /** A segment came; {@code pushed} when it was not asked for again. */
    void came(String upstream, Segment segment, boolean first, boolean pushed, long nowNs) {
        Arrivals here = arrivals;
        if (here != null) {
            if (pushed) {
                here.came(upstream, segment.sequence(), first, nowNs);
            } else {
                here.repaired(upstream, segment.sequence(), first, nowNs);
            }
            long ageUs = pushed && first ? ageUs(segment, nowNs) : -1;
            if (ageUs >= 0) {
                here.aged(segment.sequence(), ageUs * 1000);
            }
        }
    }

    /** How old a segment is now, by stream time; -1 when the time is not known. */
    long ageUs(Segment segment) {
        return clock.known() ? ageUs(segment, self.nowNs()) : -1;
    }

    private long ageUs(Segment segment, long nowNs) {
        return clock.known() ? Math.max(0, clock.timeUs(nowNs) - segment.mediaTimeUs()) : -1;
    }

    // ------------------------------------------------------------------ inside the strand

    /** How long ago a segment of that sub-stream usually came here; -1 when the time is not known. */
    long waitedUs(Segment segment) {
        long ageUs = ageUs(segment);
        SubStreamPlan here = plan;
        int subStream = here == null ? 0 : (int) (segment.sequence() % here.subStreams());
        return ageUs < 0 ? -1 : Math.max(0, ageUs - Math.max(0, ageOfUs(subStream)));
    }

    /** What a subscribe asks for: everything while nobody brings anything, otherwise nothing until it is assigned. */
    long firstMask() {
        return island != null
                        || links.upstreams()
                                .anyMatch(side -> side.broughtAll() || (side.active() && share(side.name()) != 0))
                ? 0
                : -1;
    }

    /** An upstream was subscribed to for everything, and has answered. What others were given meanwhile it need not push. */
    void took(UpstreamSide upstream) {
        SubStreamPlan here = planNow();
        if (here == null) {
            return;
        }
        here.took(upstream.name(), self.nowNs());
        List<Message.Assignment> others = new ArrayList<>();
        for (int i = 0; i < here.subStreams(); i++) {
            if (!upstream.name().equals(here.owner(i))) {
                others.add(Message.Assignment.until(i, 0));
            }
        }
        if (!others.isEmpty()) {
            upstream.assign(others);
        }
    }

    /** An upstream's subscription is over, or begins anew. */
    void lost(String upstream) {
        SubStreamPlan here = plan;
        if (here != null) {
            here.lost(upstream);
        }
        Arrivals measured = arrivals;
        if (measured != null) {
            measured.forget(upstream);
        }
    }

    /** The sub-streams that an upstream brings, bit by bit. */
    long share(String upstream) {
        SubStreamPlan here = plan;
        return here == null ? 0 : here.broughtBy(upstream);
    }

    /** How long a segment may be missing before it is asked for: learned from how differently upstreams bring theirs. */
    long allowanceNs() {
        Arrivals here = arrivals;
        long worst = 0;
        for (UpstreamSide side : links.upstreamList()) {
            if (here != null && share(side.name()) != 0) {
                worst = Math.max(worst, here.latenessNs(side.name()));
            }
        }
        return Math.min(MOST_ALLOWANCE_NS, LEAST_ALLOWANCE_NS + 2 * worst);
    }

    /**
     * Whether a missing segment of a live stream need not be asked for yet: its sub-stream makes progress and has not gone on
     * beyond it, so it is queued somewhere and comes by itself. That is believed for a while only. In a lossless stream it
     * may stand behind what there is no credit for, so it is asked for at once.
     */
    boolean underWay(long sequence, long nowNs) {
        SubStreamPlan here = plan;
        Arrivals measured = arrivals;
        if (here == null || measured == null || programme.lossless()) {
            return false;
        }
        int subStream = (int) (sequence % here.subStreams());
        long existsForNs = measured.existsForNs(sequence, nowNs);
        return here.owner(subStream) != null
                && !measured.passed(sequence)
                && existsForNs > 0
                && existsForNs < measured.patienceNs(subStream);
    }

    /** Who brings the sub-stream of a segment; "" for nobody. */
    String bringer(long sequence) {
        SubStreamPlan here = plan;
        String owner = here == null ? null : here.owner((int) (sequence % here.subStreams()));
        return owner == null ? "" : owner;
    }

    /** An upstream does not push these any more: they are not waited for. */
    void passedOver(String upstream, long from, long until) {
        SubStreamPlan here = plan;
        Arrivals measured = arrivals;
        long most = Math.min(until, from + MOST_PASSED);
        for (long sequence = from; here != null && measured != null && sequence < most; sequence++) {
            if (upstream.equals(here.owner((int) (sequence % here.subStreams())))) {
                measured.passedOver(sequence, self.nowNs());
            }
        }
    }

    // ------------------------------------------------------------------ stream time

    /** What the seeder here says, or an upstream. */
    StreamClock clock() {
        return clock;
    }

    /** How old the segments of a sub-stream are when they come here, in microseconds; -1 when that is not known. */
    long ageOfUs(int subStream) {
        Arrivals here = arrivals;
        long ageNs = here == null || subStream >= here.subStreams() ? -1 : here.ageNs(subStream);
        return ageNs < 0 ? -1 : ageNs / 1000;
    }

    /** The same in segments; 0 when it is not known. */
    double ageSegments(int subStream) {
        return Math.max(0, ageOfUs(subStream)) / 1e6 * segmentsPerSecond;
    }

    /** How many segments the stream makes in that time, at least one of each sub-stream. */
    double segmentsIn(double seconds) {
        SubStreamPlan here = plan;
        return Math.max(here == null ? 0 : here.subStreams(), seconds * segmentsPerSecond);
    }

    /** What the stream costs. 0 while that is not known. */
    double bitsPerSecond(Description said) {
        StreamHub.View view = programme.view();
        Upstream.Stats stats = view == null ? null : view.received();
        if (stats == null || stats.received() == 0) {
            return said.bitsPerSecond();
        }
        double meanBytes = (double) stats.bytes() / stats.received();
        double nominal = said.bitsPerSecond() * meanBytes / Math.max(1, meanBytes - Segment.HEADER_BYTES);
        return said.bitsPerSecond() > 0 ? nominal : segmentsPerSecond * meanBytes * 8;
    }

    private @Nullable SubStreamPlan planNow() {
        StreamHub.View view = programme.view();
        Description said = programme.description();
        if (view == null || said == null) {
            return null;
        }
        SubStreamPlan here = plan;
        if (here == null || epoch != view.epoch()) {
            if (here != null) {
                clock.forget(); // each epoch has a time of its own
            }
            here = new SubStreamPlan(said.subStreams());
            plan = here;
            beginsAt = new long[here.subStreams()];
            arrivals = new Arrivals(said.subStreams());
            epoch = view.epoch();
            ratedEdge = view.edge();
            ratedAtNs = self.nowNs();
        }
        return here;
    }

    /** Assigns what nobody brings, and moves what another would bring better. */
    void tick(long nowNs) {
        StreamHub.View view = programme.view();
        SubStreamPlan here = planNow();
        Arrivals measured = arrivals;
        if (view == null || here == null || measured == null) {
            return;
        }
        regularSinceNs = nowNs - tickedAtNs > LATE_TICK_NS ? nowNs : regularSinceNs;
        tickedAtNs = nowNs;
        rate(view, nowNs);
        finishHandovers(nowNs);
        List<UpstreamSide> sides = links.activeUpstreams();
        boolean held =
                programme.lossless() && (programme.held() || sides.stream().anyMatch(UpstreamSide::starved));
        long wanted = overLinks();
        here.want(wanted);
        long stuck = held ? 0 : measured.stuck(0, nowNs) & wanted;
        if (stuck != 0 || here.mayImprove(nowNs) || !here.isSettled(brought(sides, view))) {
            List<SubStreamPlan.Candidate> candidates = candidates(sides, view, measured, stuck);
            tell(here.plan(candidates, stuck, nowNs), candidates, sides, view);
        }
        if (wayChanged) {
            wayChanged = false;
            onMoved.run();
        }
        tellReach(here, nowNs);
    }

    /** The sub-streams that somebody brings who may bring them. */
    private long brought(List<UpstreamSide> sides, StreamHub.View view) {
        long brought = 0;
        for (UpstreamSide side : sides) {
            long share = share(side.name());
            if (share != 0 && !isSilent(side, sides)) {
                brought |= share & eligible(side, share, view, sides);
            }
        }
        return brought;
    }

    private long eligible(UpstreamSide side, long share, StreamHub.View view, List<UpstreamSide> sides) {
        boolean gone = programme.lossless() && side.oldest() > view.next();
        if (gone && sides.stream().anyMatch(other -> other.oldest() <= view.next())) {
            return 0; // somebody else still has what is needed next
        }
        return side.paths().eligible(share);
    }

    private List<SubStreamPlan.Candidate> candidates(
            List<UpstreamSide> sides, StreamHub.View view, Arrivals measured, long stuck) {
        // when everybody's stream time is known, ages are compared; otherwise only how late each is
        boolean aged =
                clock.known() && sides.stream().anyMatch(side -> side.paths().saysAges());
        List<SubStreamPlan.Candidate> candidates = new ArrayList<>();
        for (UpstreamSide side : sides) {
            candidates.add(candidate(side, sides, view, measured, stuck, aged));
        }
        return candidates;
    }

    /** Whether nobody waits any longer for an upstream: it says nothing while others do, and it is not this peer that was busy. */
    private boolean isSilent(UpstreamSide side, List<UpstreamSide> sides) {
        long nowNs = self.nowNs();
        return side.silentNs(nowNs) > SILENT_NS
                && nowNs - regularSinceNs > SUSPECT_NS
                && sides.stream().anyMatch(other -> other.silentNs(nowNs) < SUSPECT_NS);
    }

    private void rate(StreamHub.View view, long nowNs) {
        long sinceNs = nowNs - ratedAtNs;
        if (sinceNs >= 200_000_000L) {
            double now = (view.edge() - ratedEdge) * 1e9 / sinceNs;
            segmentsPerSecond = segmentsPerSecond == 0 ? now : segmentsPerSecond * 0.8 + now * 0.2;
            ratedAtNs = nowNs;
            ratedEdge = view.edge();
        }
    }

    private SubStreamPlan.Candidate candidate(
            UpstreamSide side,
            List<UpstreamSide> sides,
            StreamHub.View view,
            Arrivals measured,
            long stuck,
            boolean aged) {
        long share = share(side.name());
        long nowNs = self.nowNs();
        boolean heard = side.silentNs(nowNs) < SUSPECT_NS;
        long eligible = eligible(side, share, view, sides) & (heard ? -1 : share); // nothing new from who is not heard
        long lateNs;
        if (share != 0) {
            lateNs = measured.latenessNs(side.name());
        } else {
            // it brings nothing to measure; what it announced is up to 250 ms old, and so not held against it
            double behind = view.edge() - side.edge() - segmentsPerSecond * 0.3;
            lateNs = segmentsPerSecond > 0 && behind > 0 ? (long) (behind / segmentsPerSecond * 1e9) : 0;
        }
        long halfTripNs = Math.max(0, side.asSource().roundTripNs()) / 2;
        long unaged = lateNs + halfTripNs + side.paths().depth() * HOP_NS;
        SubStreamPlan here = plan;
        long has = 0;
        for (int i = 0; i < measured.subStreams(); i++) {
            has |= (stuck & (1L << i)) != 0 && side.holds(measured.nextOf(i)) ? 1L << i : 0;
        }
        long excused = heard && stuck != 0 ? stuck & ~has & ~measured.stuck(EXCUSED_NS, nowNs) : 0;
        return new SubStreamPlan.Candidate(
                side.name(), eligible, side.spare(), has, excused, isSilent(side, sides), subStream -> {
                    if (!aged) {
                        return unaged + doubtNs(side, subStream);
                    }
                    boolean brings = here != null && side.name().equals(here.owner(subStream));
                    long measuredNs = brings ? measured.ageNs(subStream) : -1;
                    long ageUs = side.paths().ageUs(subStream);
                    long expectedNs = ageUs < 0 ? UNKNOWN_NS : (ageUs + side.serviceUs()) * 1000 + halfTripNs;
                    return (measuredNs >= 0 ? measuredNs : expectedNs) + wayNs(side, subStream);
                });
    }

    /** What it costs, beyond the delay, to take a sub-stream by the way by which it comes to that upstream. */
    private long wayNs(UpstreamSide side, int subStream) {
        return side.paths().hops(subStream) * HOP_NS + doubtNs(side, subStream);
    }

    private long doubtNs(UpstreamSide side, int subStream) {
        return side.paths().doubtful(subStream, self.nowNs()) ? DOUBT_NS : 0;
    }

    private void tell(
            List<SubStreamPlan.Move> moves,
            List<SubStreamPlan.Candidate> candidates,
            List<UpstreamSide> sides,
            StreamHub.View view) {
        if (moves.isEmpty()) {
            return;
        }
        long[] missing = firstMissing(view);
        Map<String, List<Message.Assignment>> assignments = new HashMap<>();
        for (SubStreamPlan.Move move : moves) {
            int subStream = move.subStream();
            handovers.removeIf(other -> other.subStream() == subStream && stop(other));
            long from = beginning(move, missing, sides, view);
            beginsAt[subStream] = from;
            expectAge(move, candidates, sides);
            if (move.to() != null) {
                Message.Need need = !move.urgent()
                        ? Message.Need.WANTED
                        : sides.size() > 1 ? Message.Need.NEEDED : Message.Need.ALONE;
                assignments
                        .computeIfAbsent(move.to(), n -> new ArrayList<>())
                        .add(new Message.Assignment(
                                subStream, from, Long.MAX_VALUE, 1 + reachBelow.applyAsLong(subStream), need));
            }
            String old = move.from() != null && move.from().equals(move.to()) ? null : move.from();
            if (old != null && move.to() != null) {
                long waitNs = move.urgent() ? PLACE_NS : HANDOVER_NS;
                handovers.add(new Handover(subStream, old, move.to(), from, self.nowNs() + waitNs));
            } else if (old != null) {
                assignments.computeIfAbsent(old, n -> new ArrayList<>()).add(Message.Assignment.until(subStream, from));
            }
        }
        for (UpstreamSide side : sides) {
            List<Message.Assignment> told = assignments.get(side.name());
            if (told != null) {
                side.assign(told);
            }
        }
        taken();
        onMoved.run();
    }

    /** Where whoever takes over a sub-stream begins with it. */
    private long beginning(SubStreamPlan.Move move, long[] missing, List<UpstreamSide> sides, StreamHub.View view) {
        int subStream = move.subStream();
        long from = missing[subStream];
        if (move.atOnce()) {
            // a backlog would make everything behind it late; what is older is asked for, as far as there is upload for
            // it
            return countsUpload(move.to(), sides)
                    ? Math.max(from, firstOf(subStream, newest(view, BACKLOG_SECONDS), missing.length))
                    : from;
        }
        long margin = (long) (segmentsPerSecond * HANDOVER_SECONDS) + missing.length;
        return firstOf(subStream, Math.max(from, view.edge() + margin), missing.length);
    }

    /** Whether an upstream of a live stream has a limited upload. */
    private boolean countsUpload(@Nullable String to, List<UpstreamSide> sides) {
        return !programme.lossless()
                && sides.stream().anyMatch(side -> side.name().equals(to) && side.spare() != UploadPlan.UNLIMITED);
    }

    /** From where on the stream is not older than that. */
    private long newest(StreamHub.View view, double seconds) {
        return Math.max(view.next(), view.edge() - (long) Math.ceil(segmentsPerSecond * seconds));
    }

    private void expectAge(
            SubStreamPlan.Move move, List<SubStreamPlan.Candidate> candidates, List<UpstreamSide> sides) {
        Arrivals measured = arrivals;
        for (SubStreamPlan.Candidate one : candidates) {
            if (measured != null && clock.known() && one.name().equals(move.to())) {
                // the upstream brings it by now, and nothing is measured yet: so this is what is expected by it
                measured.expectAge(move.subStream(), -1);
                long costNs = one.delayNs().applyAsLong(move.subStream());
                long expectedNs = costNs - wayNs(one.name(), move.subStream(), sides);
                measured.expectAge(move.subStream(), expectedNs >= UNKNOWN_NS ? -1 : expectedNs);
            }
        }
    }

    private long wayNs(String name, int subStream, List<UpstreamSide> sides) {
        for (UpstreamSide side : sides) {
            if (side.name().equals(name)) {
                return wayNs(side, subStream);
            }
        }
        return 0;
    }

    // ------------------------------------------------------------------ what upstreams say to it

    /** What comes here comes to its upstream by another way than before: those below are to know soon. */
    void comesByAnotherWay() {
        wayChanged = true;
    }

    private void finishHandovers(long nowNs) {
        Arrivals measured = arrivals;
        handovers.removeIf(
                one -> (nowNs >= one.atNs() || (measured != null && one.to().equals(measured.bringer(one.subStream()))))
                        && stop(one));
    }

    /** Tells the old upstream where the new one begins. */
    private boolean stop(Handover one) {
        side(one.from())
                .ifPresent(old -> old.assign(List.of(Message.Assignment.until(one.subStream(), one.sequence()))));
        return true;
    }

    private Optional<UpstreamSide> side(String name) {
        return links.upstreams()
                .filter(side -> side.isOpen() && side.name().equals(name))
                .findFirst();
    }

    /** An upstream does not bring what it was asked for: the one before it goes on, if it was not stopped yet. */
    void declined(String upstream, long subStreams) {
        SubStreamPlan here = plan;
        if (here == null) {
            return;
        }
        for (int i = 0; i < here.subStreams(); i++) {
            int subStream = i;
            if ((subStreams & 1L << i) != 0) {
                Optional<Handover> undone = handovers.stream()
                        .filter(one -> one.subStream() == subStream && one.to().equals(upstream))
                        .findFirst();
                undone.ifPresent(handovers::remove);
                here.declined(upstream, i, undone.map(Handover::from).orElse(null), self.nowNs());
            }
        }
        onMoved.run();
        tick(self.nowNs());
    }

    /** An upstream would rather not bring these sub-streams any more. */
    void giveUp(String upstream, long subStreams) {
        StreamHub.View view = programme.view();
        SubStreamPlan here = planNow();
        Arrivals measured = arrivals;
        if (view != null && here != null && measured != null) {
            List<UpstreamSide> sides = links.activeUpstreams();
            List<SubStreamPlan.Candidate> candidates = candidates(sides, view, measured, 0);
            tell(here.moveAway(upstream, subStreams, candidates, self.nowNs()), candidates, sides, view);
        }
    }

    /**
     * Stops who pushes what somebody else brings. Requests and answers cross on their way: an upstream may make room for a request
     * that was given up meanwhile, and would go on with it for ever.
     */
    private void stopStrays(SubStreamPlan here, long nowNs) {
        Arrivals measured = arrivals;
        for (int i = 0; measured != null && i < here.subStreams(); i++) {
            int subStream = i;
            String owner = here.owner(i);
            if (owner != null
                    && here.settledNs(i, nowNs) > PLACE_NS
                    && measured.passed(beginsAt[i])
                    && handovers.stream().noneMatch(one -> one.subStream() == subStream)) {
                String stray = measured.stray(i, owner);
                if (stray != null) {
                    side(stray).ifPresent(side -> side.assign(List.of(Message.Assignment.until(subStream, 0))));
                }
            }
        }
    }

    /** Tells upstreams how many peers get by them what they bring, when that has changed much. */
    private void tellReach(SubStreamPlan here, long nowNs) {
        if (nowNs - reachToldNs < REACH_NS) {
            return;
        }
        reachToldNs = nowNs;
        stopStrays(here, nowNs);
        if (reachTold.length != here.subStreams()) {
            reachTold = new long[here.subStreams()];
        }
        Map<String, Map<Long, Long>> masks = new HashMap<>();
        for (int i = 0; i < here.subStreams(); i++) {
            String owner = here.owner(i);
            long reach = 1 + reachBelow.applyAsLong(i);
            if (owner != null && Math.abs(reach - reachTold[i]) * 4 > reachTold[i]) {
                reachTold[i] = reach;
                masks.computeIfAbsent(owner, n -> new TreeMap<>()).merge(reach, 1L << i, (a, b) -> a | b);
            }
        }
        masks.forEach((owner, reached) -> side(owner).ifPresent(up -> {
            List<Message.Reached> all = new ArrayList<>();
            reached.forEach((peers, mask) -> all.add(new Message.Reached(mask, peers)));
            up.reach(all);
        }));
    }

    /**
     * A downstream takes some sub-streams from here from now on. Where it also brings them here, the smaller of the two ids
     * gives way.
     */
    void assignedTo(String downstream, List<Message.Assignment> assignments) {
        SubStreamPlan here = plan;
        if (here == null || self.name().compareTo(downstream) > 0) {
            return; // the downstream sees its own name in the way, and gives way
        }
        boolean loop = false;
        for (Message.Assignment one : assignments) {
            if (one.wants() && one.subStream() < here.subStreams() && downstream.equals(here.owner(one.subStream()))) {
                links.upstreams().filter(side -> side.name().equals(downstream)).forEach(side -> side.paths()
                        .isLoop(one.subStream()));
                loop = true;
            }
        }
        if (loop) {
            tick(self.nowNs());
        }
    }

    /** Every upstream that has a share now needs credit for it. */
    private void taken() {
        links.upstreams().forEach(side -> side.credit(true));
    }

    /** For each sub-stream the first sequence that is not here. */
    private long[] firstMissing(StreamHub.View view) {
        int count = plan == null ? 1 : plan.subStreams();
        long[] missing = new long[count];
        java.util.Arrays.fill(missing, -1);
        int found = 0;
        for (long sequence = view.next(); sequence < view.edge() && found < count; sequence++) {
            int subStream = (int) (sequence % count);
            if (missing[subStream] < 0 && programme.segment(view.epoch(), sequence) == null) {
                missing[subStream] = sequence;
                found++;
            }
        }
        for (int i = 0; i < count; i++) {
            if (missing[i] < 0) {
                missing[i] = firstOf(i, Math.max(view.edge(), view.next()), count);
            }
        }
        return missing;
    }

    private static long firstOf(int subStream, long from, int count) {
        return from + Math.floorMod(subStream - from, (long) count);
    }

    // ------------------------------------------------------------------ what downstreams are told

    /** The way by which each sub-stream comes here, this peer's own name last; null by which none comes. */
    @Nullable
    Message.Path[] paths(boolean origin) {
        SubStreamPlan here = plan;
        Description said = programme.description();
        int count = said == null ? Description.DEFAULT_SUB_STREAMS : said.subStreams();
        Message.Path[] paths = new Message.Path[count];
        Map<String, UpstreamSide> sides = new HashMap<>();
        IdentityHashMap<List<String>, List<String>> ways = new IdentityHashMap<>(); // often one way for several
        links.upstreams().forEach(side -> sides.put(side.name(), side));
        for (int i = 0; i < count; i++) {
            List<String> byGroup = island == null || origin ? null : island.way(i);
            if (byGroup != null && byGroup.size() < HeardPaths.LONGEST) {
                long ageUs = ageOfUs(i);
                paths[i] = new Message.Path(1L << i, throughHere(byGroup), ageUs < 0 ? Message.UNKNOWN : ageUs);
            } else if (origin) {
                paths[i] = new Message.Path(1L << i, List.of(self.name()), 0);
            } else if (here != null) {
                String owner = here.owner(i);
                UpstreamSide side = owner == null ? null : sides.get(owner);
                List<String> way = side == null ? null : side.paths().way(i);
                if (way != null) {
                    List<String> mine = ways.computeIfAbsent(way, this::throughHere);
                    long ageUs = ageOfUs(i);
                    paths[i] = new Message.Path(1L << i, mine, ageUs < 0 ? Message.UNKNOWN : ageUs);
                }
            }
        }
        return paths;
    }

    /** The way goes on here. Of one that is too long to be told the end is told, so that a loop is noticed all the same. */
    private List<String> throughHere(List<String> way) {
        List<String> mine = new ArrayList<>(way.subList(Math.max(0, way.size() + 1 - HeardPaths.LONGEST), way.size()));
        mine.add(self.name());
        return List.copyOf(mine);
    }
}
