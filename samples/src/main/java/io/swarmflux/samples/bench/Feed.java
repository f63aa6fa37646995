package io.swarmflux.samples.bench;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * What a trial sends: numbered segments, as fast as they are taken or each when it is due. Taken by one thread.
 *
 * <pre>
 *  offset    size  field
 *  0         8     sequence, from 0
 *  8         8     when it was due, by the clock of this process in nanoseconds
 *  16        1     flags: 1 measured, 2 the last
 *  17        …     nothing in particular
 *  size - 8  8     the sequence again
 * </pre>
 */
public final class Feed {
    static final int MEASURED = 1;
    static final int LAST = 2;
    static final int DUE_AT = 8;
    static final int FLAGS_AT = 16;

    /** The smallest segment. */
    public static final int LEAST_BYTES = 25;

    private static final double SECOND_NS = 1e9;

    private final Plan plan;
    private final byte[] body;
    private long startNs;
    private long sequence;
    private long first = -1;
    private volatile long sent = -1;

    /**
     * What is to be sent.
     *
     * @param bytes the size of each, at least {@value #LEAST_BYTES}
     * @param perSecond how many fall due each second; 0 for as many as are taken
     * @param warmUp how long at first nothing is measured
     * @param measured how long is measured
     * @param most how many are measured at most
     */
    public record Plan(int bytes, int perSecond, Duration warmUp, Duration measured, long most) {
        /** Measures as many as there are in the time. */
        public Plan(int bytes, int perSecond, Duration warmUp, Duration measured) {
            this(bytes, perSecond, warmUp, measured, Long.MAX_VALUE);
        }

        /** Checks the values. */
        public Plan {
            if (bytes < LEAST_BYTES) {
                throw new IllegalArgumentException("a segment has at least " + LEAST_BYTES + " bytes, was " + bytes);
            }
            if (perSecond < 0) {
                throw new IllegalArgumentException("segments per second are not negative, was " + perSecond);
            }
            if (most < 1) {
                throw new IllegalArgumentException("at least one segment is measured, was " + most);
            }
        }
    }

    Feed(Plan plan) {
        this.plan = plan;
        this.body = new byte[plan.bytes()];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i * 31);
        }
    }

    /**
     * How large each segment is.
     *
     * @return bytes
     */
    public int bytes() {
        return plan.bytes();
    }

    /**
     * Whether each is sent when it is due, and not with those that follow.
     *
     * @return false when as many are sent as are taken
     */
    public boolean paced() {
        return plan.perSecond() > 0;
    }

    /**
     * Writes the next segment, after waiting until it is due.
     *
     * @param to has room for it
     * @return false when there is none
     */
    public boolean next(ByteBuffer to) {
        if (sent >= 0) {
            return false;
        }
        long nowNs = System.nanoTime();
        if (sequence == 0) {
            startNs = nowNs;
        }
        long dueNs = plan.perSecond() == 0 ? nowNs : startNs + (long) (sequence * SECOND_NS / plan.perSecond());
        for (long left = dueNs - nowNs; left > 0; left = dueNs - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        long sinceNs = dueNs - startNs - plan.warmUp().toNanos();
        if (sinceNs >= 0 && first < 0) {
            first = sequence;
        }
        boolean last = sinceNs >= plan.measured().toNanos() || (sinceNs >= 0 && sequence - first + 1 >= plan.most());
        int at = to.position();
        to.put(body);
        to.putLong(at, sequence);
        to.putLong(at + DUE_AT, dueNs);
        to.put(at + FLAGS_AT, (byte) ((sinceNs >= 0 ? MEASURED : 0) | (last ? LAST : 0)));
        to.putLong(at + body.length - Long.BYTES, sequence);
        sequence++;
        if (last) {
            sent = sequence - first;
        }
        return true;
    }

    /**
     * All segments, each in an array of its own.
     *
     * @return emits on request, on a thread that may wait until each is due; ends after the last; one subscriber
     */
    public Flux<byte[]> segments() {
        return Flux.<byte[]>generate(sink -> {
                    byte[] segment = new byte[plan.bytes()];
                    if (next(ByteBuffer.wrap(segment))) {
                        sink.next(segment);
                    } else {
                        sink.complete();
                    }
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    /** How many were sent that are measured; -1 while more are to come. */
    long measured() {
        return sent;
    }
}
