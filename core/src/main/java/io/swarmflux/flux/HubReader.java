package io.swarmflux.flux;

/** One reader of a hub, seen from outside: a subscription of its {@code flux}, {@code signals} or {@code arrivals}. From any thread. */
public interface HubReader {
    /**
     * Its name.
     *
     * @return {@link ReaderSpec#name()}, which several readers may share
     */
    String name();

    /**
     * What it was given so far: elements, and gaps that were told in band.
     *
     * @return only grows
     */
    long received();

    /**
     * How far it is behind what the hub holds, over all epochs that it still has to read.
     *
     * @return sequences between its place and the newest; 0 when it has ended or nothing has begun
     */
    long lag();
}
