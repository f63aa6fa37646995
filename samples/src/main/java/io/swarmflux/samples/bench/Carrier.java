package io.swarmflux.samples.bench;

import java.util.List;

/** One way to carry segments from a sender to receivers, both in this process, over sockets. */
@FunctionalInterface
public interface Carrier {
    /**
     * Opens receivers and sender, then takes the feed on a thread of its own and brings each segment to every receiver.
     *
     * @param feed what to send; taken when all receivers are there
     * @param receivers who takes it, each on one thread at a time
     * @return closes everything
     * @throws Exception when it cannot be opened
     */
    AutoCloseable carry(Feed feed, List<Arrivals> receivers) throws Exception;
}
