package io.swarmflux.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "512, 512", "16k, 16384", "4M, 4194304", "1G, 1073741824", "1.5k, 1536", "16 k, 16384"})
    void readsSizes(String text, long bytes) {
        assertThat(Quantity.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"800bit, 800", "500kbit, 500000", "2.5Mbit, 2500000", "1Gbit, 1000000000"})
    void readsRates(String text, long rate) {
        assertThat(Quantity.bitsPerSecond(text)).isEqualTo(rate);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "250us, 250000", "200ms, 200000000", "3s, 3000000000", "0.5s, 500000000", "5min, 300000000000"})
    void readsDurations(String text, long ns) {
        assertThat(Quantity.duration(text)).isEqualTo(Duration.ofNanos(ns));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.02, 0.02", "2%, 0.02", "0.5%, 0.005", "100%, 1", "1, 1"})
    void readsShares(String text, double share) {
        assertThat(Quantity.share(text)).isEqualTo(share);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "k", "16K", "16kB", "1.3", "-1", "1e3", "+1", "999999999999999999G", "1_000", "٣"})
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> Quantity.bytes(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("found '" + text + "', expected a size in bytes such as 512, 16k, 4M or 1G");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "2mbit", "2Mb", "2M", "-1bit", "0.5bit"})
    void refusesWhatIsNoRate(String text) {
        assertThatThrownBy(() -> Quantity.bitsPerSecond(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "3 parsecs", "-3s", "3S", "0.0001us", "999999999999999999h"})
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> Quantity.duration(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1", "101%", "-1%", "2k", "half"})
    void refusesWhatIsNoShare(String text) {
        assertThatThrownBy(() -> Quantity.share(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void saysWhyANegativeNumberWillNotDo() {
        assertThatThrownBy(() -> Quantity.duration("-3s"))
                .hasMessage("found '-3s', expected a duration such as 200ms, 3s, 5min or 1h, not negative");
    }

    @Test
    void readsBackWhatItWrites() {
        Random random = new Random(7);
        for (int i = 0; i < 1_000; i++) {
            long value = random.nextLong(1L << random.nextInt(1, 40)) * (random.nextBoolean() ? 1 : 1_000);
            assertThat(Quantity.bytes(Quantity.bytes(value))).isEqualTo(value);
            assertThat(Quantity.bitsPerSecond(Quantity.bitsPerSecond(value))).isEqualTo(value);
            Duration micros = Duration.ofNanos(value * 1_000);
            assertThat(Quantity.duration(Quantity.duration(micros))).isEqualTo(micros);
        }
        assertThat(Quantity.bytes(16_384L)).isEqualTo("16k");
        assertThat(Quantity.duration(Duration.ofMillis(1_500))).isEqualTo("1500ms");
        assertThat(Quantity.share(0.005)).isEqualTo("0.5%");
    }
}
