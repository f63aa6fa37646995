package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.segment.Segment;
import io.swarmflux.swarm.RepairPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Asks again for what is missing: finds the holes of the window, has a {@link RepairPlan} decide whom to ask, and sends the
 * requests. What is overdue ({@link DueTimes}) is looked at no more, unless somebody was asked for it and may still answer.
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
    private final DueTimes due;
    private @Nullable IslandSide island;
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
        this.due = new DueTimes(self, programme, subStreams);
    }

    /** Some of what is missing may come from a group. */
    void joined(@Nullable IslandSide side) {
        island = side;
    }

    /** Until when what is missing is of use. */
    DueTimes due() {
        return due;
    }

    /** What was asked for so far, and what came of it. */
    PeerSnapshot.Repair snapshot() {
        return new PeerSnapshot.Repair(asked, answered.get(), givenUp);
    }

    /** A segment came in answer to a request. On the link's thread. */
    void answered(String upstream, long sequence) {
        answered.incrementAndGet();
        long atNs = self.nowNs();
        self.strand().execute(() -> {
            plan.answered(upstream, sequence, atNs);
            awaited.remove(sequence);
            spare(sequence, upstream);
        });
    }

    /** Who else would bring a segment that is here now need not. */
    private void spare(long sequence, String bringer) {
        if (programme.lossless()) {
            return;
        }
        String owner = subStreams.bringer(sequence);
        for (UpstreamSide side : links.activeUpstreams()) {
            if (!side.name().equals(bringer)
                    && (side.awaits(sequence) || side.name().equals(owner))) {
                side.have(List.of(sequence));
            }
        }
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
        long ofLinks = subStreams.allowanceNs();
        for (RepairPlan.Ask ask : plan.plan(
                holes,
                sequence -> holding(sequence, sides, nowNs),
                due,
                sequence -> allowanceNs(sequence, ofLinks),
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

    /** What the group should have brought was waited for already. */
    private long allowanceNs(long sequence, long ofLinks) {
        IslandSide group = island;
        return group != null && group.brings(sequence) ? 0 : ofLinks;
    }

    /** Who may be asked: members of the island first, where it is they who should have it. */
    private List<RepairPlan.Source> holding(long sequence, List<UpstreamSide> sides, long nowNs) {
        IslandSide group = island;
        List<RepairPlan.Source> inside = new ArrayList<>();
        List<RepairPlan.Source> outside = new ArrayList<>(sides.size());
        for (UpstreamSide side : sides) {
            if (side.holds(sequence)) {
                (group != null && group.isMember(side.name(), nowNs) ? inside : outside).add(side.asSource());
            }
        }
        boolean nobodyInside = inside.isEmpty() && due.isLastMoment(sequence);
        if (group != null && !outside.isEmpty() && !group.mayAskOutside(sequence, !inside.isEmpty()) && !nobodyInside) {
            return inside;
        }
        outside.addAll(inside);
        return outside;
    }

    private void forgetThePassed(StreamHub.View view) {
        for (Iterator<Long> each = awaited.iterator(); each.hasNext(); ) {
            long sequence = each.next();
            if (programme.segment(view.epoch(), sequence) != null) {
                each.remove();
                spare(sequence, subStreams.bringer(sequence));
            } else if (sequence < view.next()) {
                each.remove();
                givenUp++;
            }
        }
    }

    /** Whether it need not be asked for, because it comes by itself. That is not believed to the last moment. */
    private boolean isUnderWay(long sequence, long nowNs) {
        return !due.isLastMoment(sequence) && subStreams.underWay(sequence, nowNs);
    }

    /** Whether the group should bring it. Whatever went wrong there, that is not believed to the last moment either. */
    private boolean isLeftToGroup(@Nullable IslandSide group, long sequence) {
        return group != null && !group.mayAsk(sequence) && !due.isLastMoment(sequence);
    }

    private List<Long> holes(StreamHub.View view, List<UpstreamSide> sides, long nowNs) {
        long edge = view.edge();
        for (UpstreamSide side : sides) {
            edge = Math.max(edge, side.lostTail(view, nowNs));
        }
        List<Long> holes = new ArrayList<>();
        IslandSide group = island;
        long reach = Math.min(edge, view.next() + REACH);
        due.look(view, nowNs);
        for (long sequence = view.next(); sequence < reach; sequence++) {
            Segment here = programme.segment(view.epoch(), sequence);
            due.next(here);
            if (here == null && !isUnderWay(sequence, nowNs) && !isLeftToGroup(group, sequence)) {
                holes.add(sequence);
            }
        }
        holes.removeIf(sequence -> !awaited.contains(sequence) && due.leftNs(sequence) < 0);
        return holes.size() > MAX_HOLES ? holes.subList(0, MAX_HOLES) : holes;
    }
}
