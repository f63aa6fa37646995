package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlayoutDeadlineTest {
    private static final long MS = 1_000_000L;
    private static final long MS_US = 1_000L;

    private final PlayoutDeadline deadline = new PlayoutDeadline(500 * MS);

    private long leftMs(long mediaMs, long nowMs) {
        long left = deadline.leftNs(mediaMs * MS_US, nowMs * MS);
        return left == PlayoutDeadline.NEVER ? left : left / MS;
    }

    private void tick(long streamMs, long usualAgeMs, long nowMs) {
        deadline.tick(streamMs * MS_US, usualAgeMs * MS_US, nowMs * MS);
    }

    @Test
    void nothingIsDueWhileNoTimeIsKnown() {
        assertThat(leftMs(0, 1_000)).isEqualTo(PlayoutDeadline.NEVER);
        deadline.tick(PlayoutDeadline.UNKNOWN, -1, 1_000 * MS);
        assertThat(leftMs(0, 1_000)).isEqualTo(PlayoutDeadline.NEVER);
    }

    @Test
    void isDueWhenItIsAsOldAsTheDelay() {
        tick(7_000, -1, 1_000);
        assertThat(leftMs(7_000, 1_000)).isEqualTo(500);
        assertThat(leftMs(6_600, 1_000)).isEqualTo(100);
        assertThat(leftMs(6_600, 1_100)).isZero();
        assertThat(leftMs(6_000, 1_000)).isEqualTo(-500);
    }

    @Test
    void whoBeganWithSomethingOldPlaysEverythingLaterByThat() {
        deadline.plays(4_000 * MS_US, 1_000 * MS);
        tick(7_000, -1, 1_000); // it was 3 s old
        assertThat(leftMs(7_000, 1_000)).isEqualTo(3_500);
        deadline.plays(5_000 * MS_US, 1_000 * MS); // another player is nearer to the edge, the first still counts
        tick(8_000, -1, 2_000);
        assertThat(leftMs(5_000, 2_000)).isEqualTo(500);
    }

    @Test
    void whoBeganCountsAloneWhileStreamTimeIsNotKnown() {
        deadline.plays(4_000 * MS_US, 1_000 * MS);
        deadline.tick(PlayoutDeadline.UNKNOWN, -1, 1_000 * MS);
        assertThat(leftMs(4_000, 1_000)).isEqualTo(500);
        assertThat(leftMs(5_000, 1_200)).isEqualTo(1_300);
    }

    @Test
    void nothingIsDueWhileEvenWhatComesByItselfComesLaterThanThat() {
        tick(7_000, 500, 1_000);
        assertThat(leftMs(6_000, 1_000)).isEqualTo(-500);
        tick(7_000, 501, 1_000);
        assertThat(leftMs(6_000, 1_000)).isEqualTo(PlayoutDeadline.NEVER);
        deadline.plays(6_000 * MS_US, 1_000 * MS); // but who began so late can play it
        tick(7_000, 501, 1_000);
        assertThat(leftMs(6_000, 1_000)).isEqualTo(500);
    }

    @Test
    void anotherEpochBeginsAnew() {
        deadline.plays(4_000 * MS_US, 1_000 * MS);
        tick(7_000, -1, 1_000);
        deadline.clear();
        assertThat(leftMs(4_000, 1_000)).isEqualTo(PlayoutDeadline.NEVER);
        tick(0, -1, 2_000);
        assertThat(leftMs(0, 2_000)).isEqualTo(500);
    }

    @Test
    void timesThatNoStreamReachesAreNotCalculatedWith() {
        tick(7_000, -1, 1_000);
        assertThat(deadline.leftNs(Long.MAX_VALUE, 0)).isEqualTo(PlayoutDeadline.NEVER);
        assertThat(deadline.leftNs(MediaTimes.UNKNOWN, 0)).isEqualTo(PlayoutDeadline.NEVER);
        assertThat(deadline.leftNs(Long.MAX_VALUE / 9, 0)).isEqualTo(PlayoutDeadline.NEVER);
        assertThat(deadline.leftNs(-Long.MAX_VALUE / 9, 0)).isNegative();
        deadline.plays(Long.MIN_VALUE, 0);
        deadline.tick(Long.MAX_VALUE, -1, 0);
        assertThat(leftMs(0, 0)).isEqualTo(PlayoutDeadline.NEVER);
    }
}
