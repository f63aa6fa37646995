package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.testing.Acceptance;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real LAN of hosts in network namespaces takes a stream in once, through a router that forwards unicast only. */
class IslandProcessTest {
    private static final String NOTHING_LOST = "missing 0, stalls 0";
    private static final Duration FULL = Duration.ofSeconds(60);
    private static final int HOSTS = 8;

    @TempDir
    Path dir;

    @Test
    void takesTheStreamInOnce() throws Exception {
        try (IslandLab lab = IslandLab.of(3);
                IslandSwarm swarm = IslandSwarm.start(dir, lab, 3, 2, Duration.ofSeconds(6))) {
            swarm.awaitEnd();
            assertThat(swarm.played()).as(swarm.logs()).isEqualTo(NOTHING_LOST);
            assertThat(swarm.uplinkCopies()).as(swarm.logs()).isLessThan(1.5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    @Tag("acceptance")
    void measuresTheUplink(int gateways) throws Exception {
        try (IslandLab lab = IslandLab.of(HOSTS);
                IslandSwarm swarm = IslandSwarm.start(dir, lab, HOSTS, gateways, FULL)) {
            swarm.awaitEnd();
            String what = "An island of 8 hosts behind one router, " + gateways
                    + (gateways == 1 ? " gateway" : " gateways") + ", 8 Mbit/s for 60 s";
            Acceptance.figure(
                    4, what, NOTHING_LOST, swarm.played(), swarm.played().equals(NOTHING_LOST));
            Acceptance.atMost(4, what + ": over the uplink", 1.05, swarm.uplinkCopies(), "times the stream");
            Acceptance.atMost(4, what + ": multicast on the LAN", 1.1, swarm.multicastCopies(), "times the stream");
        }
    }
}
