package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.testing.Acceptance;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Players with three relays lose one after the other, each time the one that brings most, each way in which one can be lost, and notice nothing. */
class LostRelayProcessTest {
    private static final Duration DELAY = Duration.ofSeconds(2);
    private static final String NOTHING_LOST = "missing 0, stalls 0";
    private static final Scale SHORT =
            new Scale(2, Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(3));
    private static final Scale FULL =
            new Scale(4, Duration.ofSeconds(60), Duration.ofSeconds(20), Duration.ofSeconds(30));

    @TempDir
    Path dir;

    /** How large a run is, and after how much of the stream the relays are lost. */
    private record Scale(int players, Duration streamTime, Duration firstLoss, Duration secondLoss) {}

    /** What was seen. */
    private record Seen(String played, Duration moved) {}

    /** A way to lose a relay. */
    private interface Loss {
        void of(RelayMesh mesh, String relay) throws Exception;
    }

    @Test
    void playsOnWhenRelaysAreKilled() throws Exception {
        assertThat(locally(SHORT, (mesh, relay) -> mesh.relay(relay).close()).played())
                .isEqualTo(NOTHING_LOST);
    }

    @Test
    void playsOnWhenRelaysFreeze() throws Exception {
        assertThat(locally(SHORT, (mesh, relay) -> mesh.relay(relay).freeze()).played())
                .isEqualTo(NOTHING_LOST);
    }

    @Test
    void playsOnWhenRelaysAreCutOffWithoutAWord() throws Exception {
        assertThat(cutOff(SHORT).played()).isEqualTo(NOTHING_LOST);
    }

    @Test
    void playsOnWhenRelaysLeave() throws Exception {
        assertThat(locally(SHORT, (mesh, relay) -> mesh.relay(relay).terminate())
                        .played())
                .isEqualTo(NOTHING_LOST);
    }

    @Test
    @Tag("acceptance")
    void measuresRelaysThatAreKilled() throws Exception {
        figures("kill -9", locally(FULL, (mesh, relay) -> mesh.relay(relay).close()));
    }

    @Test
    @Tag("acceptance")
    void measuresRelaysThatFreeze() throws Exception {
        figures("kill -STOP", locally(FULL, (mesh, relay) -> mesh.relay(relay).freeze()));
    }

    @Test
    @Tag("acceptance")
    void measuresRelaysThatAreCutOffWithoutAWord() throws Exception {
        figures("a packet filter that drops everything", cutOff(FULL));
    }

    @Test
    @Tag("acceptance")
    void measuresRelaysThatLeave() throws Exception {
        figures("SIGTERM", locally(FULL, (mesh, relay) -> mesh.relay(relay).terminate()));
    }

    private Seen locally(Scale scale, Loss loss) throws Exception {
        return lose(RelayMesh.Plan.local(scale.players(), scale.streamTime(), DELAY), scale, loss);
    }

    private Seen cutOff(Scale scale) throws Exception {
        try (NetworkLab lab = NetworkLab.of(RelayMesh.names(scale.players()))) {
            return lose(
                    RelayMesh.Plan.in(lab, scale.players(), scale.streamTime(), DELAY),
                    scale,
                    (mesh, relay) -> lab.host(relay).cutOff());
        }
    }

    private Seen lose(RelayMesh.Plan plan, Scale scale, Loss loss) throws Exception {
        try (RelayMesh mesh = RelayMesh.start(dir, plan)) {
            List<Long> momentsNs = new ArrayList<>();
            mesh.awaitReceived(scale.firstLoss());
            momentsNs.add(System.nanoTime());
            loss.of(mesh, mesh.busiestRelay());
            mesh.awaitReceived(scale.secondLoss());
            momentsNs.add(System.nanoTime());
            loss.of(mesh, mesh.busiestRelay());
            mesh.awaitPlayers();
            return new Seen(mesh.played(), mesh.movedWithin(momentsNs));
        }
    }

    private static void figures(String how, Seen seen) {
        String what = "Two of three relays lost 10 s apart by " + how + ", 4 players, 8 Mbit/s for 60 s";
        Acceptance.figure(3, what, NOTHING_LOST, seen.played(), seen.played().equals(NOTHING_LOST));
        Acceptance.atMost(3, what + ": sub-streams moved after", 1, seen.moved().toMillis() / 1000.0, "s");
    }
}
