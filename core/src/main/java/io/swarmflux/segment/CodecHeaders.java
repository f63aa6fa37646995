package io.swarmflux.segment;

import java.util.Arrays;

/**
 * What a decoder needs before it can begin in the middle of a stream, for example the {@code moov} box of a fragmented MP4. They hold for
 * every segment that names their version, and may change from segment to segment; their version grows then.
 *
 * @param version 0 for none; grows within an epoch whenever the bytes change
 * @param bytes as they go before the first segment that is played, at most {@value Description#MAX_HEADER_BYTES}; not to be written to
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode are written out below
public record CodecHeaders(int version, byte[] bytes) {
    /** A stream in which whatever a decoder needs comes again and again. */
    public static final CodecHeaders NONE = new CodecHeaders(0, new byte[0]);

    /** Checks version and length. */
    public CodecHeaders {
        if (version < 0) {
            throw new IllegalArgumentException("a version of codec headers is not negative, was " + version);
        }
        if (bytes.length > Description.MAX_HEADER_BYTES) {
            throw new IllegalArgumentException(
                    "codec headers have at most " + Description.MAX_HEADER_BYTES + " bytes, were " + bytes.length);
        }
    }

    /**
     * The headers that come after these.
     *
     * @param newer their bytes
     * @return these when nothing has changed, otherwise a larger version
     */
    public CodecHeaders changedTo(byte[] newer) {
        return version > 0 && Arrays.equals(bytes, newer) ? this : new CodecHeaders(version + 1, newer);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodecHeaders h && version == h.version && Arrays.equals(bytes, h.bytes);
    }

    @Override
    public int hashCode() {
        return version * 31 + Arrays.hashCode(bytes);
    }
}
