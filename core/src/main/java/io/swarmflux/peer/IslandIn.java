package io.swarmflux.peer;

import io.swarmflux.flux.Intake;
import io.swarmflux.flux.StreamHub;
import io.swarmflux.flux.Upstream;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Mode;
import io.swarmflux.segment.Segment;
import io.swarmflux.swarm.AnswerPlan;
import io.swarmflux.swarm.NakPlan;
import io.swarmflux.swarm.Piece;
import io.swarmflux.swarm.RepairPlan;
import io.swarmflux.swarm.TokenBucket;
import io.swarmflux.wire.GroupAssembler;
import io.swarmflux.wire.GroupMessage;
import io.swarmflux.wire.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongPredicate;

/**
 * What comes from the group in one epoch: puts chunks together, hands segments to the window, notices what is lost, and knows what
 * others ask for.
 *
 * <p><b>Threads.</b> Chunks come on the link's thread and segments go into the window there. The plans are asked inside the strand. One
 * lock guards both, held for the work on one chunk or one plan, never while anything is sent or told.
 */
final class IslandIn {
    private static final long MAX_UNFINISHED_BYTES = 8L << 20;
    private static final int MAX_UNFINISHED = 2048;

    /** Repairs may take as much as the stream itself; while its rate is not known, so much. */
    private static final long LEAST_REPAIR_BITS = 2_000_000;

    private final Self self;
    private final Programme programme;
    private final Taking taking;
    private final SubStreams subStreams;
    private final String name;
    private final long epoch;
    private final boolean lossless;
    private final Intake<Segment> intake;

    private final Carried carried;

    /** One past the newest sequence of each sub-stream that the group has brought, whoever else brought it too. */
    private final AtomicLongArray came;

    // inside the strand

    /** How far each sub-stream was sent, as its gateway said; and how far when that was heard first, -1 before. */
    private final long[] sent;

    private final long[] sentFirst;

    /** What the window waited for at the last tick. */
    private long nextBefore = -1;

    // guarded by the lock
    private final Object lock = new Object();
    private final GroupAssembler assembler;
    private final NakPlan naks;
    private final AnswerPlan answers;
    private final TokenBucket budget = new TokenBucket(LEAST_REPAIR_BITS);

    IslandIn(
            Self self,
            Programme programme,
            Taking taking,
            SubStreams subStreams,
            String name,
            StreamHub.View view,
            Description said) {
        int count = said.subStreams();
        this.self = self;
        this.programme = programme;
        this.taking = taking;
        this.subStreams = subStreams;
        this.name = name;
        this.epoch = view.epoch();
        this.intake = taking.newIntake(name);
        this.came = new AtomicLongArray(count);
        this.sent = new long[count];
        this.sentFirst = new long[count];
        Arrays.fill(sentFirst, -1);
        this.lossless = said.mode() == Mode.LOSSLESS;
        this.carried = new Carried(self.options().window().segments());
        this.assembler = new GroupAssembler(
                self.stream(), Segment.MAX_ENCODED_BYTES, MAX_UNFINISHED_BYTES, MAX_UNFINISHED, self.arena());
        this.naks = new NakPlan(count, self.random()::nextDouble);
        this.answers = new AnswerPlan(budget, self.random()::nextDouble);
    }

    long epoch() {
        return epoch;
    }

    // ------------------------------------------------------------------ the link's thread

    /** A chunk of this stream came. Answers when there is something to plan; {@link Long#MAX_VALUE} for never. */
    long onChunk(GroupMessage.Chunk chunk) {
        long sequence = chunk.sequence();
        long nowNs = self.nowNs();
        long next = programme.next(epoch);
        boolean inside = next >= 0
                && sequence >= next
                && sequence - next < self.options().window().segments();
        boolean present = inside && programme.segment(epoch, sequence) != null;
        if (lossless && inside && !present) {
            // the group has no credit: what the window cannot take now is left to be asked for when it can
            inside = programme.hasRoom(epoch, sequence, chunk.total());
        }
        Segment finished = null;
        long wakeNs;
        synchronized (lock) {
            int length = chunk.bytes().remaining();
            if (inside || sequence < next) {
                naks.chunk(
                        chunk.member(),
                        chunk.frame(),
                        sequence,
                        chunk.offset(),
                        length,
                        chunk.total(),
                        chunk.repair(),
                        nowNs);
            }
            if (chunk.repair()) {
                answers.repairHeard(sequence, chunk.offset(), length, nowNs);
            }
            if (inside && !present) {
                finished = assembler.take(chunk);
            }
            if (finished != null || present) {
                naks.present(sequence);
            }
            wakeNs = Math.min(naks.nextNs(), answers.nextNs());
        }
        if (finished != null || present) {
            came.accumulateAndGet((int) (sequence % came.length()), sequence + 1, Math::max);
        }
        if (finished != null) {
            carried.add(sequence);
            Segment segment = self.options().sharing().apply(finished);
            taking.heardData(nowNs);
            subStreams.came(name, segment, programme.segment(epoch, sequence) == null, !chunk.repair(), nowNs);
            intake.offer(segment);
        }
        return wakeNs;
    }

    // ------------------------------------------------------------------ inside the strand

    /** What the group has carried: what came, and what else is added. */
    Carried carried() {
        return carried;
    }

    /** How far a sub-stream has come from the group: one past the newest that is here and was heard; 0 when there was none. */
    long came(int subStream) {
        return came.get(subStream);
    }

    /** What is to be asked for, and sent again, now. */
    record Work(NakPlan.Asks asks, List<Piece> repairs, long nextNs) {}

    Work plan(RepairPlan.TimeLeft due, long nowNs) {
        synchronized (lock) {
            NakPlan.Asks asks = naks.plan(this::missing, due, nowNs);
            List<Piece> repairs = answers.plan(nowNs);
            return new Work(asks, repairs, Math.min(naks.nextNs(), answers.nextNs()));
        }
    }

    private List<Piece> missing(long sequence) {
        if (sequence < programme.next(epoch) || programme.segment(epoch, sequence) != null) {
            return List.of();
        }
        return assembler.missing(epoch, sequence).stream()
                .map(one -> new Piece(one.sequence(), one.from(), one.until()))
                .toList();
    }

    /** A gateway says how far it has sent what it feeds. Answers when there is something to plan. */
    long onClaim(GroupMessage.Claim claim, LongPredicate lacks, long nowNs) {
        StreamHub.View view = programme.view();
        long limit = view == null || view.epoch() != epoch ? 0 : taking.sequenceLimit(view);
        long edge = Math.min(claim.edge(), limit);
        int subStream = claim.subStream();
        sent[subStream] = Math.max(sent[subStream], edge);
        if (sentFirst[subStream] < 0) {
            sentFirst[subStream] = edge;
        }
        synchronized (lock) {
            naks.sent(subStream, edge, lacks, nowNs);
            return Math.min(naks.nextNs(), answers.nextNs());
        }
    }

    /** Another member misses something. Answers when there is something to plan. */
    long onNak(GroupMessage.Nak nak, LongPredicate feeds, long nowNs) {
        synchronized (lock) {
            for (GroupMessage.Piece piece : nak.pieces()) {
                Segment segment = programme.segment(epoch, piece.sequence());
                if (segment == null) {
                    naks.othersNak(piece.sequence(), piece.from(), piece.until(), nowNs);
                } else {
                    answers.asked(
                            nak.member(),
                            new Piece(piece.sequence(), piece.from(), piece.until()),
                            segment.encodedBytes(),
                            feeds.test(piece.sequence()),
                            nowNs);
                }
            }
            return Math.min(naks.nextNs(), answers.nextNs());
        }
    }

    /** How large and wide the group is, and how much may go into repairs. */
    void group(int members, long roundTripNs, double bitsPerSecond) {
        synchronized (lock) {
            naks.group(members, roundTripNs);
            answers.group(members, roundTripNs);
            budget.rate(Math.max(LEAST_REPAIR_BITS, (long) bitsPerSecond));
        }
    }

    /** What is passed here is of no interest any more. Answers when there is something to plan. */
    long tick(long nowNs) {
        long next = programme.next(epoch);
        long last = programme.finalSequence(epoch);
        List<Long> forgotten = next >= 0 && next == nextBefore ? lackedFrom(next) : List.of();
        nextBefore = next;
        synchronized (lock) {
            if (next > 0) {
                naks.passedBelow(next);
                assembler.forgetBelow(epoch, next);
            }
            if (last != Message.UNKNOWN) {
                naks.ends(last);
            }
            for (long sequence : forgotten) {
                assembler.again(epoch, sequence);
                naks.missed(sequence, nowNs);
            }
            return Math.min(naks.nextNs(), answers.nextNs());
        }
    }

    /**
     * What the group has gone past and is not here, from where the window stands still. There may be more losses than are watched, some
     * that the group was asked for in vain, and some that the window had no room for when they came; whoever waits for every segment would
     * wait for those for ever.
     */
    private List<Long> lackedFrom(long next) {
        StreamHub.View view = programme.view();
        int usual = view == null || view.count() == 0 ? 0 : (int) (view.bytes() / view.count());
        List<Long> lacked = new ArrayList<>();
        for (long sequence = next; sequence < next + NakPlan.MAX_LOSSES; sequence++) {
            int subStream = (int) (sequence % sent.length);
            boolean wasSent = sequence < sent[subStream] && sequence >= sentFirst[subStream];
            if ((wasSent || sequence < came(subStream)) && programme.segment(epoch, sequence) == null) {
                if (lossless && !programme.hasRoom(epoch, sequence, usual)) {
                    break; // asked for now it would come in vain
                }
                lacked.add(sequence);
            }
        }
        return lacked;
    }

    /** These will not come from the group. */
    void gone(long until) {
        intake.gone(epoch, 0, until);
    }

    NakPlan.Counts nakCounts() {
        synchronized (lock) {
            return naks.counts();
        }
    }

    Upstream.Stats stats() {
        return intake.stats();
    }

    void close() {
        intake.dispose();
    }
}
