package io.swarmflux.media.segmenter;

import java.nio.ByteBuffer;

/**
 * Finds the packets in a stream of bytes: a sync byte, and two more a packet apart. Once found, packets follow each other
 * until one has no sync byte. Holds two packets and what it was just given.
 */
final class TsSync {
    private static final int CONFIRMED_BY = 2 * TsPacket.BYTES;

    private final Packets packets;
    private final HeldBytes held = new HeldBytes();
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
        held.take(bytes);
        go(CONFIRMED_BY);
    }

    /** The end: a packet needs no others behind it any more. */
    void end() {
        go(0);
        if (held.until > held.from) {
            packets.garbage(held.array, held.from, held.size());
        }
        held.from = held.until;
    }

    private void go(int confirmedBy) {
        while (held.size() >= TsPacket.BYTES) {
            if (!inSync && !find(confirmedBy)) {
                return;
            }
            if (held.size() < TsPacket.BYTES) {
                return;
            }
            if (held.array[held.from] == TsPacket.SYNC) {
                int at = held.from;
                held.from += TsPacket.BYTES;
                packets.packet(held.array, at);
            } else {
                inSync = false;
            }
        }
    }

    /** Goes to the next place that looks like a packet; false when more bytes are needed to say so. */
    private boolean find(int confirmedBy) {
        int at = held.from;
        while (at < held.until && !(held.array[at] == TsPacket.SYNC && confirmed(at, confirmedBy))) {
            if (held.array[at] == TsPacket.SYNC && at + confirmedBy >= held.until && mayBe(at, confirmedBy)) {
                break;
            }
            at++;
        }
        if (at > held.from) {
            packets.garbage(held.array, held.from, at - held.from);
            held.from = at;
        }
        inSync = at < held.until && confirmed(at, confirmedBy);
        return inSync;
    }

    private boolean confirmed(int at, int by) {
        return at + by < held.until && mayBe(at, by);
    }

    private boolean mayBe(int at, int by) {
        for (int next = at; next <= at + by && next < held.until; next += TsPacket.BYTES) {
            if (held.array[next] != TsPacket.SYNC) {
                return false;
            }
        }
        return true;
    }
}
