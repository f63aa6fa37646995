package io.swarmflux.media.segmenter;

/**
 * How to cut.
 *
 * @param segmentBytes about how large a piece is
 * @param exact whether the pieces, one after the other, are the input to the byte
 * @param notices takes what is wrong with the input
 */
record Cutting(int segmentBytes, boolean exact, Notices notices) {}
