package io.swarmflux.media.segmenter;

/**
 * Reads the beginning of a video frame, start code by start code, until it is clear whether a decoder may start there.
 *
 * <pre>
 *  H.264   AUD(9)  SPS(7)  PPS(8)  SEI(6)  IDR(5)      yes: an IDR slice, or parameter sets before any slice
 *  HEVC    AUD(35) VPS(32) SPS(33) PPS(34) IRAP(16-23) yes: an IRAP slice
 *  MPEG-2  sequence header (B3) ... picture (00)       yes: a sequence header before the picture
 * </pre>
 */
final class StartScan {
    /** What is known of a frame. */
    enum Found {
        NOT_YET,
        RANDOM_ACCESS,
        NO_RANDOM_ACCESS
    }

    private final TsCodec codec;
    private int last = -1; // the last three bytes, and one more in front

    StartScan(TsCodec codec) {
        this.codec = codec;
    }

    Found scan(byte[] bytes, int from, int until) {
        for (int i = from; i < until; i++) {
            boolean startCode = (last & 0xffffff) == 1;
            last = last << 8 | (bytes[i] & 0xff);
            if (startCode) {
                Found found = unit(bytes[i] & 0xff);
                if (found != Found.NOT_YET) {
                    return found;
                }
            }
        }
        return Found.NOT_YET;
    }

    private Found unit(int header) {
        return switch (codec) {
            case H264 -> h264(header & 0x1f);
            case HEVC -> hevc(header >> 1 & 0x3f);
            case MPEG_VIDEO ->
                header == 0xb3 ? Found.RANDOM_ACCESS : header == 0 ? Found.NO_RANDOM_ACCESS : Found.NOT_YET;
            case OTHER_VIDEO, AUDIO, OTHER -> Found.NO_RANDOM_ACCESS;
        };
    }

    private static Found h264(int type) {
        return type == 5 || type == 7
                ? Found.RANDOM_ACCESS
                : type >= 1 && type <= 4 ? Found.NO_RANDOM_ACCESS : Found.NOT_YET;
    }

    private static Found hevc(int type) {
        return type >= 16 && type <= 23 ? Found.RANDOM_ACCESS : type < 16 ? Found.NO_RANDOM_ACCESS : Found.NOT_YET;
    }
}
