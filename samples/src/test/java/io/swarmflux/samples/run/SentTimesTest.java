package io.swarmflux.samples.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import org.junit.jupiter.api.Test;

class SentTimesTest {
    private final SentTimes times = new SentTimes();

    @Test
    void knowsNoLagOfWhatTheSeederHasNotSentOrSentLongAgo() {
        assertThat(times.sent(segment(1))).isZero();
        assertThat(times.sent(segment(1 + (1 << 16)))).isZero();

        assertThat(times.lagMillis(segment(1))).isZero();
        assertThat(times.lagMillis(segment(2))).isZero();
        assertThat(times.lagMillis(segment(1 + (1 << 16)))).isBetween(0L, 60_000L);
    }

    private static Segment segment(long sequence) {
        return Segment.of(StreamId.of("news"), 1, sequence, new Cut(new byte[1], 0, 0), 0);
    }
}
