package io.swarmflux.samples.draw;

import io.swarmflux.segment.Mode;
import io.swarmflux.segment.StreamId;
import io.swarmflux.topology.Pace;
import io.swarmflux.topology.Player;
import io.swarmflux.topology.Quantity;
import io.swarmflux.topology.Source;
import io.swarmflux.topology.Topology;
import java.util.ArrayList;
import java.util.List;

/** What is written in the box of each part of a topology. */
final class Faces {
    private final Topology topology;

    Faces(Topology topology) {
        this.topology = topology;
    }

    /** The number of a stream, from 0. */
    int stream(StreamId id) {
        return topology.streams().stream().map(Topology.Stream::id).toList().indexOf(id);
    }

    Picture.Face of(Topology.Seeder seeder) {
        List<String> lines = new ArrayList<>();
        Topology.Stream stream = topology.streams().get(stream(seeder.stream()));
        lines.add(stream.id() + (stream.mode() == Mode.LIVE ? ", live" : ", lossless"));
        if (seeder.feed().source() instanceof Source.Input input) {
            lines.add(shortened(input.location()));
        }
        if (seeder.feed().pace() instanceof Pace.Rate rate) {
            lines.add(Quantity.bitsPerSecond(rate.bitsPerSecond()));
        }
        limits(seeder.serving(), lines);
        return new Picture.Face(Picture.Kind.SEEDER, stream(seeder.stream()), seeder.name(), lines);
    }

    Picture.Face of(Topology.Peer peer) {
        List<String> lines = new ArrayList<>();
        peer.playing().players().forEach(player -> lines.add(words(player)));
        peer.playing().rate().ifPresent(rate -> lines.add("plays ≤ " + Quantity.bitsPerSecond(rate)));
        limits(peer.serving(), lines);
        Picture.Kind kind = peer.playing().players().isEmpty() ? Picture.Kind.RELAYS : Picture.Kind.PLAYS;
        return new Picture.Face(kind, stream(peer.stream()), peer.name(), lines);
    }

    Picture.Face of(Topology.Island island) {
        String gateways = island.gateways() == 1 ? "1 gateway" : island.gateways() + " gateways";
        return new Picture.Face(
                Picture.Kind.ISLAND,
                0,
                island.name(),
                List.of((island.group().isPresent() ? island.place() + ", " : "") + gateways));
    }

    private static String words(Player player) {
        if (player instanceof Player.ToFile file) {
            return shortened(file.path());
        }
        if (player instanceof Player.Http http) {
            return "http:" + http.port();
        }
        return player instanceof Player.Check ? "check" : "standard output";
    }

    private static void limits(Topology.Serving serving, List<String> lines) {
        serving.uploadLimit().ifPresent(rate -> lines.add("uploads ≤ " + Quantity.bitsPerSecond(rate)));
    }

    /** The end of a long path or address says more than its beginning. */
    private static String shortened(String path) {
        return path.length() <= 28 ? path : "…" + path.substring(path.length() - 27);
    }
}
