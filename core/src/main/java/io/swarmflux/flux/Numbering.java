package io.swarmflux.flux;

import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * How to read number, epoch and size off an element. The functions are called often and from several threads: they must be
 * quick, pure, and give the same answer for the same element. An element on which one of them throws is discarded, and
 * the upstream that sent it is cancelled and counts as failed.
 *
 * @param sequence the number within the epoch, 0 to 2^60 - 1
 * @param epoch the epoch, not negative; default always 0
 * @param sizeBytes what it costs in the window, in bytes; default 1, so that a bound in bytes counts elements
 * @param randomAccess whether a reader may start here; default always
 * @param same whether two elements with one number are equal; default always, which detects no conflict
 * @param <T> the element
 */
public record Numbering<T>(
        ToLongFunction<? super T> sequence,
        ToLongFunction<? super T> epoch,
        ToIntFunction<? super T> sizeBytes,
        Predicate<? super T> randomAccess,
        BiPredicate<? super T, ? super T> same) {
    /** The largest sequence; leaves room for sums and for two bits beside it. */
    static final long MAX_SEQUENCE = (1L << 60) - 1;

    /**
     * Numbers elements.
     *
     * @param sequence the number, not negative
     * @param <T> the element
     * @return the numbering with one epoch, and elements of size 1 where any reader may start
     */
    public static <T> Numbering<T> of(ToLongFunction<? super T> sequence) {
        return new Numbering<>(sequence, t -> 0, t -> 1, t -> true, (a, b) -> true);
    }

    /**
     * Sets the epoch.
     *
     * @param function the epoch, not negative
     * @return the numbering with epochs
     */
    public Numbering<T> inEpochs(ToLongFunction<? super T> function) {
        return new Numbering<>(sequence, function, sizeBytes, randomAccess, same);
    }

    /**
     * Sets the size.
     *
     * @param function bytes, at least 0
     * @return the numbering with sizes
     */
    public Numbering<T> sized(ToIntFunction<? super T> function) {
        return new Numbering<>(sequence, epoch, function, randomAccess, same);
    }

    /**
     * Sets where a reader may start.
     *
     * @param predicate true for a random-access point
     * @return the numbering with random-access points
     */
    public Numbering<T> startingAt(Predicate<? super T> predicate) {
        return new Numbering<>(sequence, epoch, sizeBytes, predicate, same);
    }

    /**
     * Sets what tells a duplicate from a conflict.
     *
     * @param predicate true when two elements of one number are equal
     * @return the numbering that detects conflicts
     */
    public Numbering<T> comparedBy(BiPredicate<? super T, ? super T> predicate) {
        return new Numbering<>(sequence, epoch, sizeBytes, randomAccess, predicate);
    }

    /** The number of an element, checked. */
    long sequenceOf(T element) {
        long number = sequence.applyAsLong(element);
        if (number < 0 || number > MAX_SEQUENCE) {
            throw new IllegalArgumentException("a sequence is 0 to 2^60 - 1, was " + number);
        }
        return number;
    }

    /** The epoch of an element, checked. */
    long epochOf(T element) {
        long number = epoch.applyAsLong(element);
        if (number < 0) {
            throw new IllegalArgumentException("an epoch is not negative, was " + number);
        }
        return number;
    }

    /** The size of an element, checked. */
    int sizeOf(T element) {
        int size = sizeBytes.applyAsInt(element);
        if (size < 0) {
            throw new IllegalArgumentException("a size is not negative, was " + size);
        }
        return size;
    }
}
