package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.swarm.RepairPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Asks again for what is missing: finds the holes of the window, has a {@link RepairPlan} decide whom to ask, and sends the
 * requests.
 */
final class Repairs {
    private static final int MAX_IN_FLIGHT = 64;
    private static final int REACH = 1024;
    private static final int MAX_HOLES = 256;
    private static final int MAX_RANGES = 32;

    private final Self self;
    private final Programme programme;
    private final Links links;
    private final SubStreams subStreams;
    private final RepairPlan plan = new RepairPlan(MAX_IN_FLIGHT);
    private final AtomicLong answered = new AtomicLong();

    /** What was asked for and neither came nor was passed yet. */
    private final Set<Long> awaited = new HashSet<>();

    private long asked;
    private long givenUp;

    Repairs(Self self, Programme programme, Links links, SubStreams subStreams) {
        this.subStreams = subStreams;
        this.self = self;
        this.programme = programme;
        this.links = links;
    }

    /** What was asked for so far, and what came of it. */
    PeerSnapshot.Repair snapshot() {
        return new PeerSnapshot.Repair(asked, answered.get(), givenUp);
    }

    /** A segment came in answer to a request. On the link's thread. */
    void answered(String upstream, long sequence) {
        answered.incrementAndGet();
        self.strand().execute(() -> {
            plan.answered(upstream);
            awaited.remove(sequence);
        });
    }

    /** Another epoch: what was missing is missing no more. */
    void clear() {
        plan.clear();
        awaited.clear();
    }

    void tick(long nowNs) {
        StreamHub.View view = programme.view();
        if (view == null) {
            return;
        }
        List<UpstreamSide> sides = links.activeUpstreams();
        forgetThePassed(view);
        List<Long> holes = holes(view, sides, nowNs);
        if (holes.isEmpty()) {
            plan.clear();
            return;
        }
        Map<String, List<Long>> asks = new HashMap<>();
        for (RepairPlan.Ask ask : plan.plan(
                holes,
                sequence -> holding(sequence, sides),
                RepairPlan.TimeLeft.ENDLESS,
                subStreams.allowanceNs(),
                nowNs)) {
            asks.computeIfAbsent(ask.source(), s -> new ArrayList<>()).add(ask.sequence());
            awaited.add(ask.sequence());
            asked++;
        }
        for (UpstreamSide side : asks.isEmpty() ? List.<UpstreamSide>of() : sides) {
            List<Long> sequences = asks.getOrDefault(side.name(), List.of());
            for (int from = 0; from < sequences.size(); from += MAX_RANGES) {
                side.request(sequences.subList(from, Math.min(sequences.size(), from + MAX_RANGES)));
            }
        }
    }

    private static List<RepairPlan.Source> holding(long sequence, List<UpstreamSide> sides) {
        List<RepairPlan.Source> holding = new ArrayList<>(sides.size());
        for (UpstreamSide side : sides) {
            if (side.holds(sequence)) {
                holding.add(side.asSource());
            }
        }
        return holding;
    }

    private void forgetThePassed(StreamHub.View view) {
        for (Iterator<Long> each = awaited.iterator(); each.hasNext(); ) {
            long sequence = each.next();
            if (programme.segment(view.epoch(), sequence) != null) {
                each.remove();
            } else if (sequence < view.next()) {
                each.remove();
                givenUp++;
            }
        }
    }

    private List<Long> holes(StreamHub.View view, List<UpstreamSide> sides, long nowNs) {
        long edge = view.edge();
        for (UpstreamSide side : sides) {
            edge = Math.max(edge, side.lostTail(view, nowNs));
        }
        List<Long> holes = new ArrayList<>();
        long reach = Math.min(edge, view.next() + REACH);
        for (long sequence = view.next(); sequence < reach && holes.size() < MAX_HOLES; sequence++) {
            if (programme.segment(view.epoch(), sequence) == null && !subStreams.underWay(sequence, nowNs)) {
                holes.add(sequence);
            }
        }
        return holes;
    }
}
