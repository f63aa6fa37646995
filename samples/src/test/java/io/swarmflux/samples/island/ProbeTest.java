package io.swarmflux.samples.island;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.samples.island.ProbeMessage.Heard;
import io.swarmflux.samples.island.ProbeMessage.Prober;
import io.swarmflux.transport.multicast.MulticastCounts;
import io.swarmflux.transport.multicast.MulticastInterface;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What probers tell each other, and what is made of it. */
class ProbeTest {
    private static final Prober ME = new Prober("0a", "me", "10.0.0.1");
    private static final Prober ANN = new Prober("0b", "ann", "10.0.0.2");
    private static final Prober BOB = new Prober("0c", "bob", "10.0.0.3");
    private static final int LONGEST = 1_350;

    private final Ear ear = new Ear();

    private void hear(Prober from, int number, Heard... told) {
        ear.hear(new ProbeMessage(from, number, List.of(told)).frame(LONGEST));
    }

    private String report() {
        List<Findings.Other> others = new ArrayList<>();
        ear.voices()
                .forEach(one -> others.add(new Findings.Other(one.who(), Optional.of(one), ear.told(one.who(), ME))));
        ear.unheard(ME).forEach(who -> others.add(new Findings.Other(who, Optional.empty(), ear.told(who, ME))));
        MulticastInterface eth0 =
                new MulticastInterface("eth0", Optional.of(InetAddress.getLoopbackAddress()), 1_400, true, true, false);
        MulticastCounts counts = new MulticastCounts(60, 0, 0, 0, 60, Map.of());
        return String.join(
                "\n",
                ProbeReport.of(new Findings(
                        ME, "239.1.2.3:5000@eth0", eth0, LONGEST, 4 << 20, 60, 60, 15, 0, counts, others)));
    }

    @Test
    void aMessageIsReadAsItWasWrittenAndEveryFourthIsLong() {
        ProbeMessage short0 = new ProbeMessage(ME, 0, List.of(new Heard(ME, ANN, 9, 10)));
        ProbeMessage long3 = new ProbeMessage(ME, 3, List.of(new Heard(ME, ANN, 9, 10)));
        assertThat(ProbeMessage.read(short0.frame(LONGEST))).isEqualTo(short0);
        assertThat(ProbeMessage.read(long3.frame(LONGEST))).isEqualTo(long3);
        assertThat(long3.frame(LONGEST).remaining()).isEqualTo(LONGEST);
    }

    @Test
    void whatDoesNotFitIsNotTold() {
        List<Heard> many = IntStream.range(0, 100)
                .mapToObj(i -> new Heard(ME, new Prober("id" + i, "a host with a name " + i, "10.0.0.1"), i, i))
                .toList();
        ByteBuffer frame = new ProbeMessage(ME, 0, many).frame(LONGEST);
        assertThat(frame.remaining()).isLessThanOrEqualTo(LONGEST);
        ProbeMessage read = ProbeMessage.read(frame);
        assertThat(read == null ? List.of() : read.told()).isNotEmpty();
    }

    @Test
    void whatIsNoMessageIsForeign() {
        for (String text : List.of("", "{", "{}", "[1]", "{\"is\":\"swarmflux-probe-1\"}", "\u0000\u00ff", "9")) {
            assertThat(ProbeMessage.read(ByteBuffer.wrap(text.getBytes(UTF_8)))).isNull();
        }
        ear.hear(ByteBuffer.wrap(new byte[] {1, 2}));
        assertThat(ear.foreign()).isEqualTo(1);
    }

    @Test
    void bothWaysIsGood() {
        for (int i = 5; i < 25; i++) {
            if (i != 10) {
                hear(ANN, i, new Heard(ANN, ME, i, i + 1));
            }
        }
        assertThat(report())
                .contains("19 of 20 (5.0 % lost)", "24 of 25 (4.0 % lost)")
                .endsWith("works");
    }

    @Test
    void whoIsHeardAndDoesNotHearIsNamed() {
        for (int i = 0; i < 20; i++) {
            hear(ANN, i, new Heard(ANN, BOB, i + 1, i + 1));
            hear(BOB, i, new Heard(BOB, ME, i + 1, i + 1), new Heard(BOB, ANN, i + 1, i + 1));
        }
        assertThat(report())
                .contains("! ann (10.0.0.2) is heard and does not hear this host: look at the firewall there")
                .doesNotContain("! bob")
                .endsWith("does not work");
    }

    @Test
    void whoHearsAndIsNotHeardIsKnownFromOthers() {
        for (int i = 0; i < 20; i++) {
            hear(BOB, i, new Heard(BOB, ME, i + 1, i + 1), new Heard(BOB, ANN, i + 1, i + 1), new Heard(ANN, ME, 7, 8));
        }
        assertThat(report())
                .contains("! ann (10.0.0.2) hears this host and is not heard: look at the firewall here")
                .endsWith("does not work");
    }

    @Test
    void whoHasJustComeNeedNotHaveHeardUs() {
        hear(ANN, 0);
        assertThat(report()).contains("too early to say").endsWith("works");
    }

    @Test
    void aSmallerMtuOnTheWayIsNoticed() {
        for (int i = 0; i < 20; i++) {
            if (i % 4 != 3) {
                hear(ANN, i, new Heard(ANN, ME, i + 1, i + 1));
            }
        }
        assertThat(report())
                .contains("full-sized probes of ann (10.0.0.2) do not come: the MTU on the way")
                .endsWith("does not work");
    }
}
