package io.swarmflux.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmflux.peer.Peer;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Who does not want meters needs no Micrometer. */
class WithoutMicrometerTest {
    /** What an application does that has no meters; run by a class loader that has no Micrometer. */
    public static final class Application implements Callable<String> {
        @Override
        public String call() {
            RunningPeer peer = Objects.requireNonNull(Peer.of(StreamId.of("news"))
                    .upstream("here", Flux.<Segment>never())
                    .start()
                    .block(Duration.ofSeconds(5)));
            Health health =
                    Objects.requireNonNull(peer.snapshot().map(Health::of).block(Duration.ofSeconds(5)));
            peer.leave().block(Duration.ofSeconds(5));
            return health.toString();
        }
    }

    @Test
    void aPeerRunsAndIsJudged() throws Exception {
        try (URLClassLoader loader = new URLClassLoader(
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.contains("micrometer"))
                        .map(WithoutMicrometerTest::url)
                        .toArray(URL[]::new),
                ClassLoader.getPlatformClassLoader())) {
            assertThatThrownBy(() -> loader.loadClass("io.micrometer.core.instrument.MeterRegistry"))
                    .isInstanceOf(ClassNotFoundException.class);
            Object application = loader.loadClass(Application.class.getName())
                    .getConstructor()
                    .newInstance();
            assertThat(((Callable<?>) application).call()).hasToString("Health[status=DOWN, reasons=[NO_STREAM]]");
        }
    }

    private static URL url(String entry) {
        try {
            return new File(entry).toURI().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(entry, e);
        }
    }
}
