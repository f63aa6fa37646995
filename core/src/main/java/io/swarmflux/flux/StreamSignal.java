package io.swarmflux.flux;

/**
 * What an ordered reader is told when it asks for gaps in band: an element, or the gap it passed.
 *
 * @param <T> the element
 */
public sealed interface StreamSignal<T> {
    /**
     * The next element.
     *
     * @param value the element
     * @param <T> its type
     */
    record Element<T>(T value) implements StreamSignal<T> {}

    /**
     * What was passed between the element before and the one after.
     *
     * @param gap the range and the reason
     * @param <T> the element's type
     */
    record Missing<T>(Gap gap) implements StreamSignal<T> {}
}
