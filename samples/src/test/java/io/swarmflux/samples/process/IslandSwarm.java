package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** A seeder outside and an island of members in processes of their own, each of which plays into a file. */
final class IslandSwarm implements AutoCloseable {
    static final int BITS_PER_SECOND = 8_000_000;

    private static final int MOST_TOLD = 3;
    private static final String ADDRESS = "239.77.7.7";
    private static final String PORT = "5077";
    private static final String GROUP = ADDRESS + ":" + PORT + "@eth0";
    private static final int SEGMENT_BYTES = 16 * 1024;

    private final Path dir;
    private final IslandLab lab;
    private final Duration streamTime;
    private final Path source;
    private final Map<String, SwarmProcess> members = new LinkedHashMap<>();
    private final Map<String, StatusLines> statuses = new LinkedHashMap<>();
    private final List<String> lost = new ArrayList<>();
    private final SwarmProcess seeder;
    private final int bitsPerSecond;

    private IslandSwarm(
            Path dir,
            IslandLab lab,
            int hosts,
            int gateways,
            Duration streamTime,
            int bitsPerSecond,
            boolean inside,
            String more)
            throws IOException {
        NetworkLab.Host from = inside ? lab.host("m" + (hosts + 1)) : lab.outside();
        this.bitsPerSecond = bitsPerSecond;
        this.dir = dir;
        this.lab = lab;
        this.streamTime = streamTime;
        this.source = dir.resolve("source.bin");
        byte[] bytes = new byte[(int) (bitsPerSecond / 8 * streamTime.toSeconds())];
        new Random(7).nextBytes(bytes);
        Files.write(source, bytes);
        seeder = SwarmProcess.start(
                from.enter(),
                dir,
                false,
                ("seed --stream s --name seed --wait-for " + hosts + " --linger 3s --pace "
                                + bitsPerSecond / 1_000_000 + "Mbit --input " + source + " --listen "
                                + from.ip() + ":7000" + (inside ? " --island " + GROUP : ""))
                        .split(" "));
        for (String name : IslandLab.names(hosts)) {
            NetworkLab.Host host = lab.host(name);
            String line = "peer --stream s --name " + name + " --linger 3s --listen " + host.ip() + ":7000 --upstream "
                    + from.ip() + ":7000 --island " + GROUP + " --gateways " + gateways
                    + " --playout-delay 2s --status 100ms --play " + dir.resolve(name) + more;
            SwarmProcess process = SwarmProcess.start(host.enter(), dir, true, line.split(" "));
            members.put(name, process);
            statuses.put(name, StatusLines.of(process));
        }
    }

    static IslandSwarm start(Path dir, IslandLab lab, int hosts, int gateways, Duration streamTime) throws IOException {
        return new IslandSwarm(dir, lab, hosts, gateways, streamTime, BITS_PER_SECOND, false, "");
    }

    /** The same where the members share a secret. */
    static IslandSwarm start(Path dir, IslandLab lab, int hosts, Duration streamTime, Path secret) throws IOException {
        return new IslandSwarm(
                dir, lab, hosts, 2, streamTime, BITS_PER_SECOND, false, " --island-secret-file " + secret);
    }

    /** A faster stream, which one gateway feeds to the others; or, {@code inside}, a seeder on one more host of the LAN to all. */
    static IslandSwarm fast(Path dir, IslandLab lab, int hosts, Duration streamTime, int bitsPerSecond, boolean inside)
            throws IOException {
        return new IslandSwarm(dir, lab, hosts, 1, streamTime, bitsPerSecond, inside, "");
    }

    /** Somebody who does not know the secret, on a host of the LAN where no member is. */
    Process stranger(String name) throws Exception {
        JsonNode status = statuses.values()
                .iterator()
                .next()
                .await("played anything", line -> line.json().get("epoch").asLong() >= 0)
                .json();
        List<String> line = new ArrayList<>(lab.host(name).enter());
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-Xmx64m", "-cp", "target/test-classes:" + SwarmProcess.JAR));
        line.addAll(List.of(IslandStranger.class.getName(), ADDRESS, PORT, "eth0", "s"));
        line.add(status.get("epoch").asText());
        return new ProcessBuilder(line).inheritIO().start();
    }

    /** How many datagrams the member that dropped the fewest has dropped. */
    long leastDropped() throws IOException {
        long least = Long.MAX_VALUE;
        for (Map.Entry<String, SwarmProcess> each : members.entrySet()) {
            if (!lost.contains(each.getKey())) {
                JsonNode island = each.getValue().report().get("island");
                least = Math.min(least, island.get("dropped").asLong());
            }
        }
        return least;
    }

    /** How much processor time the seeder and all members have used so far, in processors over so much of the stream. */
    double processors(Duration played) {
        Duration used = Stream.concat(Stream.of(seeder), members.values().stream())
                .map(SwarmProcess::used)
                .reduce(Duration.ZERO, Duration::plus);
        return used.toMillis() / (double) played.toMillis();
    }

    SwarmProcess member(String name) {
        SwarmProcess process = members.get(name);
        if (process == null) {
            throw new IllegalArgumentException("no member '" + name + "'");
        }
        return process;
    }

    /** Waits until everybody has played so much of the stream. */
    void awaitPlayed(Duration time) throws InterruptedException {
        long segments = time.toMillis() * bitsPerSecond / 8 / 1000 / SEGMENT_BYTES;
        for (Map.Entry<String, StatusLines> each : statuses.entrySet()) {
            if (!lost.contains(each.getKey())) {
                each.getValue()
                        .await(
                                "played " + segments + " segments",
                                line -> line.json().get("delivered").asLong() >= segments);
            }
        }
    }

    /** The member that feeds the most now, of those that were not lost yet. */
    String gateway() throws InterruptedException {
        String most = "";
        int feeds = 0;
        for (Map.Entry<String, StatusLines> each : statuses.entrySet()) {
            if (lost.contains(each.getKey())) {
                continue;
            }
            JsonNode island =
                    each.getValue().await("said anything", line -> true).json().path("island");
            if (island.path("gateway").size() > feeds) {
                feeds = island.path("gateway").size();
                most = each.getKey();
            }
        }
        assertThat(most).as("somebody who feeds").isNotEmpty();
        return most;
    }

    /** How many segments the group has brought to all members together. */
    long receivedByMulticast() throws InterruptedException {
        long all = 0;
        for (Map.Entry<String, StatusLines> each : statuses.entrySet()) {
            if (!lost.contains(each.getKey())) {
                JsonNode last =
                        each.getValue().await("said anything", line -> true).json();
                all += last.path("island").path("received").asLong();
            }
        }
        return all;
    }

    /** Does not count a member any more: it was killed. */
    void loses(String name) {
        lost.add(name);
    }

    /** The longest time in which a member that is left took nothing in, from a moment on, within so long. */
    Duration longestStandstill(long fromNs, Duration within) {
        Duration longest = Duration.ZERO;
        for (Map.Entry<String, StatusLines> each : statuses.entrySet()) {
            if (!lost.contains(each.getKey())) {
                Duration one = each.getValue().longestStandstill(fromNs, within);
                longest = one.compareTo(longest) > 0 ? one : longest;
            }
        }
        return longest;
    }

    /** Waits until the members have ended. */
    void awaitEnd() throws InterruptedException {
        long deadlineNs = System.nanoTime() + streamTime.plusSeconds(60).toNanos();
        for (Map.Entry<String, SwarmProcess> each : members.entrySet()) {
            if (!lost.contains(each.getKey())) {
                int code = each.getValue().exit(Duration.ofNanos(deadlineNs - System.nanoTime()));
                assertThat(code).as(each.getValue().toString()).isBetween(0, 1);
            }
        }
    }

    private static String text(JsonNode gaps) {
        return gaps.size() <= MOST_TOLD ? gaps.toString() : gaps.size() + " gaps, the first " + gaps.get(0);
    }

    /** How everybody who is left has played, for people. */
    String played() throws IOException {
        long missing = 0;
        long stalls = 0;
        StringBuilder wrong = new StringBuilder();
        for (Map.Entry<String, SwarmProcess> each : members.entrySet()) {
            if (lost.contains(each.getKey())) {
                continue;
            }
            JsonNode report = each.getValue().report();
            missing += report.get("missing").asLong();
            stalls += report.get("stalls").asLong();
            if (report.get("missing").asLong() + report.get("stalls").asLong() > 0) {
                wrong.append("; ").append(each.getKey()).append(' ').append(text(report.get("gaps")));
            }
            if (!isSuffix(dir.resolve(each.getKey()))) {
                wrong.append("; ")
                        .append(each.getKey())
                        .append(" did not play the end of the source, 90 % of it or more");
            }
        }
        return "missing " + missing + ", stalls " + stalls + wrong;
    }

    /** Whether a file is the end of the source, and at least nine tenths of it. */
    private boolean isSuffix(Path played) throws IOException {
        byte[] all = Files.readAllBytes(source);
        long size = Files.size(played);
        if (size > all.length || size * 10 < all.length * 9L) {
            return false;
        }
        byte[] end = new byte[(int) size];
        try (RandomAccessFile file = new RandomAccessFile(played.toFile(), "r")) {
            file.readFully(end);
        }
        return Arrays.equals(end, 0, end.length, all, all.length - end.length, all.length);
    }

    long streamBytes() throws IOException {
        return Files.size(source);
    }

    double uplinkCopies() throws IOException {
        return lab.uplinkBytes() / (double) streamBytes();
    }

    double multicastCopies() throws IOException {
        return lab.multicastBytes() / (double) streamBytes();
    }

    /** What everybody said, for when a test fails. */
    String logs() {
        StringBuilder all = new StringBuilder();
        members.forEach((name, process) -> all.append(String.format(Locale.ROOT, "%s: %s%n", name, process)));
        return all.toString();
    }

    @Override
    public void close() {
        members.values().forEach(SwarmProcess::close);
        seeder.close();
    }
}
