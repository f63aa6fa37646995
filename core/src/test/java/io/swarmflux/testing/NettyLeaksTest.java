package io.swarmflux.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import org.junit.jupiter.api.Test;

final class NettyLeaksTest {
    private final NettyLeaks leaks = new NettyLeaks();
    private final ResourceLeakDetector<Object> detector = leaks.newResourceLeakDetector(Object.class, 1);

    @Test
    void namesWhatWasDroppedAndNotReleased() {
        track("dropped by the test");
        assertThat(leaks.find()).singleElement().asString().contains("Object", "dropped by the test");
    }

    @Test
    void isContentWithWhatWasReleased() {
        Object resource = new Object();
        ResourceLeakTracker<Object> tracker = detector.trackForcibly(resource);
        assertThat(tracker.close(resource)).isTrue();
        assertThat(leaks.find()).isEmpty();
    }

    @Test
    void watchesEveryResourceOfNetty() {
        assertThat(ResourceLeakDetectorFactory.instance()).isSameAs(NettyLeaks.installed());
    }

    private void track(String hint) {
        detector.trackForcibly(new Object()).record(hint);
    }
}
