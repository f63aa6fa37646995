package io.swarmflux.media.segmenter;

import io.swarmflux.segment.Cut;

/**
 * A cut, where it was in the input, and how much of it is repeated there so that a player may start.
 *
 * @param cut payload, media time and flags
 * @param repeated how many bytes at the beginning of the payload are no bytes of the input at this place
 * @param at where in the input the rest of the payload is, without a break
 */
public record Piece(Cut cut, int repeated, long at) {}
