package io.swarmflux.topology;

import io.swarmflux.segment.Mode;
import io.swarmflux.segment.StreamId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Who is upstream of whom, over which links, on which islands. What {@link TopologyFile} returns is consistent: names
 * are unique, every name that is used exists, and a seeder's stream reaches every peer.
 *
 * @param streams the programmes
 * @param seeders who generates them
 * @param peers who receives, plays and relays them
 * @param groups peers that are alike, only for a simulation
 * @param links the links that are worse than perfect
 * @param islands who hears whose multicast
 * @param simulation how it is simulated; empty when the file does not say
 */
public record Topology(
        List<Stream> streams,
        List<Seeder> seeders,
        List<Peer> peers,
        List<Group> groups,
        List<Link> links,
        List<Island> islands,
        Optional<Simulation> simulation) {

    /** Copies the lists. */
    public Topology {
        streams = List.copyOf(streams);
        seeders = List.copyOf(seeders);
        peers = List.copyOf(peers);
        groups = List.copyOf(groups);
        links = List.copyOf(links);
        islands = List.copyOf(islands);
    }

    /**
     * The condition of the link between two peers or seeders, in either order.
     *
     * @param one a name
     * @param other another name
     * @return what the file says about the link; {@link Condition#NONE} when it says nothing
     */
    public Condition condition(String one, String other) {
        return links.stream()
                .filter(link -> link.joins(one, other))
                .findFirst()
                .map(Link::condition)
                .orElse(Condition.NONE);
    }

    /**
     * One live programme.
     *
     * @param id its name
     * @param mode live or lossless: as written, else lossless when its seeders' pace is none
     * @param subStreams the number of sub-streams K, 4 to 64; 8 by default
     */
    public record Stream(StreamId id, Mode mode, int subStreams) {}

    /**
     * Who generates a stream.
     *
     * @param name unique among seeders and peers
     * @param stream what it generates
     * @param feed where the stream comes from, and how fast
     * @param serving how it serves its downstreams
     * @param host the access link of its machine
     */
    public record Seeder(String name, StreamId stream, Feed feed, Serving serving, Host host) {}

    /**
     * What a seeder makes its stream from.
     *
     * @param source where the bytes come from
     * @param pace how fast they are given out
     * @param segmentBytes the size of a segment's payload; 16 KiB by default, at most 256 KiB
     * @param epoch the epoch; empty lets the seeder choose
     */
    public record Feed(Source source, Pace pace, int segmentBytes, OptionalLong epoch) {}

    /**
     * Who receives, plays and relays a stream.
     *
     * @param name unique among seeders and peers
     * @param stream what it receives
     * @param upstreams the names of the peers and seeders it takes segments from, at most 64; may be empty for a member of
     *     an island
     * @param playing what it does with the stream itself
     * @param serving how it serves its downstreams
     * @param host the access link of its machine
     */
    public record Peer(
            String name, StreamId stream, List<String> upstreams, Playing playing, Serving serving, Host host) {
        /** Copies the list. */
        public Peer {
            upstreams = List.copyOf(upstreams);
        }
    }

    /**
     * Peers that are alike. Their names are the group's, a dash and a number from 1.
     *
     * @param peers how many there are
     * @param neighbours how many other peers and seeders each is linked with on average, at random; each end of such a link
     *     is upstream of the other
     * @param each what every one of them is; it has the group's name, and the upstreams that all have besides
     */
    public record Group(int peers, int neighbours, Peer each) {
        /**
         * The name of the group.
         *
         * @return unique among seeders, peers and groups
         */
        public String name() {
            return each.name();
        }
    }

    /**
     * What a peer does with the stream itself.
     *
     * @param players its players; empty for a peer that only relays
     * @param rate the most that each of its players takes, in bits a second: a slow player; empty for as fast as it comes
     * @param playoutDelay how far behind the live edge it plays; 2 s by default
     * @param lossless whether its players wait for a hole until no known peer has it; false by default
     */
    public record Playing(List<Player> players, OptionalLong rate, Duration playoutDelay, boolean lossless) {
        /** How far behind the live edge a peer plays when nobody says otherwise. */
        public static final Duration DEFAULT_PLAYOUT_DELAY = Duration.ofSeconds(2);

        /** Copies the list. */
        public Playing {
            players = List.copyOf(players);
        }
    }

    /**
     * How a peer or a seeder serves its downstreams.
     *
     * @param listen where it listens, {@code HOST:PORT}; port 0 takes a free one, and {@code 127.0.0.1:0} is the default
     * @param uploadLimit the most it sends to all downstreams together, in bits a second; empty for no limit
     * @param downstreamLimit the most it sends to each downstream, in bits a second; empty for no limit
     * @param maxDownstreams the most downstreams it accepts, not negative; empty for no limit
     * @param waitFor how many downstreams must be there before it starts; 0 by default
     * @param linger how long it serves on after the end; 5 s by default
     */
    public record Serving(
            String listen,
            OptionalLong uploadLimit,
            OptionalLong downstreamLimit,
            OptionalInt maxDownstreams,
            int waitFor,
            Duration linger) {
        /** Where a peer listens when nobody says otherwise: a free port of the loopback interface. */
        public static final String DEFAULT_LISTEN = "127.0.0.1:0";

        /** How long a peer serves on after the end when nobody says otherwise. */
        public static final Duration DEFAULT_LINGER = Duration.ofSeconds(5);
    }

    /**
     * A link that is worse than perfect.
     *
     * @param one the name of one end
     * @param other the name of the other end
     * @param condition what it does to frames, the same in both directions
     */
    public record Link(String one, String other, Condition condition) {
        /**
         * Whether this is the link between two ends, in either order.
         *
         * @param a a name
         * @param b another name
         * @return true for its two ends
         */
        public boolean joins(String a, String b) {
            return (one.equals(a) && other.equals(b)) || (one.equals(b) && other.equals(a));
        }
    }

    /**
     * Peers that hear each other's multicast.
     *
     * @param name unique among islands
     * @param group where it sends; empty when it exists only inside a process
     * @param members the names of its peers and groups, all of one stream
     * @param gateways how many members feed it from the outside; 1 by default
     * @param secretFile the file with the secret that its members share, as the topology file has it
     * @param condition what the group does to frames; anything but {@link GroupCondition#NONE} only inside a process
     */
    public record Island(
            String name,
            Optional<MulticastGroup> group,
            List<String> members,
            int gateways,
            Optional<String> secretFile,
            GroupCondition condition) {
        /** Copies the list. */
        public Island {
            members = List.copyOf(members);
        }

        /**
         * Whether it exists only inside a process: the file gives conditions, or no group.
         *
         * @return false when its members join a group of a network
         */
        public boolean inside() {
            return group.isEmpty() || !condition.equals(GroupCondition.NONE);
        }

        /**
         * Where it sends, in the words of the file, for labels and reports.
         *
         * @return the group; empty when it exists only inside a process
         */
        public String place() {
            return group.map(MulticastGroup::toString).orElse("");
        }
    }
}
