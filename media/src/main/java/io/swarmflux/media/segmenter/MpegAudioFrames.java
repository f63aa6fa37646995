package io.swarmflux.media.segmenter;

/**
 * MP3 and its elder brothers: MPEG-1, 2 and 2.5 audio, layers I to III (ISO/IEC 11172-3, 2.4.2).
 *
 * <pre>
 *  bits  11 sync | 2 version | 2 layer | 1 no checksum | 4 bit rate | 2 rate | 1 padding | 1 | 2 mode | ...
 * </pre>
 */
final class MpegAudioFrames implements FrameCutter.Frames {
    private static final int V1 = 3;
    private static final int V2 = 2;
    private static final int V25 = 0;
    private static final int[] RATES = {44_100, 48_000, 32_000};
    private static final int[] LAYER_I = {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448};
    private static final int[] LAYER_II = {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384};
    private static final int[] LAYER_III = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
    private static final int[] LOW_I = {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256};
    private static final int[] LOW = {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};

    @Override
    public String name() {
        return "MP3 frames";
    }

    @Override
    public int headerBytes() {
        return 4;
    }

    @Override
    public int size(byte[] bytes, int at) {
        int version = bytes[at + 1] >> 3 & 3;
        int layer = 4 - (bytes[at + 1] >> 1 & 3);
        int bitRate = bytes[at + 2] >> 4 & 0x0f;
        boolean sync = bytes[at] == -1
                && (bytes[at + 1] & 0xe0) == 0xe0
                && version != 1
                && layer != 4
                && bitRate != 0 // "free": its size is not told
                && bitRate != 15
                && (bytes[at + 2] >> 2 & 3) != 3;
        if (!sync) {
            return 0;
        }
        int padding = bytes[at + 2] >> 1 & 1;
        int bitsPerSecond = kilobits(version, layer)[bitRate] * 1000;
        return layer == 1
                ? (12 * bitsPerSecond / rate(bytes, at) + padding) * 4
                : samples(version, layer) / 8 * bitsPerSecond / rate(bytes, at) + padding;
    }

    @Override
    public long lastsNs(byte[] bytes, int at) {
        int version = bytes[at + 1] >> 3 & 3;
        int layer = 4 - (bytes[at + 1] >> 1 & 3);
        return samples(version, layer) * 1_000_000_000L / rate(bytes, at);
    }

    private static int rate(byte[] bytes, int at) {
        int version = bytes[at + 1] >> 3 & 3;
        int rate = RATES[Math.min(2, bytes[at + 2] >> 2 & 3)];
        return version == V1 ? rate : version == V2 ? rate / 2 : rate / 4;
    }

    private static int samples(int version, int layer) {
        return layer == 1 ? 384 : layer == 3 && version != V1 ? 576 : 1152;
    }

    private static int[] kilobits(int version, int layer) {
        if (version == V2 || version == V25) {
            return layer == 1 ? LOW_I : LOW;
        }
        return layer == 1 ? LAYER_I : layer == 2 ? LAYER_II : LAYER_III;
    }
}
