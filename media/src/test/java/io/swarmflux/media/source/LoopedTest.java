package io.swarmflux.media.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmflux.segment.Cut;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class LoopedTest {
    @Test
    void goesRoundWhileMediaTimeGoesOn() {
        List<Cut> cuts =
                Looped.of(CounterSource.of(3)).cuts(0).take(7).toStream().toList();

        assertThat(cuts)
                .extracting(cut -> ByteBuffer.wrap(cut.payload()).getLong())
                .containsExactly(0L, 1L, 2L, 0L, 1L, 2L, 0L);
        assertThat(cuts)
                .extracting(Cut::mediaTimeUs)
                .containsExactly(0L, 10_000L, 20_000L, 30_000L, 40_000L, 50_000L, 60_000L);
    }

    @Test
    void givesTheSamePiecesFromAnySequence() {
        Looped looped = Looped.of(CounterSource.of(7));
        List<Cut> all = looped.cuts(0).take(50).toStream().toList();

        for (int from = 0; from < 40; from++) {
            Cut cut = Objects.requireNonNull(looped.cuts(from).blockFirst());
            assertThat(cut.payload())
                    .as("from %d", from)
                    .isEqualTo(all.get(from).payload());
            assertThat(cut.mediaTimeUs())
                    .as("from %d", from)
                    .isEqualTo(all.get(from).mediaTimeUs());
        }
    }

    @Test
    void staysEmptyWhenTheSourceIs() {
        StepVerifier.create(Looped.of(CounterSource.of(0)).cuts(0)).verifyComplete();
    }

    @Test
    void refusesWhatCanOnlyBeReadOnce() {
        assertThatThrownBy(() -> Looped.of(InputSource.of("input", InputStream.nullInputStream())))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
