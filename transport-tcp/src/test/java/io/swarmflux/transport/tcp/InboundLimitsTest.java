package io.swarmflux.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InboundLimitsTest {
    private final InboundLimits limits = new InboundLimits(3, 2);

    @Test
    void countsPerAddressAndInAll() {
        assertThat(limits.tryEnter("a")).isTrue();
        assertThat(limits.tryEnter("a")).isTrue();
        assertThat(limits.tryEnter("a")).isFalse();
        assertThat(limits.tryEnter("b")).isTrue();
        assertThat(limits.tryEnter("c")).isFalse();
        assertThat(limits.refused()).isEqualTo(2);

        limits.leave("a");
        assertThat(limits.tryEnter("c")).isTrue();
        assertThat(limits.tryEnter("a")).isFalse();
        assertThat(limits.refused()).isEqualTo(3);
    }

    @Test
    void reportsTheFirstRefusalAtOnceAndTheRestOnceAMinute() {
        long startNs = Long.MAX_VALUE - 5;
        limits.tryEnter("a");
        limits.tryEnter("a");

        assertThat(refusal(startNs))
                .isEqualTo("refused 1 link, the last from a: it has 2 of at most 2, all together" + " 2 of at most 3");
        assertThat(refusal(startNs + 1)).isNull();
        assertThat(refusal(startNs + Duration.ofSeconds(59).toNanos())).isNull();
        assertThat(refusal(startNs + Duration.ofSeconds(60).toNanos())).startsWith("refused 3 links, ");
        assertThat(refusal(startNs + Duration.ofSeconds(61).toNanos())).isNull();
    }

    private @Nullable String refusal(long nowNs) {
        assertThat(limits.tryEnter("a")).isFalse();
        return limits.report("a", nowNs);
    }
}
