package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.testing.Acceptance;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a bad network does below TCP, players with three relays do not notice: loss, a link that is cut, a narrow line. */
class BadNetworkProcessTest {
    private static final Duration DELAY = Duration.ofSeconds(2);
    private static final String NOTHING_LOST = "missing 0, stalls 0";
    private static final Scale SHORT = new Scale(2, Duration.ofSeconds(5), Duration.ofMillis(1500));
    private static final Scale FULL = new Scale(4, Duration.ofSeconds(60), Duration.ofSeconds(20));

    @TempDir
    Path dir;

    /** How large a run is, and after how much of the stream the network turns bad. */
    private record Scale(int players, Duration streamTime, Duration before) {}

    /** What happens to the network. */
    private interface Change {
        void to(NetworkLab lab, String relay) throws Exception;
    }

    @Test
    void playsOnWhenPacketsAreLost() throws Exception {
        assertThat(played(SHORT, (lab, relay) -> loses(lab, SHORT, 5), (lab, relay) -> {}))
                .isEqualTo(NOTHING_LOST);
    }

    @Test
    void playsOnWhenALinkIsCut() throws Exception {
        assertThat(played(SHORT, (lab, relay) -> {}, BadNetworkProcessTest::cutsALink))
                .isEqualTo(NOTHING_LOST);
    }

    @Test
    void playsOnWhenARelayHasANarrowLine() throws Exception {
        assertThat(played(SHORT, (lab, relay) -> {}, BadNetworkProcessTest::narrowsARelay))
                .isEqualTo(NOTHING_LOST);
    }

    @Test
    @Tag("acceptance")
    void measuresLoss() throws Exception {
        for (int percent : List.of(1, 5)) {
            figure(
                    percent + " % packet loss in front of every peer",
                    played(FULL, (lab, relay) -> loses(lab, FULL, percent), (lab, relay) -> {}));
        }
    }

    @Test
    @Tag("acceptance")
    void measuresALinkThatIsCut() throws Exception {
        figure("A link cut for 2 s", played(FULL, (lab, relay) -> {}, BadNetworkProcessTest::cutsALink));
    }

    @Test
    @Tag("acceptance")
    void measuresARelayWithANarrowLine() throws Exception {
        figure(
                "A relay whose line is throttled to half of the stream's rate",
                played(FULL, (lab, relay) -> {}, BadNetworkProcessTest::narrowsARelay));
    }

    private static void loses(NetworkLab lab, Scale scale, int percent) {
        RelayMesh.names(scale.players()).forEach(name -> lab.host(name).loses(percent));
    }

    private static void cutsALink(NetworkLab lab, String relay) throws InterruptedException {
        lab.host(relay).cutFrom(lab.host("p1"));
        boolean unused = new CountDownLatch(1).await(2, TimeUnit.SECONDS);
        lab.host(relay).mend();
    }

    private static void narrowsARelay(NetworkLab lab, String relay) {
        lab.host(relay).throttle("4mbit");
    }

    private String played(Scale scale, Change first, Change then) throws Exception {
        try (NetworkLab lab = NetworkLab.of(RelayMesh.names(scale.players()))) {
            first.to(lab, "");
            RelayMesh.Plan plan = RelayMesh.Plan.in(lab, scale.players(), scale.streamTime(), DELAY);
            try (RelayMesh mesh = RelayMesh.start(dir, plan)) {
                mesh.awaitReceived(scale.before());
                then.to(lab, mesh.busiestRelay());
                mesh.awaitPlayers();
                return mesh.played();
            }
        }
    }

    private static void figure(String how, String played) {
        Acceptance.figure(
                3, how + ", 3 relays, 4 players, 8 Mbit/s for 60 s", NOTHING_LOST, played, played.equals(NOTHING_LOST));
    }
}
