package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SentTest {
    private static final long MS = 1_000_000L;

    private final Sent sent = new Sent(0);

    @Test
    void oneSegmentMayAlwaysGoAndThenSixtyFourKibibytesMayBeUnreported() {
        assertThat(sent.room()).isEqualTo(Long.MAX_VALUE);
        sent.sent(1 << 20, 0);
        assertThat(sent.room()).isZero();
        sent.reported((1 << 20) - 1, MS);
        assertThat(sent.room()).isEqualTo(64 * 1024 - 1);
    }

    @Test
    void aFastLinkMayHaveAQuarterOfASecondUnreported() {
        sent.sent(2_000_000, 0);
        sent.reported(1_000_000, 100 * MS); // ten megabytes a second
        assertThat(sent.room()).isEqualTo(2_500_000 - 1_000_000);
    }

    @Test
    void nobodyReportsMoreThanWasSentOrLessThanBefore() {
        sent.sent(1000, 0);
        sent.reported(5000, MS);
        sent.reported(0, 2 * MS);
        assertThat(sent.room()).isEqualTo(Long.MAX_VALUE);
    }

    /** Otherwise what got lost would stay granted and unreported for ever, and the link would come to stand. */
    @Test
    void whatIsNotReportedWellAfterAPongIsLost() {
        sent.sent(1000, 0);
        assertThat(sent.wantsPing(499 * MS)).isFalse();
        assertThat(sent.wantsPing(500 * MS)).isTrue();
        sent.pinged(500 * MS);
        sent.sent(200, 501 * MS); // behind the ping
        sent.ponged(500 * MS, 520 * MS);
        sent.reported(400, 619 * MS);
        assertThat(sent.leftOf(1200)).isZero();
        sent.reported(400, 620 * MS);
        assertThat(sent.leftOf(1200)).isEqualTo(600);
        sent.reported(600, 630 * MS);
        assertThat(sent.room()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void onlyThePongOfItsOwnPingCounts() {
        sent.sent(1000, 0);
        sent.pinged(100 * MS);
        sent.sent(1000, 150 * MS);
        sent.pinged(200 * MS); // the first is still waited for
        sent.ponged(200 * MS, 210 * MS);
        sent.reported(0, 900 * MS);
        assertThat(sent.leftOf(2000)).isZero();
    }

    /** Reports go on while more and more of what was sent is lost: waiting until they stop would be waiting for a standstill. */
    @Test
    void wantsAPingWhenReportsStayBehind() {
        sent.sent(1000, 0);
        for (long n = 1; n <= 8; n++) {
            sent.reported(100 * n, n * 100 * MS);
        }
        assertThat(sent.wantsPing(800 * MS)).isTrue();
        sent.reported(1000, 801 * MS);
        sent.sent(1000, 802 * MS);
        assertThat(sent.wantsPing(803 * MS)).isFalse();
    }

    /** Four lost segments of 16 KiB would otherwise stop the link until it is known that they are lost. */
    @Test
    void whereSomethingGotLostMoreMayBeUnreported() {
        sent.sent(1000, 0);
        sent.pinged(500 * MS);
        sent.ponged(500 * MS, 520 * MS);
        sent.reported(400, 620 * MS);
        sent.sent(1000, 621 * MS);
        assertThat(sent.room()).isEqualTo(256L * 1024 - 1000);
    }
}
