package io.swarmflux.directory;

import java.util.List;

/** What a watch tells. */
public sealed interface DirectoryEvent {
    /**
     * All that are known; whoever was known before and is not named is gone.
     *
     * @param peers in no order
     */
    record Snapshot(List<PeerRecord> peers) implements DirectoryEvent {
        /** Copies the list. */
        public Snapshot {
            peers = List.copyOf(peers);
        }
    }

    /**
     * Somebody has announced itself, maybe a newer incarnation of one that was known.
     *
     * @param peer who
     */
    record Joined(PeerRecord peer) implements DirectoryEvent {}

    /**
     * Somebody has changed what it says of itself.
     *
     * @param peer what it says now
     */
    record Updated(PeerRecord peer) implements DirectoryEvent {}

    /**
     * Somebody has withdrawn, or its lease has ended.
     *
     * @param name who
     * @param incarnation which of it
     */
    record Left(String name, long incarnation) implements DirectoryEvent {}

    /**
     * What was told may be out of date, until the next {@link Snapshot}.
     *
     * @param why what is wrong
     */
    record Broken(DirectoryException why) implements DirectoryEvent {}
}
