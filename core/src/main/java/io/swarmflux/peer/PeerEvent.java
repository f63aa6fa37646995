package io.swarmflux.peer;

import io.swarmflux.flux.Gap;
import java.util.List;

/** Something that happened to a running peer and that people or programs may want to know. */
public sealed interface PeerEvent {
    /**
     * A sentence for people.
     *
     * @return one line, naming the peers, addresses and sequences concerned
     */
    String text();

    /**
     * A link is open and greeted.
     *
     * @param peer the other end
     * @param address its address
     * @param dialled whether this peer dialled
     */
    record LinkUp(String peer, String address, boolean dialled) implements PeerEvent {
        @Override
        public String text() {
            return "link to " + peer + " (" + address + ") is up";
        }
    }

    /**
     * A link is gone.
     *
     * @param peer the other end; empty when it never said
     * @param address its address
     * @param reason why, as far as known
     */
    record LinkDown(String peer, String address, String reason) implements PeerEvent {
        @Override
        public String text() {
            return "link to " + (peer.isEmpty() ? address : peer + " (" + address + ")") + " is down: " + reason;
        }
    }

    /**
     * An upstream cannot be reached. Each reason is told once until it is reached; the peer keeps trying.
     *
     * @param address what was dialled
     * @param reason what the network said
     */
    record Unreachable(String address, String reason) implements PeerEvent {
        @Override
        public String text() {
            return "cannot reach " + address + " (" + reason + "); keeps trying";
        }
    }

    /**
     * The peer is known in a directory, for the first time or again.
     *
     * @param directory where
     * @param addresses where others are told to dial it
     */
    record Announced(String directory, List<String> addresses) implements PeerEvent {
        /** Copies the list. */
        public Announced {
            addresses = List.copyOf(addresses);
        }

        @Override
        public String text() {
            return "is announced in " + directory + " on " + String.join(", ", addresses);
        }
    }

    /**
     * A directory does not do what it should. Each reason is told once until it works again; the peer goes on without, and keeps
     * trying.
     *
     * @param directory which
     * @param reason what is wrong
     */
    record DirectoryFails(String directory, String reason) implements PeerEvent {
        @Override
        public String text() {
            return directory + " fails: " + reason + "; goes on without it and keeps trying";
        }
    }

    /**
     * An upstream does not serve this peer. Each reason is told once; the peer asks again, and follows where it is redirected.
     *
     * @param peer the upstream
     * @param reason what it said
     */
    record Refused(String peer, String reason) implements PeerEvent {
        @Override
        public String text() {
            return peer + " does not serve this peer: " + reason;
        }
    }

    /**
     * It feeds other sub-streams into its island than before.
     *
     * @param island what the island is called in ways
     * @param subStreams which it feeds now; none when it is no gateway
     */
    record Gateway(String island, List<Integer> subStreams) implements PeerEvent {
        @Override
        public String text() {
            return subStreams.isEmpty()
                    ? "feeds nothing into " + island + " any more"
                    : "feeds sub-streams " + subStreams + " into " + island;
        }
    }

    /**
     * A reader passed a gap.
     *
     * @param reader its name
     * @param gap what it passed
     */
    record Passed(String reader, Gap gap) implements PeerEvent {
        @Override
        public String text() {
            return "reader '" + reader + "' passed " + gap.from() + " to " + (gap.until() - 1) + " of epoch "
                    + gap.epoch() + ": " + gap.reason();
        }
    }

    /**
     * The peer plays a new epoch.
     *
     * @param epoch the epoch
     * @param from the first sequence it takes
     */
    record Epoch(long epoch, long from) implements PeerEvent {
        @Override
        public String text() {
            return "plays epoch " + epoch + " from sequence " + from;
        }
    }

    /**
     * Two peers disagree: another epoch while the present one goes on, or other bytes under one sequence.
     *
     * @param peer who said so
     * @param what the difference
     */
    record Conflict(String peer, String what) implements PeerEvent {
        @Override
        public String text() {
            return "conflict with " + peer + ": " + what;
        }
    }

    /**
     * Somebody was closed because it did not advance for 10 s in a lossless stream.
     *
     * @param name the downstream or reader
     * @param at the sequence it stood at
     */
    record TooSlow(String name, long at) implements PeerEvent {
        @Override
        public String text() {
            return "closed '" + name + "': it stood at sequence " + at + " for 10 s in a lossless stream";
        }
    }

    /**
     * A seeder's source failed; what came of it is the whole stream.
     *
     * @param reason what the source said
     */
    record SourceFailed(String reason) implements PeerEvent {
        @Override
        public String text() {
            return "the source failed: " + reason;
        }
    }

    /**
     * The epoch is over.
     *
     * @param epoch the epoch
     * @param finalSequence its last sequence; -1 when it was empty
     */
    record Ended(long epoch, long finalSequence) implements PeerEvent {
        @Override
        public String text() {
            return "epoch " + epoch + " ends at sequence " + finalSequence;
        }
    }
}
