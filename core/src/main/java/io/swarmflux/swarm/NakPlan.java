package io.swarmflux.swarm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What a member asks the group for, and when.
 *
 * <p>A group link loses packets, and one that all members lose must not make all of them ask. So whoever notices a loss waits
 * for a while that it draws by chance ({@link NakBackoff}), and asks only if nobody else has asked meanwhile. Then it waits for
 * the repair, and asks again, at most six times in all, each time after twice as long; never when the repair could not come in time.
 *
 * <p>A loss shows in three ways, the quickest first:
 *
 * <pre>
 *  a frame of the sender is left out   its next frame says so, by its number; which sub-stream it was of is guessed
 *  the sub-stream has gone on          a later chunk of it; what lies between is lost for certain
 *  nothing came after it               the sender's heartbeat says how far it has sent
 * </pre>
 *
 * <p>Each has to be late by the reordering allowance first. What the sender lacks itself is not asked for, until it has it; it
 * then comes by itself, or is asked for like anything that is lost. What the group does not repair is wanted from outside.
 *
 * <p>What a stranger says of sequences far ahead moves the edges here. The caller passes on only what its window has room for.
 */
public final class NakPlan {
    /** The most pieces that are asked for at once. */
    public static final int MAX_PIECES = 64;

    /** How often one loss is asked for at most. */
    public static final int MAX_TRIES = 6;

    /** The reordering allowance where none is given. */
    public static final long ALLOWANCE_NS = 2_000_000L;

    /** How many losses are watched where no number is given. */
    public static final int MAX_LOSSES = 1024;

    /** No stream is that long, and sums of such numbers do not overflow. */
    private static final long FARTHEST = Long.MAX_VALUE / 4;

    /** After so many tries without any answer it is wanted from outside too. */
    private static final int TRIES_INSIDE = 2;

    /** What is due so soon goes into the same NAK. */
    private static final long WINDOW_NS = 1_000_000L;

    /**
     * How long the gateway's answer takes, with something to spare: one of somebody who waits for the gateway to answer first may come later, and
     * then the second ask was for nothing. But mostly it is the gateway's that was lost, and in order everything behind it waits. Longer in any
     * case than nobody sends the same piece again, or the second ask would be in vain.
     */
    private static final int ANSWER_ROUND_TRIPS = 4;

    private static final long LEAST_ANSWER_NS = AnswerPlan.LEAST_LINGER_NS + 2_000_000L;

    private final SubStreamEdges edges;
    private final GroupSenders senders = new GroupSenders();
    private final LossTable losses;
    private final HeardAsks heardAsks = new HeardAsks();
    private final long allowanceNs;
    private final NakBackoff backoff;
    private final DoubleSupplier uniform;
    private final SubStreamEdges.Lost lost = this::lost;

    private int groupSize = 2;
    private long groupRoundTripNs = GroupRoundTrip.START_NS;
    private long floor;
    private long ends = Long.MAX_VALUE;
    private long nextNs = Long.MAX_VALUE;

    /** When what is noticed at this moment is to be asked for; {@link Long#MIN_VALUE} before the first of it. */
    private long drawnNs;

    private long noticedNs;

    private long noticed;
    private long asked;
    private long suppressed;
    private long givenUp;
    private long dropped;

    /** Says what a member misses. */
    @FunctionalInterface
    public interface Missing {
        /**
         * What is missing of a segment.
         *
         * @param sequence which
         * @return in order, {@link Piece#whole} when nothing of it has come; nothing when it is there, or was passed
         */
        List<Piece> of(long sequence);
    }

    /**
     * What is to be done.
     *
     * @param pieces what to ask the group for, all in one NAK; perhaps nothing
     * @param outsideWanted what the group does not bring: a gateway may fetch it from its upstreams. Each is named once
     */
    public record Asks(List<Piece> pieces, List<Long> outsideWanted) {}

    /**
     * What happened so far.
     *
     * @param noticed segments that were taken for lost, or partly lost
     * @param asked pieces that were asked for
     * @param suppressed asks that were not needed, because another member had asked
     * @param givenUp losses that the group did not repair
     * @param dropped losses beyond the bound
     */
    public record Counts(long noticed, long asked, long suppressed, long givenUp, long dropped) {}

    /**
     * A plan with the usual bounds that has heard nothing yet.
     *
     * @param subStreams how many sub-streams the stream has
     * @param uniform gives numbers from 0 to before 1
     */
    public NakPlan(int subStreams, DoubleSupplier uniform) {
        this(subStreams, MAX_LOSSES, ALLOWANCE_NS, NakBackoff.BY_SIZE, uniform);
    }

    /**
     * A plan that has heard nothing yet.
     *
     * @param subStreams how many sub-streams the stream has
     * @param maxLosses how many losses are watched; beyond that the farthest are dropped
     * @param allowanceNs how late a chunk may be before it is taken for lost
     * @param backoff how long to wait before an ask
     * @param uniform gives numbers from 0 to before 1
     */
    public NakPlan(int subStreams, int maxLosses, long allowanceNs, NakBackoff backoff, DoubleSupplier uniform) {
        this.edges = new SubStreamEdges(subStreams);
        this.losses = new LossTable(maxLosses);
        this.allowanceNs = allowanceNs;
        this.backoff = backoff;
        this.uniform = uniform;
    }

    /** Forgets everything: another epoch. */
    public void clear() {
        edges.clear();
        senders.clear();
        losses.clear();
        heardAsks.clear();
        floor = 0;
        ends = Long.MAX_VALUE;
        nextNs = Long.MAX_VALUE;
    }

    /**
     * Everything from a sequence on is awaited from the group, and nothing before it. Otherwise what is awaited of a sub-stream begins with the
     * first of it that is heard, or heard of.
     *
     * @param sequence the first
     */
    public void begin(long sequence) {
        edges.begin(Math.max(0, Math.min(sequence, FARTHEST)));
    }

    /**
     * How large and how wide the group is, from now on.
     *
     * @param members how many there are
     * @param roundTripNs the greatest round trip, as the senders' heartbeats say it
     */
    public void group(int members, long roundTripNs) {
        groupSize = Math.max(1, members);
        groupRoundTripNs = roundTripNs;
    }

    /**
     * A chunk was heard, whatever it brought.
     *
     * @param member its sender
     * @param frame the sender's number of it
     * @param sequence its segment, not negative
     * @param offset where its bytes belong
     * @param length how many they are
     * @param total how long the segment's encoded form is
     * @param repair whether it was asked for
     * @param nowNs the time
     */
    public void chunk(
            long member, long frame, long sequence, int offset, int length, int total, boolean repair, long nowNs) {
        if (sequence < 0 || sequence > FARTHEST || frame < 0) {
            return;
        }
        notice(nowNs);
        long frames = senders.heard(member, frame);
        if (repair) {
            Loss loss = losses.find(sequence);
            if (loss != null) {
                loss.answered = true;
            }
        } else {
            frames -= edges.heard(member, sequence, offset, length, total, lost);
        }
        if (frames > 0) {
            edges.overtaken(member, repair ? -1 : sequence, frames, lost);
        }
    }

    /**
     * A gateway's heartbeat said how far it has sent a sub-stream that it claims.
     *
     * @param subStream which
     * @param edge the first sequence that it has not sent
     * @param lacks says which sequences below the edge the gateway lacks itself
     * @param nowNs the time
     */
    public void sent(int subStream, long edge, LongPredicate lacks, long nowNs) {
        notice(nowNs);
        edges.sent(subStream, Math.min(Math.min(edge, ends), FARTHEST), lost);
        for (int i = 0; i < losses.size(); i++) {
            Loss loss = losses.get(i);
            if (loss.sequence >= edge || !edges.isOf(loss.sequence, subStream) || loss.givenUp) {
                continue;
            }
            if (lacks.test(loss.sequence)) {
                loss.park();
            } else if (loss.parked) {
                loss.parked = false;
                due(loss, drawnNs());
            }
        }
    }

    /**
     * The final sequence is known: nothing after it is missing.
     *
     * @param finalSequence the last sequence of the epoch; -1 for an empty one
     */
    public void ends(long finalSequence) {
        ends = finalSequence + 1;
    }

    /**
     * Something is missing that was lost some other way than on its way here: before this member came, for example; or it was lost and was
     * given up, and is wanted all the same.
     *
     * @param sequence which
     * @param nowNs the time
     */
    public void missed(long sequence, long nowNs) {
        notice(nowNs);
        Loss before = losses.find(sequence);
        if (before != null && before.givenUp) {
            losses.remove(sequence);
        }
        if (sequence <= FARTHEST) {
            lost(sequence, Loss.ALL);
        }
    }

    /**
     * A segment is there, wherever it came from.
     *
     * @param sequence which
     */
    public void present(long sequence) {
        losses.remove(sequence);
    }

    /**
     * What is older is not of interest any more.
     *
     * @param sequence the first that is; never goes back
     */
    public void passedBelow(long sequence) {
        if (sequence > floor) {
            floor = Math.min(sequence, FARTHEST);
            edges.floor(floor);
            losses.removeBelow(floor);
        }
    }

    /**
     * Another member has asked for a piece.
     *
     * @param sequence its segment
     * @param from the first byte
     * @param until one past the last; 0 for the whole segment
     * @param nowNs the time
     */
    public void othersNak(long sequence, int from, int until, long nowNs) {
        int end = until == 0 ? Loss.ALL : until;
        Loss loss = losses.find(sequence);
        if (loss == null) {
            heardAsks.heard(sequence, from, end, nowNs);
        } else if (!loss.givenUp) {
            othersNak(loss, from, end, nowNs);
        }
    }

    private void othersNak(Loss loss, int from, int end, long atNs) {
        if (atNs >= loss.quietUntilNs) {
            tried(loss, atNs);
        }
        loss.asked.add(from, end);
    }

    /**
     * When to call {@link #plan}.
     *
     * @return the time; {@link Long#MAX_VALUE} when nothing is to be done
     */
    public long nextNs() {
        return nextNs;
    }

    /**
     * What to ask for now. What does not fit in one NAK is left for the next call, for which {@link #nextNs} says when: at once.
     *
     * @param missing says what is missing
     * @param timeLeft until when an answer is of use
     * @param nowNs the time
     * @return what is to be done, mostly nothing
     */
    public Asks plan(Missing missing, RepairPlan.TimeLeft timeLeft, long nowNs) {
        if (nowNs < nextNs) {
            return new Asks(List.of(), List.of());
        }
        Asks asks = new Asks(new ArrayList<>(), new ArrayList<>());
        if (losses.nextNs() <= nowNs) {
            int i = 0;
            while (i < losses.size() && asks.pieces().size() < MAX_PIECES) {
                Loss loss = losses.get(i);
                boolean due = !loss.parked && loss.dueNs - nowNs <= WINDOW_NS;
                if (due && !plan(loss, missing.of(loss.sequence), timeLeft.leftNs(loss.sequence), asks, nowNs)) {
                    losses.remove(loss.sequence);
                } else {
                    i++;
                }
            }
        }
        nextNs = losses.nextNs();
        return asks;
    }

    /** Asks for what is to be asked for of one loss; false when it is none. */
    private boolean plan(Loss loss, List<Piece> missing, long leftNs, Asks asks, long nowNs) {
        if (missing.isEmpty()) {
            return false;
        }
        boolean again = nowNs + WINDOW_NS >= loss.quietUntilNs;
        ByteRanges open = open(loss, missing, again);
        if (open.isEmpty()) {
            if (again) {
                return false; // what was sent has come: it was only late
            }
            if (!loss.askedHere) {
                suppressed++;
            }
            due(loss, loss.quietUntilNs + delayNs());
            return true;
        }
        if (again && loss.tries >= TRIES_INSIDE && !loss.answered) {
            wantOutside(loss, leftNs, asks);
        }
        if (leftNs < groupRoundTripNs || (again && loss.tries >= MAX_TRIES)) {
            wantOutside(loss, leftNs, asks);
            loss.givenUp = true;
            loss.park();
            givenUp++;
            return true;
        }
        if (again) {
            tried(loss, nowNs);
        }
        loss.askedHere = true;
        for (int i = 0; i < open.size(); i++) {
            if (asks.pieces().size() == MAX_PIECES) {
                return true; // the rest stays due
            }
            boolean whole = open.until(i) == Loss.ALL;
            asks.pieces()
                    .add(whole ? Piece.whole(loss.sequence) : new Piece(loss.sequence, open.from(i), open.until(i)));
            loss.asked.add(open.from(i), open.until(i));
            asked++;
        }
        due(loss, loss.quietUntilNs + delayNs());
        return true;
    }

    /** What is missing of that which was sent, and was not asked for in this try yet. */
    private static ByteRanges open(Loss loss, List<Piece> missing, boolean again) {
        ByteRanges open = new ByteRanges();
        for (Piece piece : missing) {
            int end = Math.min(piece.end(), loss.sentUntil);
            if (end > piece.from()) {
                open.add(piece.from(), end);
            }
        }
        if (!again) {
            open.removeAll(loss.asked);
        }
        return open;
    }

    private static void wantOutside(Loss loss, long leftNs, Asks asks) {
        if (!loss.reported && leftNs > 0) {
            loss.reported = true;
            asks.outsideWanted().add(loss.sequence);
        }
    }

    private void tried(Loss loss, long atNs) {
        loss.asked.clear();
        loss.askedHere = false;
        loss.quietUntilNs = atNs + answerNs(loss.tries);
        loss.tries++;
    }

    private long answerNs(int triesBefore) {
        return Math.max(ANSWER_ROUND_TRIPS * groupRoundTripNs, LEAST_ANSWER_NS) << triesBefore;
    }

    private long delayNs() {
        return backoff.delayNs(uniform.getAsDouble(), groupSize, groupRoundTripNs);
    }

    /** What is noticed from here on is one event, with one delay. */
    private void notice(long nowNs) {
        noticedNs = nowNs;
        drawnNs = Long.MIN_VALUE;
    }

    private long drawnNs() {
        if (drawnNs == Long.MIN_VALUE) {
            drawnNs = noticedNs + allowanceNs + delayNs();
        }
        return drawnNs;
    }

    private boolean lost(long sequence, int sentUntil) {
        if (sequence < floor) {
            return true;
        }
        if (sequence >= ends) {
            return false;
        }
        Loss loss = losses.find(sequence);
        if (loss != null) {
            if (sentUntil > loss.sentUntil && !loss.parked) {
                loss.sentUntil = sentUntil;
                due(loss, Math.min(loss.dueNs, drawnNs()));
            }
            return true;
        }
        if (!losses.hasRoomFor(sequence)) {
            losses.removeGivenUp();
        }
        if (!losses.hasRoomFor(sequence)) {
            dropped++;
            return false;
        }
        loss = new Loss(sequence, sentUntil, drawnNs());
        dropped += losses.add(loss);
        noticed++;
        HeardAsks.@Nullable Ask before = heardAsks.find(sequence, noticedNs - answerNs(0));
        if (before != null) {
            othersNak(loss, before.from(), before.until(), before.atNs());
        }
        due(loss, loss.dueNs);
        return true;
    }

    private void due(Loss loss, long dueNs) {
        loss.dueNs = dueNs;
        nextNs = Math.min(nextNs, dueNs);
    }

    /**
     * How many losses are watched.
     *
     * @return segments
     */
    public int watched() {
        return losses.size();
    }

    /**
     * What happened so far.
     *
     * @return the counts
     */
    public Counts counts() {
        return new Counts(noticed, asked, suppressed, givenUp, dropped);
    }
}
