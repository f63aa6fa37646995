package io.swarmflux.swarm;

/**
 * Bytes of a segment's encoded form that somebody misses.
 *
 * @param sequence which segment
 * @param from the first byte
 * @param until one past the last byte; 0, with {@code from} 0, for the whole segment, however long
 */
public record Piece(long sequence, int from, int until) {
    /**
     * A whole segment.
     *
     * @param sequence which
     * @return the piece
     */
    public static Piece whole(long sequence) {
        return new Piece(sequence, 0, 0);
    }

    /** One past the last byte, a whole segment having as many as there can be. */
    int end() {
        return until == 0 ? Integer.MAX_VALUE : until;
    }
}
