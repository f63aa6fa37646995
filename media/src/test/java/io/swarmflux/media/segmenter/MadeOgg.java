package io.swarmflux.media.segmenter;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** An Ogg stream made by hand, with checksums. */
final class MadeOgg {
    static final int CONTINUED = 1;
    static final int FIRST = 2;
    static final int LAST = 4;
    private static final int SKIP = 312;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int number;

    /** Opus at 48 kHz, as always. */
    MadeOgg opus(int serial, int commentBytes) {
        ByteBuffer head = ByteBuffer.allocate(19).order(ByteOrder.LITTLE_ENDIAN);
        head.put("OpusHead".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 2);
        head.putShort((short) SKIP).putInt(48_000);
        number = 0;
        page(FIRST, 0, serial, head.array());
        byte[] tags = new byte[commentBytes];
        System.arraycopy("OpusTags".getBytes(StandardCharsets.US_ASCII), 0, tags, 0, 8);
        return page(0, 0, serial, tags);
    }

    /** Vorbis; comments and set-up share pages. */
    MadeOgg vorbis(int serial, int rate) {
        ByteBuffer head = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN);
        head.put((byte) 1)
                .put("vorbis".getBytes(StandardCharsets.US_ASCII))
                .putInt(0)
                .put((byte) 2)
                .putInt(rate);
        number = 0;
        page(FIRST, 0, serial, head.array());
        return page(0, 0, serial, new byte[100], new byte[3000]);
    }

    /** Pages of a fifth of a second each, from a place on. */
    MadeOgg pages(int serial, int count, long fromMillis, int rate, int bytes) {
        for (int i = 1; i <= count; i++) {
            page(0, (fromMillis + 200L * i) * rate / 1000 + SKIP, serial, filled(bytes));
        }
        return this;
    }

    private byte[] filled(int bytes) {
        byte[] body = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            body[i] = (byte) (number * 7 + i);
        }
        return body;
    }

    MadeOgg page(int flags, long granule, int serial, byte[]... packets) {
        ByteArrayOutputStream sizes = new ByteArrayOutputStream();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] packet : packets) {
            for (int left = packet.length; left >= 0; left -= 255) {
                sizes.write(Math.min(left, 255));
            }
            body.writeBytes(packet);
        }
        ByteBuffer page = ByteBuffer.allocate(27 + sizes.size() + body.size()).order(ByteOrder.LITTLE_ENDIAN);
        page.put("OggS".getBytes(StandardCharsets.US_ASCII)).put((byte) 0).put((byte) flags);
        page.putLong(granule).putInt(serial).putInt(number++).putInt(0).put((byte) sizes.size());
        page.put(sizes.toByteArray()).put(body.toByteArray());
        page.putInt(22, checksum(page.array()));
        out.writeBytes(page.array());
        return this;
    }

    /** Bit by bit, as the standard has it. */
    private static int checksum(byte[] page) {
        int crc = 0;
        for (byte one : page) {
            for (int bit = 7; bit >= 0; bit--) {
                boolean carry = crc < 0;
                crc = crc << 1;
                boolean set = (one >> bit & 1) != 0;
                crc ^= carry != set ? 0x04c1_1db7 : 0;
            }
        }
        return crc;
    }

    MadeOgg raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    int size() {
        return out.size();
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
