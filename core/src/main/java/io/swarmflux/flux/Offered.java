package io.swarmflux.flux;

/** What became of an element that was offered to a window. */
public enum Offered {
    /** It is in the window now. */
    ACCEPTED,
    /** The window holds one with this number already. */
    DUPLICATE,
    /** The window holds one with this number already, and the two differ. */
    CONFLICT,
    /** The window has moved past it. */
    LATE,
    /** It is too far ahead, or does not fit: the window cannot take it now. */
    BEYOND
}
