package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmflux.wire.WireException;
import org.junit.jupiter.api.Test;

class GrantedTest {
    private static final long MS = 1_000_000L;

    private final Requested requested = new Requested();
    private final Granted granted = new Granted(requested);

    private void begin(long bytes, int segments, int mostBytesEach) {
        granted.begin(0);
        granted.first(bytes, segments);
        granted.answered(10, mostBytesEach);
    }

    private static Granted.Room room(long targetBytes, long freeBytes, long sequenceLimit, long next) {
        return new Granted.Room(true, targetBytes, freeBytes, sequenceLimit, 64, next);
    }

    @Test
    void whatIsBeyondALimitIsRefused() {
        begin(1000, 4, 600);
        granted.take(13, 600);
        granted.take(10, 400);
        assertThatThrownBy(() -> granted.take(11, 1))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("0 more bytes");
        begin(1000, 4, 600);
        assertThatThrownBy(() -> granted.take(14, 1))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("below 14");
        assertThatThrownBy(() -> granted.take(10, 601))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("the description allows 600");
    }

    @Test
    void whatWasAskedForComesOnTop() {
        begin(1000, 4, 500);
        requested.ask(99, 0);
        granted.take(99, 500);
        granted.take(10, 500);
        granted.take(11, 500);
        assertThatThrownBy(() -> granted.take(12, 1)).isInstanceOf(WireException.class);
    }

    @Test
    void aQuarterOfWhatItShouldHaveIsWorthAMessage() {
        begin(800, 4, 500);
        assertThat(granted.grant(room(1000, 9999, 14, 10), false, true, 0)).isFalse();
        assertThat(granted.byteLimit()).isEqualTo(800);
        granted.take(10, 50);
        assertThat(granted.grant(room(1000, 9999, 14, 10), false, true, 0)).isTrue();
        assertThat(granted.byteLimit()).isEqualTo(1050);
        assertThat(granted.reportedBytes()).isEqualTo(50);
    }

    @Test
    void whoGetsLessThanItShouldHaveIsStarvedUntilThereIsRoom() {
        begin(0, 4, 500);
        assertThat(granted.grant(room(1000, 600, 14, 10), false, true, 0)).isTrue();
        assertThat(granted.byteLimit()).isEqualTo(600);
        assertThat(granted.starved()).isTrue();
        assertThat(granted.isQuiet(true, 0)).isFalse();
        assertThat(granted.grant(room(1000, -5, 14, 10), false, true, 0)).isFalse();
        assertThat(granted.byteLimit()).isEqualTo(600);
        assertThat(granted.grant(room(1000, 600, 14, 10), false, true, 0)).isTrue();
        assertThat(granted.byteLimit()).isEqualTo(1000);
        assertThat(granted.starved()).isFalse();
    }

    /** The window's progress is told at once when the upstream's own window waits for it, and otherwise once a second. */
    @Test
    void progressIsToldAtOnceOrSeldom() {
        begin(1000, 4, 500);
        assertThat(granted.grant(room(1000, 0, 14, 10), true, true, 0)).isTrue(); // the first
        assertThat(granted.grant(room(1000, 0, 20, 16), true, true, 999 * MS)).isFalse();
        assertThat(granted.isQuiet(true, 999 * MS)).isTrue();
        assertThat(granted.grant(room(1000, 0, 20, 16), true, false, 999 * MS)).isTrue();
        assertThat(granted.grant(room(1000, 0, 20, 16), true, false, 1_248 * MS))
                .isFalse();
        assertThat(granted.grant(room(1000, 0, 20, 17), false, false, 1_248 * MS))
                .isFalse();
        assertThat(granted.grant(room(1000, 0, 20, 17), true, false, 1_248 * MS))
                .isTrue();
        assertThat(granted.isQuiet(true, 2_248 * MS)).isFalse();
        assertThat(granted.grant(room(1000, 0, 20, 17), true, true, 2_248 * MS)).isTrue();
    }

    /** A live stream's upstream hears four times a second of what came from it, if that is less than is worth a message. */
    @Test
    void whatCameIsToldFourTimesASecond() {
        begin(1000, 4, 500);
        assertThat(granted.grant(room(1000, 0, 14, 10), true, true, 0)).isTrue();
        granted.take(10, 10);
        assertThat(granted.isQuiet(true, 0)).isFalse();
        assertThat(granted.grant(room(1000, 0, 14, 10), true, true, 249 * MS)).isFalse();
        assertThat(granted.grant(room(1000, 0, 14, 10), true, true, 250 * MS)).isTrue();
        assertThat(granted.reportedBytes()).isEqualTo(10);
    }

    @Test
    void aQuarterOfTheSlotsIsWorthAReport() {
        begin(1L << 40, 4, 500);
        assertThat(granted.grant(room(1L << 40, 0, 14, 10), false, true, 0)).isFalse();
        for (int i = 0; i < 15; i++) {
            granted.take(10, 10);
        }
        assertThat(granted.isReportDue()).isFalse();
        granted.take(10, 10);
        assertThat(granted.isReportDue()).isTrue();
        assertThat(granted.grant(room(1L << 40, 0, 30, 26), false, true, MS)).isTrue();
        assertThat(granted.sequenceLimit()).isEqualTo(30);
        assertThat(granted.isReportDue()).isFalse();
    }

    /** Brings so many bytes in a millisecond, in pieces of 4 KiB, and reports whenever that is due. How many reports that took. */
    private int reports(long fromMs, long untilMs, int bytesEachMs) {
        Granted.Room manySlots = new Granted.Room(true, 2 << 20, 1L << 40, 14, 1 << 14, 10);
        int reports = 0;
        for (long ms = fromMs; ms < untilMs; ms++) {
            for (int bytes = 0; bytes < bytesEachMs; bytes += 4096) {
                granted.take(10, 4096);
                if (granted.isReportDue()) {
                    assertThat(granted.grant(manySlots, false, true, ms * MS)).isTrue();
                    reports++;
                }
            }
        }
        return reports;
    }

    @Test
    void whereMuchComesReportsAreFewer() {
        begin(1L << 40, 4, 1 << 20);
        assertThat(reports(0, 20, 400 * 1024)).isEqualTo(20 * 400 / 16);
        assertThat(reports(20, 100, 400 * 1024)).isLessThan(1_000); // the measure is taken twice
        assertThat(reports(100, 200, 400 * 1024)).isEqualTo(100 * 400 / 512); // a quarter of what it should have
        assertThat(reports(200, 330, 4 * 1024)).isEqualTo(1); // otherwise it is told by and by, as time passes
        assertThat(reports(330, 530, 4 * 1024)).isBetween(45, 50); // 4 MB a second: each 16 KiB again
    }

    @Test
    void theNextOfItsShareIsGrantedOrNot() {
        begin(1000, 4, 500); // 10 to 13
        assertThat(granted.allowsNext(12, 0b0010, 4)).isTrue(); // 13
        assertThat(granted.allowsNext(12, 0b0100, 4)).isFalse(); // 14
    }
}
