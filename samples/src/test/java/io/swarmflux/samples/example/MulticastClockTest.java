package io.swarmflux.samples.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

class MulticastClockTest {
    @Test
    void isHeard() throws Exception {
        NetworkInterface loopback =
                Objects.requireNonNull(NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()));
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String group = "239.84." + random.nextInt(256) + "." + random.nextInt(1, 255) + ":"
                + random.nextInt(20_000, 30_000) + "@" + loopback.getName();
        Disposable feeding = MulticastClock.feed(group, MulticastClock.ticks(Duration.ofMillis(20)))
                .subscribe();
        StepVerifier.create(MulticastClock.hear(group).take(3))
                .assertNext(segment ->
                        assertThat(UTF_8.decode(segment.payload()).toString()).startsWith("tick "))
                .expectNextCount(2)
                .verifyComplete();
        feeding.dispose();
    }
}
