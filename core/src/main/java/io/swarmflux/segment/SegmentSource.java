package io.swarmflux.segment;

import reactor.core.publisher.Flux;

/** Where a seeder takes its stream from. */
public interface SegmentSource {
    /**
     * The stream's pieces, numbered by their place.
     *
     * @param from the first sequence wanted; a source that is not {@link #rereadable()} is only asked for 0, once
     * @return the pieces {@code from}, {@code from + 1}, … on request; ends when the source does (at once when there is no
     *     piece {@code from}), fails when it cannot be read
     */
    Flux<Cut> cuts(long from);

    /**
     * Whether {@link #cuts} may be called again, for any sequence, while another reading goes on. Each reading gives
     * the same pieces.
     *
     * @return true for files and counters, false for a pipe or a camera
     */
    boolean rereadable();

    /**
     * What plays this stream.
     *
     * @return a media type, by default {@code application/octet-stream}
     */
    default String mediaType() {
        return "application/octet-stream";
    }
}
