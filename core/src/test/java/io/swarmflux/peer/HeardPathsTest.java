package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.wire.Message;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeardPathsTest {
    private final HeardPaths paths = new HeardPaths("me", way -> false);

    private void said(long subStreams, String... peers) {
        paths.said(List.of(new Message.Path(subStreams, List.of(peers), Message.UNKNOWN)), 0);
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

    /** A loop that is longer than a way can be told never names this peer. */
    @Test
    void whatComesByTooLongAWayIsDoubtfulAndNotTakenUp() {
        said(0b11, IntStream.range(0, HeardPaths.LONGEST).mapToObj(i -> "p" + i).toArray(String[]::new));
        assertThat(paths.eligible(0b10)).isEqualTo(0b10);
        assertThat(paths.doubtful(1, 0)).isTrue();
        said(0b11, "s", "a");
        assertThat(paths.eligible(0)).isEqualTo(0b11);
        assertThat(paths.doubtful(1, 0)).isFalse();
    }

    /** In a loop that came about before anybody had a way, everybody waits for the next. */
    @Test
    void whoHasHadNoWayForLongIsDoubtful() {
        said(0b1);
        paths.said(List.of(new Message.Path(0b1, List.of(), Message.UNKNOWN)), 900_000_000L);
        assertThat(paths.doubtful(0, 1_000_000_000L)).isFalse();
        assertThat(paths.doubtful(0, 1_000_000_001L)).isTrue();
        assertThat(paths.eligible(0b1)).isEqualTo(0b1);
    }

    @Test
    void tellsWhichWaysAreNotWhatTheyWere() {
        assertThat(paths.said(List.of(new Message.Path(0b11, List.of("s", "a"), 1)), 0))
                .isEqualTo(0b11);
        assertThat(paths.said(List.of(new Message.Path(0b11, List.of("s", "a"), 2)), 0))
                .isZero();
        assertThat(paths.said(List.of(new Message.Path(0b10, List.of(), Message.UNKNOWN)), 0))
                .isEqualTo(0b10);
        assertThat(paths.hops(0)).isEqualTo(2);
        assertThat(paths.hops(1)).isZero();
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
        there.said(
                List.of(
                        new Message.Path(0b001, List.of("s", "a"), Message.UNKNOWN),
                        new Message.Path(0b010, List.of("s", "g", "island:7", "a"), Message.UNKNOWN)),
                0);
        assertThat(there.eligible(0)).isEqualTo(0b011);
        island[0] = "island:7";
        assertThat(there.eligible(0)).isEqualTo(0b001);
        assertThat(there.eligible(0b110)).isEqualTo(0b101); // also when it brings it already
        island[0] = "island:8"; // members have met, and call it so from now on
        assertThat(there.eligible(0)).isEqualTo(0b011);
    }
}
