package io.swarmflux.swarm;

import java.util.BitSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A gateway, so many members, and a network between them that loses packets: each member runs the real plans, the network is a queue of
 * events. Segments fit in one chunk. Member 0 is the gateway.
 */
final class GroupModel {
    private static final long MS = 1_000_000L;
    private static final int SUB_STREAMS = 8;
    private static final int SIZE = 1_347;
    private static final long HEARTBEAT_NS = 100 * MS;

    private final Member[] members;
    private final long oneWayNs;
    private final long intervalNs;
    private final int segments;
    private final Random chance;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long nowNs;
    private long order;
    private int sent;

    /** Says what the network loses. */
    interface Network {
        boolean loses(Packet packet, int to, Random chance);
    }

    enum Kind {
        SEGMENT,
        REPAIR,
        NAK,
        HEARTBEAT
    }

    /** What goes to all. */
    record Packet(Kind kind, int from, long frame, long sequence, List<Piece> pieces) {}

    private record Event(long atNs, long order, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNs, other.atNs);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final Network network;
    private final LatencyCounts latencies = new LatencyCounts();
    long naks;
    long piecesAsked;
    long repairs;
    long outsideWanted;

    /** How long segments took, in tenths of a millisecond. */
    private static final class LatencyCounts {
        final long[] counts = new long[100_000];
        long all;

        void add(long ns) {
            counts[(int) Math.min(counts.length - 1, ns / 100_000)]++;
            all++;
        }

        double ms(double share) {
            long wanted = (long) Math.ceil(share * all);
            int i = 0;
            for (long seen = counts[0]; seen < wanted; seen += counts[++i]) {}
            return (i + 1) / 10.0;
        }
    }

    private final class Member {
        final int index;
        final NakPlan naks;
        final AnswerPlan answers;
        final BitSet there = new BitSet();
        long frame;
        long wakesNs = Long.MAX_VALUE;

        Member(int index, int groupSize, NakBackoff backoff) {
            this.index = index;
            naks = new NakPlan(SUB_STREAMS, NakPlan.MAX_LOSSES, NakPlan.ALLOWANCE_NS, backoff, chance::nextDouble);
            answers = new AnswerPlan(new TokenBucket(0), backoff, chance::nextDouble);
            long roundTripNs = Math.max(GroupRoundTrip.LEAST_NS, 2 * oneWayNs);
            naks.begin(0);
            naks.group(groupSize, roundTripNs);
            answers.group(groupSize, roundTripNs);
        }

        void hears(Packet packet) {
            switch (packet.kind()) {
                case SEGMENT, REPAIR -> chunk(packet, packet.kind() == Kind.REPAIR);
                case NAK -> packet.pieces().forEach(piece -> asked(packet.from(), piece));
                case HEARTBEAT -> {
                    for (int s = 0; s < SUB_STREAMS; s++) {
                        naks.sent(s, packet.sequence(), sequence -> false, nowNs);
                    }
                }
            }
            wake();
        }

        private void chunk(Packet packet, boolean repair) {
            naks.chunk(packet.from(), packet.frame(), packet.sequence(), 0, SIZE, SIZE, repair, nowNs);
            if (repair) {
                answers.repairHeard(packet.sequence(), 0, SIZE, nowNs);
            }
            if (!there.get((int) packet.sequence())) {
                there.set((int) packet.sequence());
                naks.present(packet.sequence());
                latencies.add(nowNs - packet.sequence() * intervalNs);
            }
        }

        private void asked(int asker, Piece piece) {
            if (there.get((int) piece.sequence())) {
                answers.asked(asker, piece, SIZE, index == 0, nowNs);
            } else {
                naks.othersNak(piece.sequence(), piece.from(), piece.until(), nowNs);
            }
        }

        private void wake() {
            long nextNs = Math.max(nowNs, Math.min(naks.nextNs(), answers.nextNs()));
            if (nextNs < wakesNs) {
                wakesNs = nextNs;
                at(nextNs, this::wakes);
            }
        }

        private void wakes() {
            if (nowNs != wakesNs) {
                return; // an earlier one came instead
            }
            wakesNs = Long.MAX_VALUE;
            for (Piece piece : answers.plan(nowNs)) {
                repairs++;
                multicast(new Packet(Kind.REPAIR, index, frame++, piece.sequence(), List.of()));
            }
            NakPlan.Asks asks = naks.plan(
                    sequence -> there.get((int) sequence) ? List.of() : List.of(Piece.whole(sequence)),
                    RepairPlan.TimeLeft.ENDLESS,
                    nowNs);
            if (!asks.pieces().isEmpty()) {
                GroupModel.this.naks++;
                piecesAsked += asks.pieces().size();
                multicast(new Packet(Kind.NAK, index, 0, 0, asks.pieces()));
            }
            outsideWanted += asks.outsideWanted().size();
            wake();
        }
    }

    GroupModel(
            int receivers,
            int segments,
            long intervalNs,
            long oneWayNs,
            NakBackoff backoff,
            Network network,
            long seed) {
        this.segments = segments;
        this.intervalNs = intervalNs;
        this.oneWayNs = oneWayNs;
        this.network = network;
        this.chance = new Random(seed);
        this.members = new Member[receivers + 1];
        for (int i = 0; i <= receivers; i++) {
            members[i] = new Member(i, receivers, backoff);
        }
    }

    /** Sends everything, and goes on for as long as repairs may take. */
    void run() {
        at(0, this::sendSegment);
        at(HEARTBEAT_NS / 2, this::sendHeartbeat);
        long untilNs = segments * intervalNs + 5_000 * MS;
        while (!events.isEmpty() && events.peek().atNs() < untilNs) {
            Event event = events.remove();
            nowNs = event.atNs();
            event.what().run();
        }
    }

    private void sendSegment() {
        members[0].there.set(sent);
        multicast(new Packet(Kind.SEGMENT, 0, members[0].frame++, sent, List.of()));
        sent++;
        if (sent < segments) {
            at(sent * intervalNs, this::sendSegment);
        }
    }

    private void sendHeartbeat() {
        multicast(new Packet(Kind.HEARTBEAT, 0, 0, sent, List.of()));
        at(nowNs + HEARTBEAT_NS, this::sendHeartbeat);
    }

    private void multicast(Packet packet) {
        at(nowNs + oneWayNs, () -> {
            for (int to = 0; to < members.length; to++) {
                if (to != packet.from() && !network.loses(packet, to, chance)) {
                    members[to].hears(packet);
                }
            }
        });
    }

    private void at(long atNs, Runnable what) {
        events.add(new Event(atNs, order++, what));
    }

    /** How many segments are missing, over all members. */
    long missing() {
        long missing = 0;
        for (Member member : members) {
            missing += segments - member.there.cardinality();
        }
        return missing;
    }

    /** In how much time that share of all segments had come, in milliseconds. */
    double latencyMs(double share) {
        return latencies.ms(share);
    }
}
