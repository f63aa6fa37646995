package io.swarmflux.segment;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What holds for a whole epoch of a stream: sent in answer to a subscribe, and again when its version grows.
 *
 * @param version grows when something changes, for example the codec headers; a segment names the version it needs
 * @param mode live or lossless
 * @param subStreams the number of sub-streams K, 4 to 64
 * @param maxSegmentBytes the largest encoded segment, in bytes
 * @param bitsPerSecond the nominal rate; 0 when unknown or unpaced
 * @param mediaType for example {@code video/mp2t}
 * @param headers what a late joiner's decoder needs first, at most {@value #MAX_HEADER_BYTES} bytes
 * @param key the public key that proofs are checked with; empty when segments carry none, at most
 *     {@value #MAX_KEY_BYTES} bytes
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode are written out below
public record Description(
        int version,
        Mode mode,
        int subStreams,
        int maxSegmentBytes,
        long bitsPerSecond,
        String mediaType,
        byte[] headers,
        byte[] key) {
    /** The most codec headers, in bytes. */
    public static final int MAX_HEADER_BYTES = 8 * 1024;

    /** The longest key, in bytes. */
    public static final int MAX_KEY_BYTES = 256;

    /** The number of sub-streams when nobody says otherwise. */
    public static final int DEFAULT_SUB_STREAMS = 8;

    private static final int MAX_MEDIA_TYPE_BYTES = 128;

    /** Checks every value. */
    public Description {
        check("description version", version, 0, Integer.MAX_VALUE);
        check("number of sub-streams", subStreams, 4, 64);
        check("largest segment (bytes)", maxSegmentBytes, Segment.HEADER_BYTES, Segment.MAX_ENCODED_BYTES);
        check("nominal rate (bit/s)", bitsPerSecond, 0, Long.MAX_VALUE);
        check("media type length", mediaType.getBytes(StandardCharsets.UTF_8).length, 0, MAX_MEDIA_TYPE_BYTES);
        check("codec headers length", headers.length, 0, MAX_HEADER_BYTES);
        check("key length", key.length, 0, MAX_KEY_BYTES);
    }

    /**
     * A description with defaults: version 0, 8 sub-streams, segments of any size, no rate, headers or key.
     *
     * @param mode live or lossless
     * @return the description
     */
    public static Description of(Mode mode) {
        return new Description(
                0,
                mode,
                DEFAULT_SUB_STREAMS,
                Segment.MAX_ENCODED_BYTES,
                0,
                "application/octet-stream",
                new byte[0],
                new byte[0]);
    }

    /**
     * The same with other codec headers.
     *
     * @param changed the headers, whose version becomes that of the description
     * @return the description with the headers
     */
    public Description with(CodecHeaders changed) {
        return new Description(
                changed.version(), mode, subStreams, maxSegmentBytes, bitsPerSecond, mediaType, changed.bytes(), key);
    }

    private static void check(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " is " + least + " to " + most + ", was " + value);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Description d
                && version == d.version
                && mode == d.mode
                && subStreams == d.subStreams
                && maxSegmentBytes == d.maxSegmentBytes
                && bitsPerSecond == d.bitsPerSecond
                && mediaType.equals(d.mediaType)
                && Arrays.equals(headers, d.headers)
                && Arrays.equals(key, d.key);
    }

    @Override
    public int hashCode() {
        return version * 31 + mediaType.hashCode();
    }
}
