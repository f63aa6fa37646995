package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What people and networks do wrong, to processes of their own. */
class BadInputProcessTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @RegisterExtension
    final SwarmProcesses processes = new SwarmProcesses();

    private final Map<String, String> at = SwarmProcess.addresses("seed", "p1");

    @TempDir
    Path dir;

    @Test
    void staysUndisturbedByGarbageOnItsPort() throws Exception {
        SwarmProcess seed =
                start("seed --stream s --counter 20000 --pace none --wait-for 1 --listen " + at.get("seed"));
        seed.awaitLog("seeds s on");
        for (int seedOfGarbage = 0; seedOfGarbage < 20; seedOfGarbage++) {
            sendGarbage(at.getOrDefault("seed", ""), seedOfGarbage);
        }
        SwarmProcess peer = start("peer --stream s --play check --upstream " + at.get("seed"));

        assertThat(peer.exit(SOON)).as(peer.toString()).isZero();
        assertThat(seed.exit(SOON)).as(seed.toString()).isZero();
        assertThat(peer.report().get("delivered").asLong()).isEqualTo(20_000);
    }

    @Test
    void saysInOneLineThatAPortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            SwarmProcess seed = start("seed --stream s --counter 5 --listen 127.0.0.1:" + taken.getLocalPort());

            assertThat(seed.exit(SOON)).isEqualTo(3);
            assertThat(seed.log()).hasSize(1);
            assertThat(seed.log().get(0)).contains("127.0.0.1:" + taken.getLocalPort(), "in use");
        }
    }

    @Test
    void namesThePlaceInAWrongTopologyFile() throws Exception {
        Path file = Files.writeString(dir.resolve("bad.yaml"), "streams:\n  s:\nseeders:\n  a: {counter: x}\n");
        SwarmProcess check = start("topology run " + file);

        assertThat(check.exit(SOON)).isEqualTo(2);
        assertThat(check.log()).hasSize(1);
        assertThat(check.log().get(0)).startsWith(file + ":4:");
    }

    @Test
    void waitsForAnUpstreamThatAppearsLaterAndSaysSoOnce() throws Exception {
        SwarmProcess peer = start("peer --stream s --play check --upstream " + at.get("seed"));
        peer.awaitLog("cannot reach " + at.get("seed"));
        SwarmProcess seed = start("seed --stream s --counter 5000 --pace none --wait-for 1 --listen " + at.get("seed"));

        assertThat(peer.exit(SOON)).as(peer.toString()).isZero();
        assertThat(seed.exit(SOON)).as(seed.toString()).isZero();
        assertThat(peer.log().stream().filter(line -> line.contains("cannot reach")))
                .hasSize(1);
        assertThat(peer.report().get("delivered").asLong()).isEqualTo(5000);
    }

    @Test
    void saysThatItReachedNobodyWhenItGivesUp() throws Exception {
        SwarmProcess peer = start("peer --stream s --play check --upstream " + at.get("seed"));
        peer.awaitLog("cannot reach");
        peer.terminate();

        assertThat(peer.exit(SOON)).as(peer.toString()).isEqualTo(3);
        assertThat(peer.report().get("delivered").asLong()).isZero();
    }

    private static void sendGarbage(String address, int seedOfGarbage) throws IOException {
        int colon = address.lastIndexOf(':');
        byte[] garbage = new byte[50_000];
        new Random(seedOfGarbage).nextBytes(garbage);
        try (Socket socket = new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
            OutputStream out = socket.getOutputStream();
            out.write(garbage);
        } catch (IOException e) {
            assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*"); // it hung up on us while we were talking
        }
    }

    private SwarmProcess start(String line) {
        return processes.add(SwarmProcess.start(dir, line));
    }
}
