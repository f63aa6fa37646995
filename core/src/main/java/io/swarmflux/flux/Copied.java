package io.swarmflux.flux;

import java.util.Arrays;

/** Arrays that are copied whenever they change, so that they can be walked while they do, without an iterator for each walk. */
final class Copied {
    private Copied() {}

    /** The same and one more. */
    static <E> E[] with(E[] all, E more) {
        E[] copy = Arrays.copyOf(all, all.length + 1);
        copy[all.length] = more;
        return copy;
    }

    /** The same without one; the array itself when it is not there. */
    static <E> E[] without(E[] all, E one) {
        int at = Arrays.asList(all).indexOf(one);
        if (at < 0) {
            return all;
        }
        E[] copy = Arrays.copyOf(all, all.length - 1);
        System.arraycopy(all, at + 1, copy, at, copy.length - at);
        return copy;
    }
}
