package io.swarmflux.samples.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code island probe} on three hosts of one LAN. */
class IslandProbeProcessTest {
    private static final List<String> NAMES = List.of("h1", "h2", "h3");

    @TempDir
    Path dir;

    private List<String> probed(NetworkLab lab, List<Integer> exits) throws Exception {
        List<SwarmProcess> all = new ArrayList<>();
        List<String> said = new ArrayList<>();
        try {
            for (String name : NAMES) {
                all.add(SwarmProcess.start(
                        lab.host(name).enter(), dir, true, "island", "probe", "eth0", "--for", "3s"));
            }
            for (SwarmProcess one : all) {
                said.add(new String(one.output().readAllBytes(), UTF_8));
                exits.add(one.exit(Duration.ofSeconds(20)));
            }
        } finally {
            all.forEach(SwarmProcess::close);
        }
        return said;
    }

    @Test
    void allHearEachOther() throws Exception {
        try (NetworkLab lab = NetworkLab.withoutFilters(NAMES)) {
            List<Integer> exits = new ArrayList<>();
            List<String> said = probed(lab, exits);
            assertThat(exits).as("%s", said).containsExactly(0, 0, 0);
            assertThat(said.get(0)).contains("10.0.0.2", "10.0.0.3").endsWith("works\n");
        }
    }

    @Test
    void whoIsDeafIsNamedByTheOthers() throws Exception {
        try (NetworkLab lab = NetworkLab.withoutFilters(NAMES)) {
            lab.keepMulticastFrom("h3");
            List<Integer> exits = new ArrayList<>();
            List<String> said = probed(lab, exits);
            assertThat(exits).as("%s", said).containsExactly(1, 1, 0);
            assertThat(said.get(0))
                    .contains("(10.0.0.3) is heard and does not hear this host")
                    .endsWith("does not work\n");
            assertThat(said.get(2)).contains("works on this host; nobody else was heard");
        }
    }
}
