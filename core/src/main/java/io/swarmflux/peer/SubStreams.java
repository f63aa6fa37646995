package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.segment.Description;
import io.swarmflux.swarm.Arrivals;
import io.swarmflux.swarm.SubStreamPlan;
import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which upstream brings which sub-stream: measures what comes, has a {@link SubStreamPlan} decide, and tells the upstreams.
 *
 * <p>The first upstream is asked for the whole stream, so that playing can begin with its answer; the others for nothing but
 * announcements, until the plan gives them a share. A sub-stream that moves because its upstream failed begins with the
 * first segment that is missing; one that moves because another is better begins where the old upstream stops.
 */
final class SubStreams {
    private static final int LONGEST_PATH = 16;
    private static final long LEAST_ALLOWANCE_NS = Duration.ofMillis(100).toNanos();
    private static final long MOST_ALLOWANCE_NS = Duration.ofSeconds(1).toNanos();
    private static final long BELIEVED_NS = Duration.ofMillis(300).toNanos();
    private static final long HOP_NS = Duration.ofMillis(5).toNanos();
    private static final double HANDOVER_SECONDS = 0.1;

    private final Self self;
    private final Programme programme;
    private final Links links;
    private final Runnable onMoved;
    private volatile @Nullable Arrivals arrivals;

    // inside the strand
    private @Nullable SubStreamPlan plan;
    private long epoch = -1;
    private long ratedAtNs;
    private long ratedEdge;
    private double segmentsPerSecond;

    /** Nothing is assigned; the listener is told when the ways have changed by which sub-streams come. */
    SubStreams(Self self, Programme programme, Links links, Runnable onMoved) {
        this.onMoved = onMoved;
        this.self = self;
        this.programme = programme;
        this.links = links;
    }

    // ------------------------------------------------------------------ the link's thread

    /** A segment came. */
    void came(String upstream, long sequence, boolean first) {
        Arrivals here = arrivals;
        if (here != null) {
            here.came(upstream, sequence, first, self.nowNs());
        }
    }

    // ------------------------------------------------------------------ inside the strand

    /** What a subscribe asks for: everything while nobody brings anything, otherwise nothing until it is assigned. */
    long firstMask() {
        return links.upstreams().anyMatch(side -> side.broughtAll() || (side.active() && share(side.name()) != 0))
                ? 0
                : -1;
    }

    /** An upstream was subscribed to for everything, and has answered. */
    void took(String upstream) {
        SubStreamPlan here = planNow();
        if (here != null) {
            here.took(upstream, self.nowNs());
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
        long worst = here == null
                ? 0
                : links.upstreams()
                        .filter(side -> share(side.name()) != 0)
                        .mapToLong(side -> here.latenessNs(side.name()))
                        .max()
                        .orElse(0);
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
                && existsForNs < BELIEVED_NS;
    }

    private @Nullable SubStreamPlan planNow() {
        StreamHub.View view = programme.view();
        Description said = programme.description();
        if (view == null || said == null) {
            return null;
        }
        SubStreamPlan here = plan;
        if (here == null || epoch != view.epoch()) {
            here = new SubStreamPlan(said.subStreams());
            plan = here;
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
        rate(view, nowNs);
        List<UpstreamSide> sides =
                links.upstreams().filter(side -> side.active() && side.isOpen()).toList();
        boolean held = programme.held() || sides.stream().anyMatch(UpstreamSide::starved);
        long stuck = programme.lossless() && held ? 0 : measured.stuck(nowNs);
        List<SubStreamPlan.Candidate> candidates = new ArrayList<>();
        for (UpstreamSide side : sides) {
            candidates.add(candidate(side, view, measured, sides));
        }
        tell(here.plan(candidates, stuck, nowNs), sides, view);
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
            UpstreamSide side, StreamHub.View view, Arrivals measured, List<UpstreamSide> sides) {
        long share = share(side.name());
        long lateNs;
        if (share != 0) {
            lateNs = measured.latenessNs(side.name());
        } else {
            // it brings nothing to measure; what it announced is up to 250 ms old, and so not held against it
            double behind = view.edge() - side.edge() - segmentsPerSecond * 0.3;
            lateNs = segmentsPerSecond > 0 && behind > 0 ? (long) (behind / segmentsPerSecond * 1e9) : 0;
        }
        long eligible = side.eligible(self.name(), share);
        boolean gone = programme.lossless() && side.oldest() > view.next();
        if (gone && sides.stream().anyMatch(other -> other.oldest() <= view.next())) {
            eligible = 0; // somebody else still has what is needed next
        }
        long halfTripNs = Math.max(0, side.asSource().roundTripNs()) / 2;
        return new SubStreamPlan.Candidate(side.name(), lateNs + halfTripNs + side.depth() * HOP_NS, eligible);
    }

    private void tell(List<SubStreamPlan.Move> moves, List<UpstreamSide> sides, StreamHub.View view) {
        if (moves.isEmpty()) {
            return;
        }
        long[] missing = firstMissing(view);
        Map<String, List<Message.Assignment>> assignments = new HashMap<>();
        for (SubStreamPlan.Move move : moves) {
            int subStream = move.subStream();
            long from = missing[subStream];
            if (!move.atOnce()) {
                long margin = (long) (segmentsPerSecond * HANDOVER_SECONDS) + missing.length;
                from = firstOf(subStream, Math.max(from, view.edge() + margin), missing.length);
            }
            if (move.to() != null) {
                assignments
                        .computeIfAbsent(move.to(), n -> new ArrayList<>())
                        .add(new Message.Assignment(subStream, from, Long.MAX_VALUE));
            }
            if (move.from() != null) {
                assignments
                        .computeIfAbsent(move.from(), n -> new ArrayList<>())
                        .add(new Message.Assignment(subStream, 0, from));
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

    /**
     * A downstream takes some sub-streams from here from now on. Where it also brings them here, the smaller of the two ids
     * gives way.
     */
    void assignedTo(String downstream, List<Message.Assignment> assignments) {
        SubStreamPlan here = plan;
        if (here == null || self.name().compareTo(downstream) > 0) {
            onMoved.run(); // the downstream sees its own name in the way, and gives way
            return;
        }
        boolean loop = false;
        for (Message.Assignment one : assignments) {
            if (one.until() > one.from()
                    && one.subStream() < here.subStreams()
                    && downstream.equals(here.owner(one.subStream()))) {
                links.upstreams()
                        .filter(side -> side.name().equals(downstream))
                        .forEach(side -> side.isLoop(one.subStream()));
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

    /** The ways by which sub-streams come here, this peer's own name last. */
    List<Message.Path> paths(boolean origin) {
        SubStreamPlan here = plan;
        Description said = programme.description();
        if (origin || here == null) {
            int count = said == null ? Description.DEFAULT_SUB_STREAMS : said.subStreams();
            return origin
                    ? List.of(new Message.Path(count == 64 ? -1 : (1L << count) - 1, List.of(self.name())))
                    : List.of();
        }
        Map<List<String>, Long> masks = new LinkedHashMap<>();
        Map<String, UpstreamSide> sides = new HashMap<>();
        links.upstreams().forEach(side -> sides.put(side.name(), side));
        for (int i = 0; i < here.subStreams(); i++) {
            String owner = here.owner(i);
            UpstreamSide side = owner == null ? null : sides.get(owner);
            List<String> way = side == null ? null : side.pathOf(i);
            if (way != null && way.size() < LONGEST_PATH) {
                List<String> mine = new ArrayList<>(way);
                mine.add(self.name());
                masks.merge(mine, 1L << i, (a, b) -> a | b);
            }
        }
        List<Message.Path> paths = new ArrayList<>();
        masks.forEach((way, mask) -> paths.add(new Message.Path(mask, way)));
        return paths;
    }
}
