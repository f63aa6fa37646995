package io.swarmflux.samples.topology;

import io.swarmflux.media.player.ConsistencyCheck;
import io.swarmflux.media.player.PayloadWriter;
import io.swarmflux.peer.Island;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.Seeder;
import io.swarmflux.samples.run.SentTimes;
import io.swarmflux.samples.run.Slowed;
import io.swarmflux.samples.run.Swarm;
import io.swarmflux.segment.StreamId;
import io.swarmflux.topology.Host;
import io.swarmflux.topology.Player;
import io.swarmflux.topology.Topology;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A topology as seeders and peers of this process, ready to run. */
public final class TopologySwarm {
    private final Topology topology;
    private final Wires wires;
    private final Groups groups;
    private final Map<StreamId, SentTimes> times = new HashMap<>();

    private TopologySwarm(Topology topology, Wires wires, Groups groups) {
        this.topology = topology;
        this.wires = wires;
        this.groups = groups;
    }

    /**
     * Builds everybody.
     *
     * @param topology who is upstream of whom
     * @param seed of what is left to chance on impaired links
     * @return the swarm; nothing is started yet
     * @throws IllegalArgumentException when the topology holds what cannot be run; the message names it
     */
    public static Swarm of(Topology topology, long seed) {
        if (!topology.groups().isEmpty()) {
            throw new IllegalArgumentException("the group '"
                    + topology.groups().get(0).name() + "' cannot be run; simulate it, or write its peers one by one");
        }
        limited(topology).ifPresent(name -> {
            throw new IllegalArgumentException("the access link of '" + name
                    + "' cannot be built on this machine; simulate it, or limit what it sends with upload-limit");
        });
        TopologySwarm swarm = new TopologySwarm(topology, Wires.of(topology, seed), Groups.of(topology, seed));
        List<Swarm.Member> members = new ArrayList<>();
        topology.seeders().forEach(seeder -> members.add(swarm.seeder(seeder)));
        topology.peers().forEach(peer -> members.add(swarm.peer(peer)));
        return new Swarm(members);
    }

    private static Optional<String> limited(Topology topology) {
        return Stream.concat(
                        topology.seeders().stream()
                                .filter(seeder -> !seeder.host().equals(Host.UNLIMITED))
                                .map(Topology.Seeder::name),
                        topology.peers().stream()
                                .filter(peer -> !peer.host().equals(Host.UNLIMITED))
                                .map(Topology.Peer::name))
                .findFirst();
    }

    private Swarm.Member seeder(Topology.Seeder seeder) {
        Seeder built = Seeder.of(seeder.stream(), Sources.of(seeder))
                .at(Sources.pace(seeder))
                .dividedInto(subStreams(seeder))
                .with(options(seeder.name(), seeder.serving()));
        OptionalLong epoch = seeder.feed().epoch();
        built = epoch.isPresent() ? built.inEpoch(epoch.getAsLong()) : built;
        return new Swarm.Member(
                seeder.name(),
                seeder.stream().name(),
                true,
                built.start(),
                List.of(ConsistencyCheck.withLag(times(seeder.stream())::sent)));
    }

    private SentTimes times(StreamId stream) {
        return times.computeIfAbsent(stream, name -> new SentTimes());
    }

    private int subStreams(Topology.Seeder seeder) {
        return topology.streams().stream()
                .filter(stream -> stream.id().equals(seeder.stream()))
                .mapToInt(Topology.Stream::subStreams)
                .findFirst()
                .orElseThrow();
    }

    private Swarm.Member peer(Topology.Peer peer) {
        Peer built =
                Peer.of(peer.stream()).lossless(peer.playing().lossless()).with(options(peer.name(), peer.serving()));
        for (String upstream : peer.upstreams()) {
            built = built.upstream(wires.address(peer.name(), upstream));
        }
        Island island = groups.of(peer.name());
        built = island == null ? built : built.island(island);
        List<io.swarmflux.media.player.Player> players = peer.playing().players().stream()
                .map(player -> player(peer, player))
                .toList();
        return new Swarm.Member(peer.name(), peer.stream().name(), false, built.start(), players);
    }

    private io.swarmflux.media.player.Player player(Topology.Peer peer, Player player) {
        io.swarmflux.media.player.Player built;
        if (player instanceof Player.ToFile file) {
            Path directory = Path.of(file.path()).toAbsolutePath().getParent();
            if (directory == null || !Files.isWritable(directory) || Files.isDirectory(Path.of(file.path()))) {
                throw new IllegalArgumentException("the peer '" + peer.name() + "' cannot write " + file.path()
                        + "; give a file in a directory that exists, as seen from the current directory");
            }
            built = PayloadWriter.toFile(Path.of(file.path()));
        } else if (player instanceof Player.ToStandardOutput) {
            built = PayloadWriter.to("standard output", new FileOutputStream(FileDescriptor.out));
        } else if (player instanceof Player.Http) {
            throw new IllegalArgumentException("the peer '" + peer.name() + "' plays http, which cannot be run yet");
        } else {
            built = ConsistencyCheck.withLag(times(peer.stream())::lagMillis);
        }
        OptionalLong rate = peer.playing().rate();
        return rate.isPresent() ? new Slowed(built, rate.getAsLong()) : built;
    }

    private PeerOptions options(String name, Topology.Serving serving) {
        PeerOptions options = AsWritten.options(name, serving).over(wires.transport(name));
        for (String address : wires.listens(name)) {
            options = options.listeningOn(address);
        }
        return options;
    }
}
