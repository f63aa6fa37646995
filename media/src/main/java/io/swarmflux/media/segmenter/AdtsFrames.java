package io.swarmflux.media.segmenter;

/**
 * AAC in ADTS frames (ISO/IEC 14496-3, 1.A.3.2).
 *
 * <pre>
 *  bits  12 sync | 1 id | 2 layer = 0 | 1 no checksum | 2 profile | 4 rate | 1 | 3 channels | 4 | 13 length | 11 | 2 blocks
 * </pre>
 */
final class AdtsFrames implements FrameCutter.Frames {
    private static final int[] RATES = {
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350
    };
    private static final int SAMPLES = 1024;

    @Override
    public String name() {
        return "AAC frames";
    }

    @Override
    public int headerBytes() {
        return 7;
    }

    @Override
    public int size(byte[] bytes, int at) {
        boolean sync = bytes[at] == -1 && (bytes[at + 1] & 0xf6) == 0xf0 && rate(bytes, at) < RATES.length;
        int size = (bytes[at + 3] & 3) << 11 | (bytes[at + 4] & 0xff) << 3 | (bytes[at + 5] & 0xe0) >> 5;
        return sync && size > headerBytes() ? size : 0;
    }

    @Override
    public long lastsNs(byte[] bytes, int at) {
        int blocks = 1 + (bytes[at + 6] & 3);
        return (long) blocks * SAMPLES * 1_000_000_000L / RATES[rate(bytes, at)];
    }

    private static int rate(byte[] bytes, int at) {
        return bytes[at + 2] >> 2 & 0x0f;
    }
}
