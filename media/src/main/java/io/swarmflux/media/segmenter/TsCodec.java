package io.swarmflux.media.segmenter;

/** What is in an elementary stream, as far as it matters for where a player may start. */
enum TsCodec {
    H264,
    HEVC,
    MPEG_VIDEO,
    /** Video in which only the packets themselves tell random access. */
    OTHER_VIDEO,
    /** A player may start at each frame. */
    AUDIO,
    OTHER;

    /** By the stream type of a PMT. Private streams (6) are audio in broadcasts: AC-3, Opus. */
    static TsCodec of(int streamType) {
        return switch (streamType) {
            case 0x1b -> H264;
            case 0x24 -> HEVC;
            case 0x01, 0x02 -> MPEG_VIDEO;
            case 0x10, 0x33, 0x42, 0xd1, 0xea -> OTHER_VIDEO;
            case 0x03, 0x04, 0x06, 0x0f, 0x11, 0x81, 0x87 -> AUDIO;
            default -> OTHER;
        };
    }

    boolean isVideo() {
        return this == H264 || this == HEVC || this == MPEG_VIDEO || this == OTHER_VIDEO;
    }
}
