package io.swarmflux.media.segmenter;

import io.swarmflux.segment.Description;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What goes before the samples of a WAV.
 *
 * @param bytes all of it, to the size of the samples
 * @param format where its format begins
 * @param dataBytes how many bytes of samples it promises
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record WavHeader(byte[] bytes, int format, long dataBytes) {
    static final int RIFF_BYTES = 12;

    private static final int RIFF = Mp4Box.type("RIFF");
    private static final int RF64 = Mp4Box.type("RF64");
    private static final int WAVE = Mp4Box.type("WAVE");
    private static final int FMT = Mp4Box.type("fmt ");
    private static final int DATA = Mp4Box.type("data");
    private static final int CHUNK = 8;
    private static final int FORMAT_BYTES = 16;
    private static final int MAX_FORMAT_BYTES = 1024;
    private static final int MAX_BYTES = 128 * 1024;
    private static final long NEARLY_ALL = 0xffff_0000L;

    /** Whether a WAV begins with these twelve bytes. */
    static boolean begins(byte[] array, int at) {
        int type = Mp4Box.intAt(array, at);
        return (type == RIFF || type == RF64) && Mp4Box.intAt(array, at + 8) == WAVE;
    }

    /** Whether four bytes may be the name of a chunk. */
    static boolean isName(byte[] array, int at) {
        boolean letters = true;
        for (int i = 0; i < 4; i++) {
            letters &= array[at + i] >= ' ' && array[at + i] < 0x7f;
        }
        return letters;
    }

    static long little(byte[] array, int at, int bytes) {
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << 8 | (array[at + i] & 0xff);
        }
        return value;
    }

    /** Reads a header; null when more of it has to come. One that is none has no format. */
    static @Nullable WavHeader read(byte[] array, int from, int until) {
        long at = (long) from + RIFF_BYTES;
        int format = -1;
        while (at + CHUNK <= until) {
            int here = (int) at;
            int type = Mp4Box.intAt(array, here);
            long size = little(array, here + 4, 4);
            if (type == DATA) {
                return new WavHeader(Arrays.copyOfRange(array, from, here + CHUNK), format, size);
            }
            if (!isName(array, here) || at + size - from > MAX_BYTES) {
                return new WavHeader(new byte[0], -1, 0);
            }
            if (type == FMT && size >= FORMAT_BYTES && size <= MAX_FORMAT_BYTES) {
                format = here - from;
            }
            at += CHUNK + size + (size & 1);
        }
        return null;
    }

    int size() {
        return bytes.length;
    }

    long bytesPerSecond() {
        return format < 0 ? 0 : little(bytes, format + CHUNK + 8, 4);
    }

    /** How many bytes one sample of all channels has. */
    int block() {
        return format < 0 ? 0 : (int) little(bytes, format + CHUNK + 12, 2);
    }

    /** Whether it comes from a pipe, which does not know how much there will be. */
    boolean endless() {
        return dataBytes == 0 || dataBytes >= NEARLY_ALL;
    }

    /** The same for who joins in the middle: nobody knows how much there will be, and what only people read is left out when it is long. */
    byte[] forLateJoiners() {
        byte[] headers = bytes.clone();
        if (bytes.length > Description.MAX_HEADER_BYTES) {
            int formatBytes = CHUNK + (int) little(bytes, format + 4, 4);
            headers = Arrays.copyOf(bytes, RIFF_BYTES + formatBytes + CHUNK);
            System.arraycopy(bytes, format, headers, RIFF_BYTES, formatBytes);
            System.arraycopy(bytes, bytes.length - CHUNK, headers, RIFF_BYTES + formatBytes, CHUNK);
        }
        Arrays.fill(headers, headers.length - 4, headers.length, (byte) -1);
        return headers;
    }
}
