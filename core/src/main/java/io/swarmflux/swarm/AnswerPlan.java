package io.swarmflux.swarm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * What a member sends again because others asked for it, and when.
 *
 * <p>The gateway that feeds the sub-stream answers at once. It may not have heard the ask; so about three others who have it stand
 * ready, who decide by chance that it is them. They wait two round trips of the group and a back-off ({@link NakBackoff}), and
 * stay silent when somebody has answered meanwhile. If all stood ready, the one of a hundred who has not heard the gateway's answer would
 * double it each time. When the same is asked for again, twice as many do. For a while after a piece was sent or heard it is not sent again,
 * whoever asks: those who asked late will have heard it too.
 *
 * <p>Repairs have a budget of their own, so that a group that loses much does not lose even more by being repaired.
 */
public final class AnswerPlan {
    /** The most pieces that wait to be sent. */
    public static final int MAX_PENDING = 256;

    /** The most of them that one member has asked for. */
    public static final int MAX_PENDING_OF_ONE = 64;

    /** The least time in which the same piece is not sent again. */
    public static final long LEAST_LINGER_NS = 5_000_000L;

    private static final int LINGER_ROUND_TRIPS = 2;
    private static final int OTHERS_ROUND_TRIPS = 2;

    /** How many others stand ready on average at the first ask. */
    private static final double STAND_READY = 3;

    /** An ask after so long is the first again. */
    private static final long FORGET_ASKS_NS = 2_000_000_000L;

    private static final int ASKS = 1024;

    /** Who waits longer for the budget has asked again, or does not need it any more. */
    private static final long STALE_NS = 500_000_000L;

    private final TokenBucket budget;
    private final NakBackoff backoff;
    private final DoubleSupplier uniform;
    private final List<Answer> pending = new ArrayList<>();
    private final SentRepairs sent = new SentRepairs();

    /** What was asked for lately, each at its place modulo the length: when, and how often. */
    private final long[] askedSequences = new long[ASKS];

    private final long[] askedAtNs = new long[ASKS];
    private final int[] timesAsked = new int[ASKS];

    private int groupSize = 2;
    private long groupRoundTripNs = GroupRoundTrip.START_NS;
    private long nextNs = Long.MAX_VALUE;
    private long answered;
    private long suppressed;
    private long refused;

    /** One segment that somebody waits for. */
    private static final class Answer {
        final long asker;
        final long sequence;
        final ByteRanges ranges = new ByteRanges();
        long dueNs;

        Answer(long asker, long sequence, long dueNs) {
            this.asker = asker;
            this.sequence = sequence;
            this.dueNs = dueNs;
        }
    }

    /**
     * What happened so far.
     *
     * @param answered pieces that were given out for sending
     * @param suppressed pieces that were not sent, because they had been just now, or were left to somebody else
     * @param refused pieces that were too many, or waited too long for the budget
     */
    public record Counts(long answered, long suppressed, long refused) {}

    /**
     * Nobody has asked yet.
     *
     * @param budget how much may go into repairs; used by nobody else
     * @param uniform gives numbers from 0 to before 1
     */
    public AnswerPlan(TokenBucket budget, DoubleSupplier uniform) {
        this(budget, NakBackoff.TRUNCATED_EXPONENTIAL, uniform);
    }

    /**
     * Nobody has asked yet.
     *
     * @param budget how much may go into repairs; used by nobody else
     * @param backoff how long those wait, beyond two round trips, who do not feed the sub-stream
     * @param uniform gives numbers from 0 to before 1
     */
    public AnswerPlan(TokenBucket budget, NakBackoff backoff, DoubleSupplier uniform) {
        this.budget = budget;
        this.backoff = backoff;
        this.uniform = uniform;
        Arrays.fill(askedSequences, -1);
    }

    /** Forgets everything: another epoch. */
    public void clear() {
        Arrays.fill(askedSequences, -1);
        pending.clear();
        sent.clear();
        nextNs = Long.MAX_VALUE;
    }

    /**
     * How large and how wide the group is, from now on.
     *
     * @param members how many there are
     * @param roundTripNs the greatest round trip
     */
    public void group(int members, long roundTripNs) {
        groupSize = Math.max(1, members);
        groupRoundTripNs = roundTripNs;
    }

    /**
     * A member asked for a piece that is here.
     *
     * @param asker who
     * @param piece what for
     * @param total how long the segment's encoded form is
     * @param feeds whether the sub-stream is claimed here
     * @param nowNs the time
     */
    public void asked(long asker, Piece piece, int total, boolean feeds, long nowNs) {
        int until = Math.min(total, piece.end());
        if (piece.from() >= until) {
            refused++;
            return;
        }
        ByteRanges open = new ByteRanges();
        open.add(piece.from(), until);
        sent.removeFrom(open, piece.sequence(), nowNs - lingerNs());
        Answer same = null;
        int pieces = 0;
        int ofAsker = 0;
        for (Answer answer : pending) {
            pieces += answer.ranges.size();
            ofAsker += answer.asker == asker ? answer.ranges.size() : 0;
            if (answer.sequence == piece.sequence()) {
                same = answer;
                open.removeAll(answer.ranges);
            }
        }
        long delayNs = feeds ? 0 : delayNs(piece.sequence(), nowNs);
        if (open.isEmpty() || delayNs < 0) {
            suppressed++;
            return;
        }
        if (pieces + open.size() > MAX_PENDING || ofAsker + open.size() > MAX_PENDING_OF_ONE) {
            refused++;
            return;
        }
        long dueNs = nowNs + delayNs;
        if (same == null || same.asker != asker) {
            same = new Answer(asker, piece.sequence(), dueNs);
            pending.add(same);
        }
        for (int i = 0; i < open.size(); i++) {
            same.ranges.add(open.from(i), open.until(i));
        }
        same.dueNs = Math.min(same.dueNs, dueNs);
        nextNs = Math.min(nextNs, same.dueNs);
    }

    /**
     * A repair was heard, or bytes that would be one: they need not be sent from here.
     *
     * @param sequence its segment
     * @param offset the first byte
     * @param length how many
     * @param nowNs the time
     */
    public void repairHeard(long sequence, int offset, int length, long nowNs) {
        if (length <= 0) {
            return;
        }
        sent.add(sequence, offset, offset + length, lingerNs(), nowNs);
        for (int i = pending.size() - 1; i >= 0; i--) {
            Answer answer = pending.get(i);
            if (answer.sequence == sequence) {
                long before = answer.ranges.bytes();
                answer.ranges.remove(offset, offset + length);
                if (answer.ranges.isEmpty()) {
                    pending.remove(i);
                }
                if (answer.ranges.bytes() < before) {
                    suppressed++;
                }
            }
        }
    }

    /**
     * When to call {@link #plan}.
     *
     * @return the time; {@link Long#MAX_VALUE} when nobody waits
     */
    public long nextNs() {
        return nextNs;
    }

    /**
     * What to send now: as much as is due and within the budget. The caller sends all of it.
     *
     * @param nowNs the time
     * @return pieces, each with its end, in the order in which they fell due
     */
    public List<Piece> plan(long nowNs) {
        if (nowNs < nextNs) {
            return List.of();
        }
        List<Piece> pieces = new ArrayList<>();
        pending.sort((a, b) -> Long.compare(a.dueNs, b.dueNs));
        boolean ready = true;
        while (!pending.isEmpty() && pending.get(0).dueNs <= nowNs) {
            Answer answer = pending.get(0);
            if (nowNs - answer.dueNs > STALE_NS) {
                refused += answer.ranges.size();
                pending.remove(0);
                continue;
            }
            ready = budget.ready(nowNs);
            if (!ready) {
                break;
            }
            pending.remove(0);
            budget.spend(answer.ranges.bytes());
            for (int i = 0; i < answer.ranges.size(); i++) {
                Piece piece = new Piece(answer.sequence, answer.ranges.from(i), answer.ranges.until(i));
                pieces.add(piece);
                sent.add(piece.sequence(), piece.from(), piece.until(), lingerNs(), nowNs);
                answered++;
            }
        }
        long dueNs = pending.isEmpty() ? Long.MAX_VALUE : pending.get(0).dueNs;
        nextNs = ready ? dueNs : nowNs + budget.waitNs();
        return pieces;
    }

    /** How long one who does not feed the sub-stream waits; negative when it leaves the answer to others. */
    private long delayNs(long sequence, long nowNs) {
        int slot = (int) (sequence & (ASKS - 1));
        long sinceNs = nowNs - askedAtNs[slot];
        if (askedSequences[slot] != sequence || sinceNs >= FORGET_ASKS_NS) {
            askedSequences[slot] = sequence;
            timesAsked[slot] = 0;
        } else if (sinceNs < lingerNs()) {
            return -1; // another who has lost the same: that was decided
        }
        askedAtNs[slot] = nowNs;
        double ready = STAND_READY * (1 << Math.min(timesAsked[slot]++, 16));
        if (uniform.getAsDouble() * groupSize >= ready) {
            return -1;
        }
        int answering = (int) Math.min(ready, groupSize);
        return OTHERS_ROUND_TRIPS * groupRoundTripNs
                + backoff.delayNs(uniform.getAsDouble(), answering, groupRoundTripNs);
    }

    private long lingerNs() {
        return Math.max(LEAST_LINGER_NS, LINGER_ROUND_TRIPS * groupRoundTripNs);
    }

    /**
     * What happened so far.
     *
     * @return the counts
     */
    public Counts counts() {
        return new Counts(answered, suppressed, refused);
    }
}
