package io.swarmflux.flux;

/**
 * Looks on while elements go through a hub, for measurements. Called inside the drain loop, one call at a time: it must be
 * quick and must not throw.
 *
 * @param <T> the element
 */
public interface HubWatch<T> {
    /**
     * The first copy of an element has come, and is in the window now.
     *
     * @param element the element
     */
    void accepted(T element);

    /**
     * Everything before an element is here or was passed: from now on readers with the hub's own patience are given it in order. Called
     * once for each element, in order; never for one that came after its place had been passed.
     *
     * @param element the element
     */
    void published(T element);
}
