package io.swarmflux.media.segmenter;

import java.nio.ByteBuffer;
import java.util.Locale;

/** What bytes are, as far as their beginning tells. */
public enum MediaFormat {
    /** Anything: bytes without a clock. */
    RAW("application/octet-stream"),
    /** An MPEG transport stream, in packets of 188 bytes. */
    MPEG_TS("video/mp2t");

    /** With so many bytes of the beginning, {@link #of} knows all that it can know. */
    public static final int HEAD_BYTES = 8 * 1024;

    private static final int TS_PACKETS = 5;

    private final String mediaType;

    MediaFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    /**
     * What plays it.
     *
     * @return the media type
     */
    public String mediaType() {
        return mediaType;
    }

    /**
     * Looks at the beginning of a stream or file. A transport stream may begin in the middle of a packet.
     *
     * @param head the first bytes, from position to limit, which are left as they are; {@link #HEAD_BYTES} are enough
     * @return the format; {@link #RAW} when it is none of the others
     */
    public static MediaFormat of(ByteBuffer head) {
        return isTransportStream(head.slice()) ? MPEG_TS : RAW;
    }

    private static boolean isTransportStream(ByteBuffer head) {
        int packets = Math.min(TS_PACKETS, head.limit() / TsPacket.BYTES);
        for (int first = 0; packets > 1 && first < Math.min(TsPacket.BYTES, head.limit()); first++) {
            int sync = 0;
            for (int at = first; at < head.limit() && head.get(at) == TsPacket.SYNC; at += TsPacket.BYTES) {
                sync++;
            }
            if (sync >= packets) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
