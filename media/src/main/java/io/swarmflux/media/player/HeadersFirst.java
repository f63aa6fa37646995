package io.swarmflux.media.player;

import io.swarmflux.segment.Segment;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * Puts codec headers before the segments with which a decoder begins: the first one that is played, and the first that needs other
 * headers than the one before it, where those were missed. A segment that begins with headers itself is left alone. For one play, on one
 * thread.
 */
public final class HeadersFirst {
    /** What begins like its headers is taken to begin with them: box, page and chunk are told apart by then. */
    private static final int ALIKE = 8;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Function<Segment, byte[]> headers;
    private long epoch = -1;
    private int version = -1;

    private HeadersFirst(Function<Segment, byte[]> headers) {
        this.headers = headers;
    }

    /**
     * Asks for the headers of a segment when they are needed.
     *
     * @param headers for example {@code peer::headers}
     * @return for one play
     */
    public static HeadersFirst of(Function<Segment, byte[]> headers) {
        return new HeadersFirst(headers);
    }

    /**
     * What is to be played before a segment that is played now.
     *
     * @param segment the next one
     * @return headers, or nothing
     */
    public ByteBuffer before(Segment segment) {
        if (segment.epoch() == epoch && segment.descriptionVersion() == version) {
            return NOTHING;
        }
        epoch = segment.epoch();
        version = segment.descriptionVersion();
        byte[] needed = headers.apply(segment);
        return beginsWith(segment, needed) ? NOTHING : ByteBuffer.wrap(needed);
    }

    /**
     * Whether a segment brings its headers itself.
     *
     * @param segment any
     * @param headers those that it needs
     * @return true when it begins like them; false when it needs none
     */
    public static boolean beginsWith(Segment segment, byte[] headers) {
        int alike = Math.min(ALIKE, headers.length);
        return alike > 0
                && segment.payloadBytes() >= alike
                && segment.payload().limit(alike).equals(ByteBuffer.wrap(headers, 0, alike));
    }
}
