package io.swarmflux.peer;

import io.swarmflux.flux.ArrivalReader;
import io.swarmflux.flux.StreamHub;
import io.swarmflux.link.Link;
import io.swarmflux.segment.Segment;
import io.swarmflux.swarm.Piece;
import io.swarmflux.wire.GroupChunks;
import io.swarmflux.wire.GroupMessage;
import io.swarmflux.wire.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What goes to the group: the segments of the sub-streams that this member feeds, each as soon as it is in the window, and repairs.
 * What the group has carried already is not sent again. Inside the strand.
 */
final class IslandOut {
    /** What waits in the transport is not sent sooner by putting more behind it. */
    private static final long MAX_UNSENT_BYTES = 256 * 1024;

    private static final int MOST_SUB_STREAMS = 64;

    private final Self self;
    private final Programme programme;
    private final Link link;
    private final LongPredicate wanted = this::wants;

    /** By sub-stream: the first sequence that is fed from here, and the first that was not sent yet. */
    private final long[] from = new long[MOST_SUB_STREAMS];

    private final long[] edge = new long[MOST_SUB_STREAMS];
    private long feeds;
    private Carried carried = new Carried(1);
    private int count = 1;
    private long epoch = -1;
    private @Nullable ArrivalReader<Segment> reader;
    private long emptyAt = -1;
    private boolean heard;

    private long frames;
    private long segments;
    private long bytes;
    private long repairs;

    /** Sends nothing. */
    IslandOut(Self self, Programme programme, Link link) {
        this.self = self;
        this.programme = programme;
        this.link = link;
    }

    /** Another epoch begins, of which the group {@code hasCarried} something: nothing is fed. */
    void begin(long newEpoch, int subStreams, Carried hasCarried) {
        stopReading();
        epoch = newEpoch;
        carried = hasCarried;
        count = subStreams;
        feeds = 0;
        Arrays.fill(from, 0);
        Arrays.fill(edge, 0);
    }

    private boolean wants(long sequence) {
        int subStream = (int) (sequence % count);
        return (feeds & 1L << subStream) != 0 && sequence >= from[subStream] && !carried.has(sequence);
    }

    /** Feeds a sub-stream from a sequence of it on; {@code anybody} says whether somebody hears that. */
    void feed(int subStream, long first, boolean anybody) {
        StreamHub<Segment> hub = programme.hubNow();
        if (hub == null || hub.epoch() != epoch) {
            return;
        }
        heard |= feeds == 0 && anybody; // who comes later gets what comes from then on
        feeds |= 1L << subStream;
        from[subStream] = first;
        edge[subStream] = first;
        ArrivalReader<Segment> present = reader;
        if (present == null) {
            reader = hub.arrivalReader(first);
        } else {
            present.wantAgain(first, sequence -> sequence % count == subStream);
        }
        emptyAt = -1;
    }

    void stop(int subStream) {
        feeds &= ~(1L << subStream);
        if (feeds == 0) {
            stopReading();
        }
    }

    private void stopReading() {
        ArrivalReader<Segment> present = reader;
        if (present != null) {
            reader = null;
            present.dispose();
        }
    }

    /**
     * Sends what has come since the last call, as far as the transport takes it.
     *
     * @param anybody whether anybody hears it
     * @param begins where sending begins when somebody hears it and a moment ago nobody did
     * @return whether more waits for the transport
     */
    boolean pump(boolean anybody, LongSupplier begins) {
        ArrivalReader<Segment> present = reader;
        StreamHub.View view = programme.view();
        if (present == null || view == null || view.epoch() != epoch) {
            return false;
        }
        if (!anybody) {
            heard = false;
            return false;
        }
        if (!heard) {
            heard = true;
            long first = begins.getAsLong();
            for (int i = 0; i < count; i++) {
                from[i] = Math.max(from[i], first);
                edge[i] = Math.max(edge[i], from[i]);
            }
        }
        while (link.unsentBytes() < MAX_UNSENT_BYTES) {
            long changes = present.changes();
            if (changes == emptyAt) {
                return false;
            }
            Segment segment = present.poll(wanted, Long.MAX_VALUE, Long.MAX_VALUE);
            List<?> lost = present.takeLost();
            if (segment == null) {
                emptyAt = lost.isEmpty() ? changes : -1;
                passCarried();
                return false;
            }
            send(segment, 0, 0, false);
            carried.add(segment.sequence());
            segments++;
            bytes += segment.encodedBytes();
            int subStream = (int) (segment.sequence() % count);
            edge[subStream] = Math.max(edge[subStream], segment.sequence() + 1);
        }
        return true;
    }

    /** What was sent before, by whomever, was sent: so says the edge to those who ask for what did not come. */
    private void passCarried() {
        for (int i = 0; i < count; i++) {
            if ((feeds & 1L << i) != 0) {
                long next = edge[i] + Math.floorMod(i - edge[i], (long) count);
                while (carried.has(next)) {
                    edge[i] = next + 1;
                    next += count;
                }
            }
        }
    }

    /** Sends a piece again. */
    void repair(Piece piece) {
        Segment segment = programme.segment(epoch, piece.sequence());
        if (segment != null) {
            send(segment, piece.from(), piece.until(), true);
            repairs++;
        }
    }

    private void send(Segment segment, int begin, int until, boolean repair) {
        GroupChunks chunks =
                GroupChunks.cut(self.instance(), segment, begin, until, repair, link.maxFrameBytes(), () -> ++frames);
        while (chunks.hasNext()) {
            link.send(chunks.next()); // a closed link is noticed elsewhere
        }
    }

    // ------------------------------------------------------------------ what is told

    long feeds() {
        return feeds;
    }

    boolean feeds(int subStream) {
        return (feeds & 1L << subStream) != 0;
    }

    /** The first sequence of a sub-stream that was not sent yet. */
    long edge(int subStream) {
        return edge[subStream];
    }

    /** What is not here of that which should have been sent: nobody need ask for it here. */
    List<Message.Range> holes(long oldest) {
        StreamHub.View view = programme.view();
        List<Message.Range> holes = new ArrayList<>();
        if (view == null) {
            return holes;
        }
        for (long sequence = Math.max(oldest, view.next());
                sequence < view.edge() && holes.size() < GroupMessage.MAX_HOLES;
                sequence++) {
            int subStream = (int) (sequence % count);
            if ((feeds & 1L << subStream) != 0
                    && sequence < edge[subStream]
                    && programme.segment(epoch, sequence) == null) {
                holes.add(new Message.Range(sequence, sequence + 1));
            }
        }
        return holes;
    }

    long segments() {
        return segments;
    }

    long bytes() {
        return bytes;
    }

    long repairs() {
        return repairs;
    }
}
