package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmflux.testing.Acceptance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two seeders make the same stream in the same epoch; one of them is killed. */
class TwoSeedersProcessTest {
    private static final int BYTES_PER_SECOND = 1_000_000;

    @RegisterExtension
    final SwarmProcesses processes = new SwarmProcesses();

    private final Map<String, String> at = SwarmProcess.addresses("s1", "s2");

    @TempDir
    Path dir;

    @Test
    void playsOnWhenOneIsKilled() throws Exception {
        assertThat(played(2, 5, 2)).isEqualTo("missing 0, stalls 0");
    }

    @Test
    @Tag("acceptance")
    void measuresOneThatIsKilled() throws Exception {
        String played = played(4, 60, 30);
        Acceptance.figure(
                3,
                "Two seeders of the same stream and epoch, one killed after 30 s, 4 players, 8 Mbit/s for 60 s",
                "missing 0, stalls 0",
                played,
                played.equals("missing 0, stalls 0"));
    }

    /** What the players miss when one seeder is killed after so many seconds. */
    private String played(int players, int seconds, int killedAfter) throws Exception {
        Path source = Files.write(dir.resolve("source.bin"), new byte[seconds * BYTES_PER_SECOND]);
        String seed = "seed --stream s --epoch 7 --pace 8Mbit --wait-for " + players + " --input " + source;
        Map<String, SwarmProcess> seeders = new LinkedHashMap<>();
        for (String name : at.keySet()) {
            seeders.put(name, start(false, seed + " --name " + name + " --listen " + at.get(name)));
        }
        List<SwarmProcess> all = new ArrayList<>();
        List<StatusLines> statuses = new ArrayList<>();
        for (int i = 1; i <= players; i++) {
            SwarmProcess player = start(
                    true,
                    "peer --stream s --name p" + i + " --play check --status 100ms --playout-delay 2s --upstream "
                            + at.get("s1") + " --upstream " + at.get("s2"));
            all.add(player);
            statuses.add(StatusLines.of(player));
        }
        for (StatusLines status : statuses) {
            status.await(
                    "received what comes in " + killedAfter + " s",
                    line -> line.received() >= killedAfter * (long) BYTES_PER_SECOND / (16 * 1024));
        }
        StatusLines.Line first = statuses.get(0).await("said anything", line -> true);
        String busier = first.broughtBy("s1") >= first.broughtBy("s2") ? "s1" : "s2";
        seeders.get(busier).close();
        long missing = 0;
        long stalls = 0;
        for (SwarmProcess player : all) {
            assertThat(player.exit(Duration.ofSeconds(seconds + 30L)))
                    .as(player.toString())
                    .isBetween(0, 1);
            JsonNode report = player.report();
            missing += report.get("missing").asLong();
            stalls += report.get("stalls").asLong();
        }
        return "missing " + missing + ", stalls " + stalls;
    }

    private SwarmProcess start(boolean keepOutput, String line) {
        return processes.add(SwarmProcess.start(dir, keepOutput, line.split(" ")));
    }
}
