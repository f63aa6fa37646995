package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.testing.Acceptance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real LAN of hosts in network namespaces takes a stream in once, through a router that forwards unicast only. */
class IslandProcessTest {
    private static final String NOTHING_LOST = "missing 0, stalls 0";

    /** Whether everything came in time depends on what else the machine does: that is measured, not asserted. */
    private static final String NOTHING_MISSING = "missing 0, stalls \\d+(; m\\d \\[])*";

    private static final Duration FULL = Duration.ofSeconds(60);
    private static final int HOSTS = 8;

    @TempDir
    Path dir;

    @Test
    void takesTheStreamInOnce() throws Exception {
        try (IslandLab lab = IslandLab.of(3);
                IslandSwarm swarm = IslandSwarm.start(dir, lab, 3, 2, Duration.ofSeconds(6))) {
            swarm.awaitEnd();
            assertThat(swarm.played()).as(swarm.logs()).matches(NOTHING_MISSING);
            assertThat(swarm.uplinkCopies()).as(swarm.logs()).isLessThan(1.5);
        }
    }

    /** A way to lose whoever feeds most. */
    private interface Loss {
        void of(IslandLab lab, IslandSwarm swarm, String gateway) throws Exception;
    }

    private static final Map<String, Loss> LOSSES = losses();

    private static Map<String, Loss> losses() {
        Map<String, Loss> all = new LinkedHashMap<>();
        all.put("kill -9", (lab, swarm, gateway) -> {
            swarm.loses(gateway);
            swarm.member(gateway).close();
        });
        all.put("kill -STOP", (lab, swarm, gateway) -> {
            swarm.loses(gateway);
            swarm.member(gateway).freeze();
        });
        all.put("a filter that drops what it gets from outside", (lab, swarm, gateway) -> lab.host(gateway)
                .cutFrom(lab.outside()));
        return all;
    }

    /** What was seen when gateways were lost one after the other. */
    private record Seen(String played, Duration takeOver, double uplink) {}

    private Seen lose(int hosts, Duration streamTime, Map<String, Duration> when) throws Exception {
        try (IslandLab lab = IslandLab.of(hosts);
                IslandSwarm swarm = IslandSwarm.start(dir, lab, hosts, 1, streamTime)) {
            Duration longest = Duration.ZERO;
            for (Map.Entry<String, Duration> each : when.entrySet()) {
                swarm.awaitPlayed(each.getValue());
                String gateway = swarm.gateway();
                long atNs = System.nanoTime();
                Loss loss = LOSSES.get(each.getKey());
                assertThat(loss).as(each.getKey()).isNotNull();
                loss.of(lab, swarm, gateway);
                swarm.awaitPlayed(each.getValue().plusSeconds(3));
                Duration one = swarm.longestStandstill(atNs, Duration.ofSeconds(3));
                longest = one.compareTo(longest) > 0 ? one : longest;
            }
            swarm.awaitEnd();
            return new Seen(swarm.played(), longest, swarm.uplinkCopies());
        }
    }

    @Test
    void replacesAGatewayThatIsKilled() throws Exception {
        Seen seen = lose(3, Duration.ofSeconds(8), Map.of("kill -9", Duration.ofSeconds(3)));
        assertThat(seen.played()).matches(NOTHING_MISSING);
    }

    @Test
    @Tag("acceptance")
    void measuresLostGateways() throws Exception {
        Map<String, Duration> when = new LinkedHashMap<>();
        int second = 10;
        for (String how : LOSSES.keySet()) {
            when.put(how, Duration.ofSeconds(second));
            second += 15;
        }
        Seen seen = lose(HOSTS, FULL, when);
        String what = "Three gateways of an island of 8 lost, 15 s apart: " + String.join(", ", LOSSES.keySet());
        Acceptance.figure(4, what, NOTHING_LOST, seen.played(), seen.played().equals(NOTHING_LOST));
        Acceptance.atMost(4, what + ": take-over", 1, seen.takeOver().toMillis() / 1000.0, "s");
        Acceptance.atMost(4, what + ": over the uplink", 1.1, seen.uplink(), "times the stream");
    }

    private String atLoss(int hosts, int percent, Duration streamTime) throws Exception {
        try (IslandLab lab = IslandLab.of(hosts)) {
            IslandLab.names(hosts).forEach(name -> lab.host(name).losesMulticast(percent));
            try (IslandSwarm swarm = IslandSwarm.start(dir, lab, hosts, 2, streamTime)) {
                swarm.awaitEnd();
                return swarm.played();
            }
        }
    }

    @Test
    void repairsWhatMembersLose() throws Exception {
        assertThat(atLoss(3, 5, Duration.ofSeconds(5))).matches(NOTHING_MISSING);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 10})
    @Tag("acceptance")
    void measuresLoss(int percent) throws Exception {
        String played = atLoss(HOSTS, percent, FULL);
        Acceptance.figure(
                4,
                "An island of 8 hosts, 2 gateways, each loses " + percent
                        + " % of the multicast by its own chance, 8 Mbit/s for 60 s",
                NOTHING_LOST,
                played,
                played.equals(NOTHING_LOST));
    }

    /** Multicast does not arrive at one member, then does not leave it, then works nowhere; then it works again. */
    private String blocked(int hosts, Duration streamTime, Duration each) throws Exception {
        try (IslandLab lab = IslandLab.of(hosts);
                IslandSwarm swarm = IslandSwarm.start(dir, lab, hosts, 1, streamTime)) {
            Duration at = each;
            swarm.awaitPlayed(at);
            String gateway = swarm.gateway();
            String other = IslandLab.names(hosts).stream()
                    .filter(name -> !name.equals(gateway))
                    .findFirst()
                    .orElseThrow();
            lab.host(other).losesMulticast(true);
            at = at.plus(each);
            swarm.awaitPlayed(at);
            lab.host(other).mend();
            lab.host(other).losesMulticast(false);
            at = at.plus(each);
            swarm.awaitPlayed(at);
            lab.host(other).mend();
            IslandLab.names(hosts).forEach(name -> lab.host(name).losesMulticast(false));
            at = at.plus(each);
            swarm.awaitPlayed(at);
            IslandLab.names(hosts).forEach(name -> lab.host(name).mend());
            long before = swarm.receivedByMulticast();
            swarm.awaitPlayed(at.plus(each));
            boolean back = swarm.receivedByMulticast() > before;
            swarm.awaitEnd();
            return swarm.played() + (back ? ", multicast is used again" : ", multicast is not used again");
        }
    }

    @Test
    @Tag("acceptance")
    void measuresBlockedMulticast() throws Exception {
        String seen = blocked(4, FULL, Duration.ofSeconds(10));
        String goal = NOTHING_LOST + ", multicast is used again";
        Acceptance.figure(
                4,
                "An island of 4 hosts: multicast blocked towards one member, then from it, then everywhere, then nowhere, 10 s each",
                goal,
                seen,
                seen.equals(goal));
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

    @Test
    void joinsAgainWhenItsInterfaceHasGoneAndComesBack() throws Exception {
        try (IslandLab lab = IslandLab.of(3);
                IslandSwarm swarm = IslandSwarm.start(dir, lab, 3, 1, Duration.ofSeconds(8))) {
            swarm.awaitPlayed(Duration.ofSeconds(1));
            lab.unplug("m2");
            swarm.member("m2").awaitLog("interface eth0 has gone or has no address; joins it again");
            lab.plugAgain("m2");
            swarm.member("m2").awaitLog("joined 239.77.7.7:5077@eth0");
            swarm.awaitEnd();
            swarm.loses("m2"); // it was away for longer than some processors take to play on without a stall
            assertThat(swarm.played()).as(swarm.logs()).matches(NOTHING_MISSING);
        }
    }

    /** Two halves that do not hear each other, each with its own way outside; then they do again. */
    private String parted(int hosts, Duration streamTime, Duration each) throws Exception {
        try (IslandLab lab = IslandLab.of(hosts);
                IslandSwarm swarm = IslandSwarm.start(dir, lab, hosts, 2, streamTime)) {
            List<String> names = IslandLab.names(hosts);
            swarm.awaitPlayed(each);
            for (String one : names.subList(0, hosts / 2)) {
                for (String other : names.subList(hosts / 2, hosts)) {
                    lab.host(one).cutFrom(lab.host(other));
                    lab.host(other).cutFrom(lab.host(one));
                }
            }
            swarm.awaitPlayed(each.multipliedBy(2));
            names.forEach(name -> lab.host(name).mend());
            swarm.awaitPlayed(each.multipliedBy(3));
            long before = lab.uplinkBytes();
            swarm.awaitPlayed(each.multipliedBy(4));
            double copies = (lab.uplinkBytes() - before) * 8.0 / IslandSwarm.BITS_PER_SECOND / each.toSeconds();
            swarm.awaitEnd();
            return swarm.played() + (copies < 1.5 ? ", one island again" : ", over the uplink still " + copies);
        }
    }

    @Test
    @Tag("acceptance")
    void measuresAPartedIsland() throws Exception {
        String seen = parted(4, Duration.ofSeconds(40), Duration.ofSeconds(8));
        String goal = NOTHING_LOST + ", one island again";
        Acceptance.figure(
                4,
                "An island of 4 hosts parted in two halves for 8 s, each with an uplink, then one network again",
                goal,
                seen,
                seen.equals(goal));
    }

    private static final String NOT_BELIEVED = ", what the stranger sent was dropped";

    private String besideAStranger(int hosts, Duration streamTime) throws Exception {
        Path secret = Files.writeString(dir.resolve("secret"), "known to all members of this island");
        String name = "m" + (hosts + 1);
        try (IslandLab lab = IslandLab.of(hosts + 1);
                IslandSwarm swarm = IslandSwarm.start(dir, lab, hosts, streamTime, secret)) {
            Process stranger = swarm.stranger(name);
            try {
                swarm.awaitEnd();
                assertThat(stranger.isAlive())
                        .as("the stranger was there until the end")
                        .isTrue();
            } finally {
                stranger.destroyForcibly();
            }
            long dropped = swarm.leastDropped();
            return swarm.played() + (dropped > 500 ? NOT_BELIEVED : ", only " + dropped + " datagrams were dropped");
        }
    }

    @Test
    void doesNotBelieveAStranger() throws Exception {
        assertThat(besideAStranger(3, Duration.ofSeconds(5))).matches(NOTHING_MISSING + NOT_BELIEVED);
    }

    @Test
    @Tag("acceptance")
    void measuresAStranger() throws Exception {
        String goal = NOTHING_LOST + NOT_BELIEVED;
        String seen = besideAStranger(4, Duration.ofSeconds(30));
        Acceptance.figure(
                4,
                "An island of 4 hosts with a secret, beside a stranger: 1,800 datagrams a second replayed, well-formed without"
                        + " the secret, and garbage, for 30 s",
                goal,
                seen,
                seen.equals(goal));
    }

    private record Fast(String played, double processors) {}

    /** 100 Mbit/s: the seeder's host is the last one. */
    private Fast fast(int receivers, boolean inside, int percent, Duration streamTime) throws Exception {
        int hosts = receivers + (inside ? 1 : 0);
        try (IslandLab lab = IslandLab.of(hosts)) {
            for (String name : IslandLab.names(hosts)) {
                if (percent > 0) {
                    lab.host(name).losesMulticast(percent);
                }
            }
            try (IslandSwarm swarm = IslandSwarm.fast(dir, lab, receivers, streamTime, 100_000_000, inside)) {
                Duration some = streamTime.dividedBy(2);
                swarm.awaitPlayed(some);
                double processors = swarm.processors(some);
                swarm.awaitEnd();
                return new Fast(swarm.played(), processors);
            }
        }
    }

    @Test
    void aSeederOnTheLanFeedsItItself() throws Exception {
        try (IslandLab lab = IslandLab.of(3);
                IslandSwarm swarm =
                        IslandSwarm.fast(dir, lab, 2, Duration.ofSeconds(5), IslandSwarm.BITS_PER_SECOND, true)) {
            swarm.awaitEnd();
            assertThat(swarm.played()).as(swarm.logs()).matches(NOTHING_MISSING);
            assertThat(swarm.multicastCopies()).as(swarm.logs()).isBetween(0.8, 1.3);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5})
    @Tag("acceptance")
    void measuresSpeed(int percent) throws Exception {
        Fast seen = fast(3, true, percent, Duration.ofSeconds(30));
        Acceptance.figure(
                4,
                "100 Mbit/s for 30 s from a seeder on the LAN to 3 receivers, each of which loses " + percent
                        + " % of the multicast",
                "missing 0, CPU stated",
                String.format(
                        Locale.ROOT,
                        "%s; %.2f processors for all four in the first half, the start of their JVMs included",
                        seen.played(),
                        seen.processors()),
                seen.played().startsWith("missing 0,"));
    }

    /** The same with TCP in front, and a JVM more. */
    @Test
    @Tag("acceptance")
    void measuresSpeedThroughAGateway() throws Exception {
        Fast seen = fast(4, false, 0, Duration.ofSeconds(30));
        Acceptance.figure(
                4,
                "100 Mbit/s for 30 s from a seeder outside through one gateway to 3 receivers",
                "missing 0, CPU stated",
                String.format(
                        Locale.ROOT,
                        "%s; %.2f processors for all five in the first half, the start of their JVMs included",
                        seen.played(),
                        seen.processors()),
                seen.played().startsWith("missing 0,"));
    }
}
