package io.swarmflux.media.segmenter;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A fragmented MP4 made by hand: one track of video and one of sound, or only the latter. */
final class MadeMp4 {
    static final int VIDEO = 1;
    static final int AUDIO = 2;
    private static final int TIMESCALE = 1000;
    private static final int SYNC = 0x0200_0000;
    private static final int NO_SYNC = 0x0101_0000;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int samples;

    MadeMp4 headers(boolean video, int extraBytes) {
        out.writeBytes(box("ftyp", "iso6".getBytes(StandardCharsets.US_ASCII), ints(0)));
        byte[] tracks = joined(video ? track(VIDEO, "vide") : new byte[0], track(AUDIO, "soun"));
        byte[] defaults = joined(box("trex", ints(0, VIDEO, 1, 40, 0, 0)), box("trex", ints(0, AUDIO, 1, 40, 0, 0)));
        out.writeBytes(box(
                "moov",
                box("mvhd", new byte[100]),
                tracks,
                box("mvex", defaults),
                extraBytes == 0 ? new byte[0] : box("udta", new byte[extraBytes])));
        return this;
    }

    /** One whose table lists all samples. */
    MadeMp4 notFragmented() {
        out.writeBytes(box("ftyp", "isom".getBytes(StandardCharsets.US_ASCII), ints(0)));
        out.writeBytes(box("moov", box("mvhd", new byte[100]), track(VIDEO, "vide")));
        return raw(box("mdat", new byte[5000]));
    }

    /** 25 samples of 40 ms each. */
    MadeMp4 fragment(boolean key, long decodeMillis, int sampleBytes) {
        return fragment(VIDEO, key, decodeMillis, 25, sampleBytes, false);
    }

    MadeMp4 fragment(int track, boolean key, long decodeMillis, int count, int sampleBytes, boolean absolute) {
        byte[] base = absolute ? joined(ints(0, out.size())) : new byte[0];
        byte[] tfhd = box("tfhd", ints(absolute ? 0x1 : 0x2_0000, track), base);
        byte[] tfdt = box("tfdt", ints(0x0100_0000, 0, (int) decodeMillis));
        int[] run = new int[4 + count];
        run[0] = 0x205;
        run[1] = count;
        run[2] = 0; // filled in
        run[3] = key ? SYNC : NO_SYNC;
        for (int i = 0; i < count; i++) {
            run[4 + i] = sampleBytes;
        }
        run[2] = box("moof", box("mfhd", ints(0, 1)), box("traf", tfhd, tfdt, box("trun", ints(run)))).length + 8;
        out.writeBytes(box("moof", box("mfhd", ints(0, 1)), box("traf", tfhd, tfdt, box("trun", ints(run)))));
        byte[] media = new byte[count * sampleBytes];
        for (int i = 0; i < media.length; i++) {
            media[i] = (byte) (samples++ * 31);
        }
        out.writeBytes(box("mdat", media));
        return this;
    }

    MadeMp4 raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    private static byte[] track(int id, String kind) {
        byte[] stsz = box("stbl", box("stsz", ints(0, 0, 0)));
        return box(
                "trak",
                box("tkhd", ints(0, 0, 0, id), new byte[68]),
                box(
                        "mdia",
                        box("mdhd", ints(0, 0, 0, TIMESCALE, 0, 0)),
                        box("hdlr", ints(0, 0), kind.getBytes(StandardCharsets.US_ASCII), new byte[13]),
                        box("minf", stsz)));
    }

    static byte[] box(String type, byte[]... bodies) {
        byte[] body = joined(bodies);
        return joined(ints(body.length + 8), type.getBytes(StandardCharsets.US_ASCII), body);
    }

    static byte[] ints(int... values) {
        ByteBuffer into = ByteBuffer.allocate(4 * values.length);
        for (int value : values) {
            into.putInt(value);
        }
        return into.array();
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
