package io.swarmflux.topology;

/** What a peer does with the stream besides relaying it. */
public sealed interface Player {
    /** Verifies that everything arrives, in order, unharmed. */
    record Check() implements Player {}

    /**
     * Writes the payload to a file.
     *
     * @param path the path as the topology file has it
     */
    record ToFile(String path) implements Player {}

    /** Writes the payload to standard output; one peer of a topology at most. */
    record ToStandardOutput() implements Player {}

    /**
     * Serves a page to watch the stream on.
     *
     * @param port the TCP port, 1 to 65535
     */
    record Http(int port) implements Player {}
}
