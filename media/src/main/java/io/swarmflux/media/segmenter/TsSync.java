package io.swarmflux.media.segmenter;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Finds the packets in a stream of bytes: a sync byte, and two more a packet apart. Once found, packets follow each other
 * until one has no sync byte. Holds two packets and what it was just given.
 */
final class TsSync {
    private static final int CONFIRMED_BY = 2 * TsPacket.BYTES;

    private final Packets packets;
    private byte[] held = new byte[4 * 1024];
    private int from;
    private int until;
    private boolean inSync;

    /** Takes what was found. */
    interface Packets {
        /** One packet, at a place in an array that changes afterwards. */
        void packet(byte[] bytes, int at);

        /** Bytes that belong to no packet. */
        void garbage(byte[] bytes, int at, int size);
    }

    TsSync(Packets packets) {
        this.packets = packets;
    }

    void take(ByteBuffer bytes) {
        if (from > 0) {
            System.arraycopy(held, from, held, 0, until - from);
            until -= from;
            from = 0;
        }
        int size = bytes.remaining();
        if (until + size > held.length) {
            held = Arrays.copyOf(held, until + size);
        }
        bytes.get(held, until, size);
        until += size;
        go(CONFIRMED_BY);
    }

    /** The end: a packet needs no others behind it any more. */
    void end() {
        go(0);
        if (until > from) {
            packets.garbage(held, from, until - from);
        }
        from = until;
    }

    private void go(int confirmedBy) {
        while (until - from >= TsPacket.BYTES) {
            if (!inSync && !find(confirmedBy)) {
                return;
            }
            if (until - from < TsPacket.BYTES) {
                return;
            }
            if (held[from] == TsPacket.SYNC) {
                int at = from;
                from += TsPacket.BYTES;
                packets.packet(held, at);
            } else {
                inSync = false;
            }
        }
    }

    /** Goes to the next place that looks like a packet; false when more bytes are needed to say so. */
    private boolean find(int confirmedBy) {
        int at = from;
        while (at < until && !(held[at] == TsPacket.SYNC && confirmed(at, confirmedBy))) {
            if (held[at] == TsPacket.SYNC && at + confirmedBy >= until && mayBe(at, confirmedBy)) {
                break;
            }
            at++;
        }
        if (at > from) {
            packets.garbage(held, from, at - from);
            from = at;
        }
        inSync = at < until && confirmed(at, confirmedBy);
        return inSync;
    }

    private boolean confirmed(int at, int by) {
        return at + by < until && mayBe(at, by);
    }

    private boolean mayBe(int at, int by) {
        for (int next = at; next <= at + by && next < until; next += TsPacket.BYTES) {
            if (held[next] != TsPacket.SYNC) {
                return false;
            }
        }
        return true;
    }
}
