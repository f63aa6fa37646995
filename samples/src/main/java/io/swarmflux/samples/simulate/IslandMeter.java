package io.swarmflux.samples.simulate;

import io.swarmflux.wire.GroupCodec;
import io.swarmflux.wire.GroupMessage;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is seen of one island: what its members send, what of that its group carries, and what comes in from outside. */
final class IslandMeter {
    /** The type of the frames that carry segments. */
    static final int CHUNK = 0x33;

    private static final int NAK = 0x32;

    private final String name;
    private final Set<String> members;
    private final int subStreams;
    private final long measureFromNs;

    /** Who sends under which number. */
    private final Map<Long, Trace> senders = new HashMap<>();

    private final long[] newestNs;
    private long sentChunks;
    private long carriedChunks;
    private long naks;
    private long pieces;
    private long repairs;
    private long streamBytes;
    private long repairBytes;
    private long controlBytes;
    private long pauseNs;
    private long fromOutside;

    IslandMeter(String name, Set<String> members, int subStreams, long measureFromNs) {
        this.name = name;
        this.members = members;
        this.subStreams = subStreams;
        this.measureFromNs = measureFromNs;
        this.newestNs = new long[subStreams];
    }

    String name() {
        return name;
    }

    Set<String> members() {
        return members;
    }

    /** A member sends a frame. */
    void sent(Trace sender, ByteBuffer first, long nowNs) {
        senders.putIfAbsent(memberOf(first), sender);
        if (nowNs < measureFromNs) {
            return;
        }
        if (kind(first) == CHUNK) {
            sentChunks++;
        } else if (kind(first) == NAK && GroupCodec.decode(first) instanceof GroupMessage.Nak nak) {
            naks++;
            pieces += nak.pieces().size();
        }
    }

    /** The group carries a frame: it was not lost by all. */
    void carried(ByteBuffer first, int bytes, long nowNs) {
        if (nowNs < measureFromNs) {
            return;
        }
        if (kind(first) != CHUNK) {
            controlBytes += bytes;
            return;
        }
        carriedChunks++;
        ByteBuffer in = first.duplicate();
        in.position(in.position() + 2 + Long.BYTES);
        Tap.varint(in);
        long sequence = Tap.varint(in);
        Tap.varint(in);
        if (in.get() != 0) {
            repairs++;
            repairBytes += bytes;
            return;
        }
        streamBytes += bytes;
        int subStream = (int) (sequence % subStreams);
        if (newestNs[subStream] > 0) {
            pauseNs = Math.max(pauseNs, nowNs - newestNs[subStream]);
        }
        newestNs[subStream] = nowNs;
    }

    /** A whole segment came to a member over a link from outside. */
    void cameFromOutside(long nowNs) {
        fromOutside += nowNs >= measureFromNs ? 1 : 0;
    }

    /** Who sent a frame; null when nobody is known by its number. */
    @Nullable
    Trace sender(ByteBuffer frame) {
        return senders.get(memberOf(frame));
    }

    private static int kind(ByteBuffer frame) {
        return frame.get(frame.position()) & 0xff;
    }

    private static long memberOf(ByteBuffer frame) {
        return frame.getLong(frame.position() + 2);
    }

    /** What was seen of it, when so many segments were made meanwhile. */
    IslandFigures figures(long born) {
        return new IslandFigures(
                name,
                members.size(),
                sentChunks - carriedChunks,
                naks,
                pieces,
                repairs,
                streamBytes,
                repairBytes,
                controlBytes,
                born == 0 ? 0 : (double) fromOutside / born,
                pauseNs / 1e6);
    }
}
