package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.wire.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeardPathsTest {
    private final HeardPaths paths = new HeardPaths("me", way -> false);

    private void said(long subStreams, String... peers) {
        paths.said(List.of(new Message.Path(subStreams, List.of(peers), Message.UNKNOWN)));
    }

    @Test
    void aWayThroughHereIsNotEligibleEvenForWhatItBrings() {
        said(0b001, "s", "a");
        said(0b010, "s", "me", "a");
        assertThat(paths.eligible(0b111)).isEqualTo(0b101);
        assertThat(paths.eligible(0)).isEqualTo(0b001);
    }

    @Test
    void whatItBringsStaysWhileItsWayIsNotKnown() {
        said(0b01, "s", "a");
        said(0b01);
        assertThat(paths.eligible(0b11)).isEqualTo(0b11);
        assertThat(paths.eligible(0)).isZero();
        assertThat(paths.way(0)).isNull();
    }

    @Test
    void whatItTakesFromHereIsNotEligibleUntilItSaysAnotherWay() {
        said(0b11, "s", "a");
        paths.isLoop(1);
        assertThat(paths.eligible(0b11)).isEqualTo(0b01);
        said(0b10, "s", "c", "a");
        assertThat(paths.eligible(0)).isEqualTo(0b11);
    }

    @Test
    void depthIsThatOfTheShortestWay() {
        said(0b01, "s", "c", "a");
        said(0b10, "s", "a");
        assertThat(paths.depth()).isEqualTo(2);
        assertThat(paths.saysAges()).isFalse();
        paths.forget();
        assertThat(paths.depth()).isZero();
        assertThat(paths.eligible(0b11)).isEqualTo(0b11);
    }

    @Test
    void aWayThroughTheIslandIsRefusedWhileThatMatters() {
        String[] island = {"none"};
        HeardPaths there = new HeardPaths("me", way -> way.contains(island[0]));
        there.said(List.of(
                new Message.Path(0b001, List.of("s", "a"), Message.UNKNOWN),
                new Message.Path(0b010, List.of("s", "g", "island:7", "a"), Message.UNKNOWN)));
        assertThat(there.eligible(0)).isEqualTo(0b011);
        island[0] = "island:7";
        assertThat(there.eligible(0)).isEqualTo(0b001);
        assertThat(there.eligible(0b110)).isEqualTo(0b101); // also when it brings it already
        island[0] = "island:8"; // members have met, and call it so from now on
        assertThat(there.eligible(0)).isEqualTo(0b011);
    }
}
