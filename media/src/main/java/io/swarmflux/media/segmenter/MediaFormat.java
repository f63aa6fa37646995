package io.swarmflux.media.segmenter;

import java.nio.ByteBuffer;
import java.util.Locale;

/** What bytes are, as far as their beginning tells. */
public enum MediaFormat {
    /** Anything: bytes without a clock. */
    RAW("application/octet-stream"),
    /** An MPEG transport stream, in packets of 188 bytes. */
    MPEG_TS("video/mp2t"),
    /** AAC in ADTS frames. */
    AAC("audio/aac"),
    /** MP3, and MPEG audio of the other layers; tags before it are no part of it. */
    MP3("audio/mpeg"),
    /** MP4 in fragments, CMAF among them. */
    MP4("video/mp4"),
    /** Ogg: Opus, Vorbis, FLAC and Speex. */
    OGG("audio/ogg"),
    /** Samples with a RIFF header. */
    WAV("audio/wav");

    /** With so many bytes of the beginning, {@link #of} knows all that it can know. */
    public static final int HEAD_BYTES = 8 * 1024;

    private static final int TS_PACKETS = 5;
    private static final int FRAMES = 5;

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
        if (isTransportStream(head.slice())) {
            return MPEG_TS;
        }
        byte[] bytes = new byte[head.remaining()];
        head.slice().get(bytes);
        if (isMp4(bytes)) {
            return MP4;
        }
        if (bytes.length >= OggPage.HEADER && OggPage.begins(bytes, 0)) {
            return OGG;
        }
        if (bytes.length >= WavHeader.RIFF_BYTES && WavHeader.begins(bytes, 0)) {
            return WAV;
        }
        int after = afterTag(bytes);
        if (areFrames(bytes, after, new AdtsFrames())) {
            return AAC;
        }
        boolean onlyTag = after > 0 && after >= bytes.length;
        return onlyTag || areFrames(bytes, after, new MpegAudioFrames()) ? MP3 : RAW;
    }

    /** Where an ID3v2 tag ends, whose size is in four times seven bits; 0 when there is none. */
    private static int afterTag(byte[] bytes) {
        if (bytes.length < 10 || bytes[0] != 'I' || bytes[1] != 'D' || bytes[2] != '3') {
            return 0;
        }
        return 10 + ((bytes[6] & 0x7f) << 21 | (bytes[7] & 0x7f) << 14 | (bytes[8] & 0x7f) << 7 | (bytes[9] & 0x7f));
    }

    private static boolean isMp4(byte[] bytes) {
        if (bytes.length < 16) {
            return false;
        }
        String type = Mp4Box.name(Mp4Box.typeAt(bytes, 0));
        int size = Mp4Box.intAt(bytes, 0);
        boolean typed = (type.equals("ftyp") || type.equals("styp")) && size >= 16 && size <= 1024;
        String inner = Mp4Box.name(Mp4Box.typeAt(bytes, 8));
        return typed || (type.equals("moov") && inner.equals("mvhd")) || (type.equals("moof") && inner.equals("mfhd"));
    }

    /** Whether whole frames follow each other, from the first byte on. */
    private static boolean areFrames(byte[] bytes, int first, FrameCutter.Frames frames) {
        int found = 0;
        int at = first;
        while (at + frames.headerBytes() <= bytes.length && found < FRAMES) {
            int size = frames.size(bytes, at);
            if (size == 0) {
                return false;
            }
            found++;
            at += size;
        }
        return found >= 2;
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
