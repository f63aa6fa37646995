package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A seeder, three relays that it feeds, and players that each take from all three relays, in processes of their own. Nobody
 * takes anything before everybody is there.
 *
 * <pre>
 *            +-- r1 --+-- p1
 *   seed ----+-- r2 --+-- p2      8 Mbit/s in segments of 16 KiB
 *            +-- r3 --+-- ...
 * </pre>
 */
final class RelayMesh implements AutoCloseable {
    static final int BITS_PER_SECOND = 8_000_000;
    static final double SEGMENTS_PER_SECOND = BITS_PER_SECOND / 8.0 / (16 * 1024);

    private static final List<String> RELAYS = List.of("r1", "r2", "r3");
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(5);

    private final List<SwarmProcess> processes = new ArrayList<>();
    private final Map<String, SwarmProcess> relays = new LinkedHashMap<>();
    private final Map<String, SwarmProcess> players = new LinkedHashMap<>();
    private final Map<String, StatusLines> statuses = new LinkedHashMap<>();
    private final Map<String, List<CountingPort>> ports = new LinkedHashMap<>();
    private final Map<String, Long> broughtBefore = new LinkedHashMap<>();
    private final Path dir;
    private final Plan plan;

    /** Where somebody runs: its address, and what starts a command there. */
    record Place(String address, List<String> enter) {}

    /**
     * What to start.
     *
     * @param places of everybody, by name
     * @param players how many
     * @param streamTime how long the stream is
     * @param playoutDelay of the players
     * @param counted whether the links go through ports that count
     */
    record Plan(Map<String, Place> places, int players, Duration streamTime, Duration playoutDelay, boolean counted) {
        /** Everybody on the loopback interface. */
        static Plan local(int players, Duration streamTime, Duration playoutDelay) {
            Map<String, Place> places = new LinkedHashMap<>();
            SwarmProcess.addresses(names(players).toArray(String[]::new))
                    .forEach((name, address) -> places.put(name, new Place(address, List.of())));
            return new Plan(places, players, streamTime, playoutDelay, false);
        }

        /** Everybody on a host of the lab. */
        static Plan in(NetworkLab lab, int players, Duration streamTime, Duration playoutDelay) {
            Map<String, Place> places = new LinkedHashMap<>();
            for (String name : names(players)) {
                NetworkLab.Host host = lab.host(name);
                places.put(name, new Place(host.ip() + ":7000", host.enter()));
            }
            return new Plan(places, players, streamTime, playoutDelay, false);
        }

        /** The same, with links that count. */
        Plan countingBytes() {
            return new Plan(places, players, streamTime, playoutDelay, true);
        }

        long streamBytes() {
            return BITS_PER_SECOND / 8 * streamTime.toSeconds();
        }

        private Place place(String name) {
            return places.get(name);
        }
    }

    private RelayMesh(Path dir, Plan plan) {
        this.dir = dir;
        this.plan = plan;
    }

    /** The names of everybody in a mesh with so many players. */
    static List<String> names(int players) {
        List<String> names = new ArrayList<>(List.of("seed"));
        names.addAll(RELAYS);
        for (int i = 1; i <= players; i++) {
            names.add("p" + i);
        }
        return names;
    }

    /** Starts everybody. */
    static RelayMesh start(Path dir, Plan plan) throws IOException {
        RelayMesh mesh = new RelayMesh(dir, plan);
        try {
            mesh.start();
        } catch (IOException | RuntimeException e) {
            mesh.close();
            throw e;
        }
        return mesh;
    }

    private void start() throws IOException {
        Path source = Files.write(dir.resolve("source.bin"), new byte[(int) plan.streamBytes()]);
        start(
                "seed",
                false,
                "seed --wait-for 3 --pace " + BITS_PER_SECOND / 1_000_000 + "Mbit --input " + source + listen("seed"));
        for (String relay : RELAYS) {
            relays.put(
                    relay,
                    start(relay, false, "peer --wait-for " + plan.players() + listen(relay) + upstream(relay, "seed")));
        }
        for (int i = 1; i <= plan.players(); i++) {
            String player = "p" + i;
            StringBuilder line = new StringBuilder("peer --play check --status 100ms --playout-delay "
                    + plan.playoutDelay().toMillis() + "ms");
            RELAYS.forEach(relay -> line.append(upstream(player, relay)));
            SwarmProcess process = start(player, true, line.toString());
            players.put(player, process);
            statuses.put(player, StatusLines.of(process));
        }
    }

    private SwarmProcess start(String name, boolean keepOutput, String line) {
        String[] args = (line + " --stream s --name " + name).split(" ");
        SwarmProcess process = SwarmProcess.start(plan.place(name).enter(), dir, keepOutput, args);
        processes.add(process);
        return process;
    }

    private String listen(String name) {
        return " --listen " + plan.place(name).address();
    }

    private String upstream(String from, String to) {
        String address = plan.place(to).address();
        if (plan.counted()) {
            CountingPort port = CountingPort.to(address);
            ports.computeIfAbsent(from, n -> new ArrayList<>()).add(port);
            address = port.address();
        }
        return " --upstream " + address;
    }

    /** A relay. */
    SwarmProcess relay(String name) {
        return relays.get(name);
    }

    /** The relay that has brought most to the players since this was asked before. */
    String busiestRelay() throws InterruptedException {
        String busiest = RELAYS.get(0);
        long most = -1;
        for (String relay : RELAYS) {
            long brought = 0;
            for (StatusLines player : statuses.values()) {
                brought += player.await("said anything", line -> true).broughtBy(relay);
            }
            long lately = brought - broughtBefore.getOrDefault(relay, 0L);
            if (lately > most) {
                busiest = relay;
                most = lately;
            }
            broughtBefore.put(relay, brought);
        }
        return busiest;
    }

    /** Waits until every player has received so much of the stream. */
    void awaitReceived(Duration streamTime) throws InterruptedException {
        long segments = (long) (streamTime.toMillis() * SEGMENTS_PER_SECOND / 1000);
        for (StatusLines player : statuses.values()) {
            player.await("received " + segments + " segments", line -> line.received() >= segments);
        }
    }

    /** Waits until the players have ended. */
    void awaitPlayers() throws InterruptedException {
        long deadlineNs = System.nanoTime() + plan.streamTime().plusSeconds(60).toNanos();
        for (SwarmProcess player : players.values()) {
            int code = player.exit(Duration.ofNanos(deadlineNs - System.nanoTime()));
            assertThat(code).as(player.toString()).isBetween(0, 1);
        }
    }

    /** How the players have ended, for people. */
    String played() throws IOException {
        long missing = 0;
        long stalls = 0;
        StringBuilder where = new StringBuilder();
        for (Map.Entry<String, SwarmProcess> player : players.entrySet()) {
            JsonNode report = player.getValue().report();
            missing += report.get("missing").asLong();
            long own = report.get("stalls").asLong();
            stalls += own;
            if (own > 0) {
                where.append("; ")
                        .append(player.getKey())
                        .append(": ")
                        .append(statuses.get(player.getKey()).stalls());
            }
            if (report.get("bytes").asLong() != plan.streamBytes()) {
                where.append("; ")
                        .append(player.getKey())
                        .append(" played ")
                        .append(report.get("bytes"))
                        .append(" bytes");
            }
        }
        return "missing " + missing + ", stalls " + stalls + where;
    }

    /** How the longest of the players took until its sub-streams had moved, after each of some moments. */
    Duration movedWithin(List<Long> momentsNs) {
        Duration worst = Duration.ZERO;
        for (StatusLines player : statuses.values()) {
            for (long atNs : momentsNs) {
                Duration one = player.unsettledAfter(atNs, SETTLED_WITHIN, SEGMENTS_PER_SECOND);
                worst = one.compareTo(worst) > 0 ? one : worst;
            }
        }
        return worst;
    }

    /** The most that a peer has received over its sockets, as a multiple of the stream. */
    double mostReceived() {
        return ports.values().stream()
                        .mapToLong(all ->
                                all.stream().mapToLong(CountingPort::bytes).sum())
                        .max()
                        .orElse(0)
                / (double) plan.streamBytes();
    }

    @Override
    public void close() throws IOException {
        processes.forEach(SwarmProcess::close);
        for (List<CountingPort> all : ports.values()) {
            for (CountingPort port : all) {
                port.close();
            }
        }
    }
}
