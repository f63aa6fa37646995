package io.swarmflux.topology;

import io.swarmflux.segment.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads seeders and peers, each by itself. */
final class MemberReader {
    private static final String EXPECTED_PACE = "realtime, none or " + Quantity.RATE;
    private static final String EXPECTED_PLAYER =
            "check, file: FILE, http:PORT with a port from 1 to 65535, or \"-\" for standard output";
    private static final String EXPECTED_STREAM = "the name of a stream";

    /** The default payload of a segment. */
    private static final int SEGMENT_BYTES = 16 * 1024;

    /** More upstreams than there can be sub-streams to take from them are of no use. */
    private static final int MAX_UPSTREAMS = 64;

    private static final int MAX_PLAYERS = 16;

    private final Draft draft;
    private final Problems problems;

    MemberReader(Draft draft, Problems problems) {
        this.draft = draft;
        this.problems = problems;
    }

    void seeder(Placed<String> name, Yaml node) {
        Fields fields = new Fields("a seeder", name.at(), node, problems);
        Optional<Placed<String>> stream = fields.text("stream", EXPECTED_STREAM);
        Source source = source(fields);
        Pace pace = fields.parsed("pace", MemberReader::pace, EXPECTED_PACE)
                .orElse(source instanceof Source.Counter ? new Pace.None() : new Pace.Realtime());
        long segmentBytes =
                fields.bytes("segment-size", 1, Segment.MAX_PAYLOAD_BYTES).orElse(SEGMENT_BYTES);
        Topology.Feed feed =
                new Topology.Feed(source, pace, (int) segmentBytes, fields.whole("epoch", 0, Long.MAX_VALUE));
        Topology.Serving serving = serving(fields);
        Host host = host(fields);
        Place paceAt = fields.place("pace");
        if (fields.done()) {
            checkSource(fields);
        }
        draft.seeders.put(name.value(), new Draft.Seeder(name.at(), name.value(), stream, feed, paceAt, serving, host));
    }

    private Source source(Fields fields) {
        OptionalLong counter = fields.whole("counter", 1, Long.MAX_VALUE);
        Optional<String> input = fields.text("input", "a file, a URL or \"-\"").map(Placed::value);
        boolean loop = fields.flag("loop");
        return input.isPresent() ? new Source.Input(input.get(), loop) : new Source.Counter(counter.orElse(1));
    }

    private void checkSource(Fields fields) {
        if (fields.has("counter") == fields.has("input")) {
            String found = fields.has("counter") ? "both counter and input" : "a seeder without a source";
            problems.add(fields.place("counter"), found, "one source: 'counter: N' or 'input: FILE'");
        }
        if (fields.flag("loop") && fields.has("counter")) {
            problems.add(fields.place("loop"), "a counter that loops", "loop beside an input only");
        }
    }

    private static Pace pace(String text) {
        return switch (text) {
            case "realtime" -> new Pace.Realtime();
            case "none" -> new Pace.None();
            default -> {
                long rate = Quantity.bitsPerSecond(text);
                if (rate == 0) {
                    throw new IllegalArgumentException("a pace is at least 1 bit/s");
                }
                yield new Pace.Rate(rate);
            }
        };
    }

    void peer(Placed<String> name, Yaml node) {
        Fields fields = new Fields("a peer", name.at(), node, problems);
        draft.peers.put(name.value(), peer(name, fields));
    }

    /** Peers that are alike. */
    void group(Placed<String> name, Yaml node) {
        Fields fields = new Fields("a group", name.at(), node, problems);
        OptionalInt peers = fields.count("peers", 1, TopologyFile.MAX_PEERS);
        int neighbours =
                fields.count("neighbours", 0, TopologyFile.MAX_PEERS - 1).orElse(0);
        Draft.Peer each = peer(name, fields);
        if (each.sound() && peers.isEmpty()) {
            problems.add(name.at(), "a group without peers", "'peers: N', for example 'peers: 100'");
        } else if (fields.has("listen")) {
            problems.add(fields.place("listen"), "one address for many peers", "no 'listen' in a group");
        }
        draft.groups.put(name.value(), new Draft.Group(peers.orElse(1), neighbours, each));
        if (draft.size() > TopologyFile.MAX_PEERS) {
            throw problems.fatal(
                    fields.place("peers"),
                    "more than " + TopologyFile.MAX_PEERS + " peers and seeders",
                    "at most that many");
        }
    }

    private Draft.Peer peer(Placed<String> name, Fields fields) {
        Optional<Placed<String>> stream = fields.text("stream", EXPECTED_STREAM);
        List<Placed<String>> upstreams = List.of();
        if (fields.items("upstreams").size() > MAX_UPSTREAMS) {
            problems.add(
                    fields.place("upstreams"),
                    fields.items("upstreams").size() + " upstreams",
                    "at most " + MAX_UPSTREAMS);
        } else {
            upstreams = fields.names("upstreams", TopologyReader.EXPECTED_MEMBER_NAME);
        }
        Topology.Playing playing = new Topology.Playing(
                players(fields),
                fields.rate("player-rate"),
                fields.duration("playout-delay", Topology.Playing.DEFAULT_PLAYOUT_DELAY),
                fields.flag("lossless"));
        Topology.Serving serving = serving(fields);
        Host host = host(fields);
        boolean sound = fields.done();
        return new Draft.Peer(name.at(), name.value(), stream, sound, upstreams, playing, serving, host);
    }

    private static Host host(Fields fields) {
        return new Host(fields.rate("upload"), fields.rate("download"));
    }

    private Topology.Serving serving(Fields fields) {
        Optional<Placed<String>> listen = fields.text("listen", HostPort.EXPECTED);
        listen.ifPresent(text -> HostPort.of(text.value())
                .ifPresentOrElse(
                        address -> draft.listeners.add(new Placed<>(address, text.at())),
                        () -> problems.add(text.at(), Quantity.quoted(text.value()), HostPort.EXPECTED)));
        return new Topology.Serving(
                listen.map(Placed::value).orElse(Topology.Serving.DEFAULT_LISTEN),
                fields.rate("upload-limit"),
                fields.rate("downstream-limit"),
                fields.count("max-downstreams", 0, Integer.MAX_VALUE),
                fields.count("wait-for", 0, TopologyFile.MAX_PEERS).orElse(0),
                fields.duration("linger", Topology.Serving.DEFAULT_LINGER));
    }

    private List<Player> players(Fields fields) {
        List<Player> players = new ArrayList<>();
        List<Yaml> items = fields.items("play");
        if (items.size() > MAX_PLAYERS) {
            problems.add(fields.place("play"), items.size() + " players", "at most " + MAX_PLAYERS);
            return players;
        }
        for (Yaml item : items) {
            (item instanceof Yaml.Mapping ? playerOf(item) : player(fields, item)).ifPresent(players::add);
        }
        return players;
    }

    /** A player in the form of the command line. */
    private Optional<Player> player(Fields fields, Yaml item) {
        Optional<Placed<String>> text = fields.text(item, EXPECTED_PLAYER);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String player = text.get().value();
        if (player.equals("check")) {
            return Optional.of(new Player.Check());
        }
        if (player.equals("-")) {
            return Optional.of(new Player.ToStandardOutput());
        }
        if (player.startsWith("http:") && HostPort.isPort(player.substring(5), 1)) {
            return Optional.of(http(Integer.parseInt(player.substring(5)), item.at()));
        }
        problems.addName(item.at(), "the player", player, EXPECTED_PLAYER, List.of("check"));
        return Optional.empty();
    }

    /** A player with a name and a value. */
    private Optional<Player> playerOf(Yaml item) {
        Fields fields = new Fields("a player", item.at(), item, problems);
        Optional<Placed<String>> file = fields.text("file", "the path of a file");
        OptionalLong http = fields.whole("http", 1, 65_535);
        if (fields.done() && fields.has("file") == fields.has("http")) {
            problems.add(item.at(), "a player that is not exactly one of file and http", EXPECTED_PLAYER);
        }
        return http.isPresent()
                ? Optional.of(http((int) http.getAsLong(), fields.place("http")))
                : file.map(path -> new Player.ToFile(path.value()));
    }

    private Player http(int port, Place at) {
        draft.listeners.add(new Placed<>(new HostPort("*", port), at));
        return new Player.Http(port);
    }
}
