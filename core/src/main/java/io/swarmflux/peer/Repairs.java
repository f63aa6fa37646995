package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.swarm.RepairPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final AtomicLong repaired = new AtomicLong();

    Repairs(Self self, Programme programme, Links links, SubStreams subStreams) {
        this.subStreams = subStreams;
        this.self = self;
        this.programme = programme;
        this.links = links;
    }

    /** How many segments came in answer to a request. */
    long repaired() {
        return repaired.get();
    }

    /** A segment came in answer to a request. On the link's thread. */
    void answered(String upstream) {
        repaired.incrementAndGet();
        self.strand().execute(() -> plan.answered(upstream));
    }

    /** Another epoch: what was missing is missing no more. */
    void clear() {
        plan.clear();
    }

    void tick(long nowNs) {
        StreamHub.View view = programme.view();
        if (view == null) {
            return;
        }
        List<UpstreamSide> sides =
                links.upstreams().filter(side -> side.active() && side.isOpen()).toList();
        Map<String, List<Long>> asks = new HashMap<>();
        for (RepairPlan.Ask ask : plan.plan(
                holes(view, sides, nowNs),
                sequence -> sides.stream()
                        .filter(side -> side.holds(sequence))
                        .map(UpstreamSide::asSource)
                        .toList(),
                subStreams.allowanceNs(),
                nowNs)) {
            asks.computeIfAbsent(ask.source(), s -> new ArrayList<>()).add(ask.sequence());
        }
        for (UpstreamSide side : sides) {
            List<Long> sequences = asks.getOrDefault(side.name(), List.of());
            for (int from = 0; from < sequences.size(); from += MAX_RANGES) {
                side.request(sequences.subList(from, Math.min(sequences.size(), from + MAX_RANGES)));
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
