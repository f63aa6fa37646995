package io.swarmflux.flux;

/**
 * A reader whose lag policy is to fail was too slow. Only that reader sees it; it can read again from a newer place.
 */
public final class LaggedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The sequence it stood at. */
    private final long at;

    /** The edge when it failed. */
    private final long edge;

    /**
     * Says how far behind the reader was.
     *
     * @param reader its name
     * @param at the sequence it stood at
     * @param edge one past the newest sequence
     */
    public LaggedException(String reader, long at, long edge) {
        super("reader '" + reader + "' at sequence " + at + " was too far behind the edge " + edge
                + "; read faster, skip, or wait");
        this.at = at;
        this.edge = edge;
    }

    /**
     * Where the reader stood.
     *
     * @return the sequence it wanted next
     */
    public long at() {
        return at;
    }

    /**
     * Where the stream was.
     *
     * @return one past the newest sequence
     */
    public long edge() {
        return edge;
    }
}
