package io.swarmflux.directory;

import java.time.Duration;

/** What becomes of an announcement. */
public sealed interface LeaseEvent {
    /**
     * Where.
     *
     * @return the name of the directory
     */
    String directory();

    /**
     * The peer is known until the lease ends, and will be renewed before.
     *
     * @param directory where
     * @param lease what was granted
     */
    record Held(String directory, Lease lease) implements LeaseEvent {}

    /**
     * The directory did not answer, or refused for now.
     *
     * @param directory where
     * @param why what it said
     * @param again in what time it is tried again
     */
    record Failing(String directory, DirectoryException why, Duration again) implements LeaseEvent {}

    /**
     * One of several directories has refused for good; the others go on.
     *
     * @param directory where
     * @param why what it said
     */
    record Refused(String directory, DirectoryException why) implements LeaseEvent {}
}
