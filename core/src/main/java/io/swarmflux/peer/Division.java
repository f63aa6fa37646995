package io.swarmflux.peer;

import io.swarmflux.swarm.UploadPlan;
import io.swarmflux.wire.Message;
import java.util.Arrays;

/**
 * Which sub-streams one downstream takes from here, each from some sequence on and until another, and the places in the upload
 * that it has for them. Without a place nothing is wanted of a sub-stream. Inside the strand.
 */
final class Division {
    private final UploadPlan plan;

    /** Made once: the order of all that leaves asks for them all the time. */
    private final UploadPlan.Place[] places;

    private final long[] from;
    private final long[] until;

    /** Nothing is wanted, and when something is, then not before {@code start}. */
    Division(UploadPlan plan, String downstream, int count, long start) {
        this.plan = plan;
        this.places = new UploadPlan.Place[count];
        this.from = new long[count];
        this.until = new long[count];
        Arrays.setAll(places, i -> new UploadPlan.Place(downstream, i));
        Arrays.fill(from, start);
    }

    /** How many sub-streams the stream has. */
    int count() {
        return places.length;
    }

    /**
     * Gives it what its subscribe asked for, as far as there are places.
     *
     * @param asked the sub-streams, bit by bit
     * @param most how many it gets at most
     * @param first with which one to begin, so that not everybody gets the same ones
     * @return those that it does not get
     */
    long begin(long asked, long most, int first, long nowNs) {
        long left = most;
        long declined = 0;
        for (int n = 0; n < places.length; n++) {
            int i = (first + n) % places.length;
            if ((asked & (1L << i)) == 0) {
                continue;
            }
            if (left > 0 && plan.ask(places[i], 1, UploadPlan.Need.WANTED, nowNs) == UploadPlan.Answer.ADMITTED) {
                until[i] = Long.MAX_VALUE;
                left--;
            } else {
                declined |= 1L << i;
            }
        }
        return declined;
    }

    /** It wants a sub-stream, but nothing before {@code next}, which it holds. */
    UploadPlan.Answer ask(Message.Assignment one, long next, long nowNs) {
        int subStream = one.subStream();
        from[subStream] = Math.max(one.from(), next);
        UploadPlan.Answer answer = plan.ask(places[subStream], one.reach(), needOf(one), nowNs);
        until[subStream] = answer == UploadPlan.Answer.ADMITTED ? one.until() : 0;
        return answer;
    }

    private static UploadPlan.Need needOf(Message.Assignment one) {
        return switch (one.need()) {
            case WANTED -> UploadPlan.Need.WANTED;
            case NEEDED -> UploadPlan.Need.NEEDED;
            case ALONE -> UploadPlan.Need.ALONE;
        };
    }

    /** It wants a sub-stream no more from a sequence on; its place is free at once, as hardly anything comes before that. */
    void end(int subStream, long at) {
        until[subStream] = Math.min(until[subStream], at);
        plan.release(places[subStream]);
    }

    /** A sub-stream that waited for a place has one. */
    void admitted(int subStream) {
        until[subStream] = Long.MAX_VALUE;
    }

    /** It says how many peers get these sub-streams by it. */
    void reaches(long subStreams, long peers) {
        for (int i = 0; i < places.length; i++) {
            if ((subStreams & 1L << i) != 0) {
                plan.reaches(places[i], peers);
            }
        }
    }

    /** How many peers get a sub-stream by it. */
    long reach(int subStream) {
        return subStream < places.length ? plan.reach(places[subStream]) : 1;
    }

    /** The first sequence of a sub-stream that is wanted. */
    long from(int subStream) {
        return from[subStream];
    }

    boolean wants(long sequence) {
        int subStream = (int) (sequence % places.length);
        return from[subStream] <= sequence && sequence < until[subStream];
    }

    boolean wants(int subStream, long sequence) {
        return sequence % places.length == subStream && wants(sequence);
    }

    /** Whether anything is wanted from a sequence on. */
    boolean wantsFrom(long next) {
        for (long end : until) {
            if (end > next) {
                return true;
            }
        }
        return false;
    }

    /** The sub-streams that are wanted until further notice, bit by bit. */
    long taken() {
        long taken = 0;
        for (int i = 0; i < until.length; i++) {
            taken |= until[i] == Long.MAX_VALUE ? 1L << i : 0;
        }
        return taken;
    }
}
