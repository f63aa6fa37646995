package io.swarmflux.media.segmenter;

import java.util.Arrays;

/** Puts one section together from its packets, and believes it when its checksum is right. */
final class TsSection {
    private static final int MAX_BYTES = 3 + 1021;
    private static final int MAX_PACKETS = 6;
    private static final int HEADER_BYTES = 3;

    private final byte[] coming = new byte[MAX_BYTES];
    private final byte[] comingPackets = new byte[MAX_PACKETS * TsPacket.BYTES];
    private int size = -1;
    private int packetBytes;
    private byte[] section = new byte[0];
    private byte[] packets = new byte[0];

    /** The last good section, header and checksum too. */
    byte[] section() {
        return section;
    }

    /** The packets that brought it. */
    byte[] packets() {
        return packets;
    }

    void forget() {
        size = -1;
        section = new byte[0];
        packets = new byte[0];
    }

    /** Takes the next packet; true when a section of the table is whole with it. */
    boolean take(TsPacket packet, int table) {
        int from = packet.from();
        if (packet.startsUnit()) {
            from += 1 + (packet.array()[from] & 0xff); // the pointer to where the section begins
            size = 0;
            packetBytes = 0;
        }
        if (size < 0 || from >= packet.until() || packetBytes == comingPackets.length) {
            size = -1;
            return false;
        }
        System.arraycopy(packet.array(), packet.until() - TsPacket.BYTES, comingPackets, packetBytes, TsPacket.BYTES);
        packetBytes += TsPacket.BYTES;
        int taken = Math.min(packet.until() - from, coming.length - size);
        System.arraycopy(packet.array(), from, coming, size, taken);
        size += taken;
        if (size < HEADER_BYTES) {
            return false;
        }
        int length = HEADER_BYTES + ((coming[1] & 0x0f) << 8 | (coming[2] & 0xff));
        if ((coming[0] & 0xff) != table || length > MAX_BYTES || length < 12) {
            size = -1;
            return false;
        }
        if (size < length) {
            return false;
        }
        size = -1;
        if ((coming[5] & 1) == 0 || checksum(length) != 0) { // not valid yet, or damaged
            return false;
        }
        section = Arrays.copyOf(coming, length);
        packets = Arrays.copyOf(comingPackets, packetBytes);
        return true;
    }

    /** CRC-32/MPEG-2, which is 0 over a section with its own checksum. */
    private int checksum(int length) {
        int crc = -1;
        for (int i = 0; i < length; i++) {
            crc ^= coming[i] << 24;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc < 0 ? crc << 1 ^ 0x04c11db7 : crc << 1;
            }
        }
        return crc;
    }
}
