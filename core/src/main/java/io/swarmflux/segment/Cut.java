package io.swarmflux.segment;

/**
 * A segment before it has a number: what a {@link Segmenter} makes and a seeder numbers.
 *
 * @param payload the bytes; the caller gives them away and must not write to them again
 * @param mediaTimeUs when it is due on the stream's time line, in microseconds
 * @param flags {@link Segment#RANDOM_ACCESS} and {@link Segment#DISCONTINUITY}, added
 * @param headers what a player that starts with it must be given before; versions only grow from piece to piece
 */
@SuppressWarnings("ArrayRecordComponent") // a value that is handed over once and never compared
public record Cut(byte[] payload, long mediaTimeUs, int flags, CodecHeaders headers) {
    /**
     * A cut that needs no codec headers.
     *
     * @param payload the bytes; the caller gives them away and must not write to them again
     * @param mediaTimeUs when it is due on the stream's time line, in microseconds
     * @param flags {@link Segment#RANDOM_ACCESS} and {@link Segment#DISCONTINUITY}, added
     */
    public Cut(byte[] payload, long mediaTimeUs, int flags) {
        this(payload, mediaTimeUs, flags, CodecHeaders.NONE);
    }
}
