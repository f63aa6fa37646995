package io.swarmflux.media.segmenter;

/**
 * One logical stream of an Ogg: what its granules count, and how many packets of headers it begins with.
 *
 * <pre>
 *  Opus     "OpusHead"          2 headers   samples at 48 kHz, of which the first are skipped
 *  Vorbis   1 "vorbis"          3           samples
 *  FLAC     0x7f "FLAC"         1 and those it counts   samples
 *  Speex    "Speex   "          2           samples
 * </pre>
 */
final class OggTrack {
    private final long rate;
    private final long skip;
    private int headersLeft;

    private OggTrack(long rate, long skip, int headers) {
        this.rate = rate;
        this.skip = skip;
        this.headersLeft = headers;
    }

    /** The stream that a page begins. Of another codec its first page is taken for its headers, and it has no clock. */
    static OggTrack of(OggPage page) {
        if (page.says(0, "OpusHead")) {
            return new OggTrack(48_000, page.bodyNumber(10, 2), 2);
        }
        if (page.says(0, "\u0001vorbis")) {
            return new OggTrack(page.bodyNumber(12, 4), 0, 3);
        }
        if (page.says(0, "\u007fFLAC")) {
            int more = (int) (page.bodyNumber(7, 1) << 8 | page.bodyNumber(8, 1));
            long rate = page.bodyNumber(27, 1) << 12 | page.bodyNumber(28, 1) << 4 | page.bodyNumber(29, 1) >> 4;
            return new OggTrack(rate, 0, 1 + Math.max(1, more));
        }
        if (page.says(0, "Speex   ")) {
            return new OggTrack(page.bodyNumber(36, 4), 0, 2);
        }
        return new OggTrack(0, 0, 1);
    }

    /** Whether headers are still to come. */
    boolean inHeaders() {
        return headersLeft > 0;
    }

    /** Takes a page of headers. */
    void header(OggPage page) {
        headersLeft -= page.packets();
    }

    /** Whether its granules tell the time. */
    boolean hasClock() {
        return rate > 0;
    }

    long us(long granule) {
        long samples = Math.max(0, granule - skip);
        return samples / rate * 1_000_000 + samples % rate * 1_000_000 / rate;
    }
}
