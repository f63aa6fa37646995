package io.swarmflux.media.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class CounterSourceTest {
    @Test
    void countsFromWhereItIsAsked() {
        List<Cut> cuts = CounterSource.of(1000).cuts(997).toStream().toList();

        assertThat(cuts)
                .extracting(cut -> ByteBuffer.wrap(cut.payload()).getLong())
                .containsExactly(997L, 998L, 999L);
        assertThat(cuts).extracting(Cut::mediaTimeUs).containsExactly(9_970_000L, 9_980_000L, 9_990_000L);
        assertThat(cuts).allMatch(cut -> cut.flags() == Segment.RANDOM_ACCESS);
    }

    @Test
    void endsAtOnceBeyondTheEndAndWhenItIsEmpty() {
        StepVerifier.create(CounterSource.of(5).cuts(5)).verifyComplete();
        StepVerifier.create(CounterSource.of(0).cuts(0)).verifyComplete();
    }

    @Test
    void countsOnlyOnRequest() {
        StepVerifier.create(CounterSource.of(Long.MAX_VALUE).cuts(0), 2)
                .expectNextCount(2)
                .thenRequest(3)
                .expectNextCount(3)
                .thenCancel()
                .verify();
    }

    @Test
    void keepsMediaTimeExactFarOut() {
        CounterSource source = new CounterSource(Long.MAX_VALUE, 30);

        Cut cut = Objects.requireNonNull(source.cuts(9_000_000_000_000L + 1).blockFirst());

        assertThat(cut.mediaTimeUs()).isEqualTo(300_000_000_000L * 1_000_000 + 33_333);
    }

    @Test
    void namesWhatIsWrong() {
        assertThatThrownBy(() -> CounterSource.of(-1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> CounterSource.of(1).perSecond(0)).hasMessageContaining("were 0");
    }
}
