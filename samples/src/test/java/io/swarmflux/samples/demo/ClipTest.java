package io.swarmflux.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.Cut;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ClipTest {
    @Test
    void holdsWholeTransportStreamPackets() {
        try (Clip clip = Clip.unpack()) {
            Clip.Source source = clip.lasting(Duration.ofSeconds(5));
            List<Cut> cuts = source.cuts(0).toStream().toList();

            assertThat(cuts).hasSize(Math.toIntExact(source.segments()));
            assertThat(cuts.stream().mapToLong(cut -> cut.payload().length).sum())
                    .isEqualTo(source.bytes());
            assertThat(cuts)
                    .allSatisfy(cut -> assertThat(cut.payload().length % 188).isZero());
            assertThat(clip.bytes()).isLessThanOrEqualTo(2_000_000);
            assertThat(cuts.get(0).payload()[0]).isEqualTo((byte) 0x47);
        }
    }

    @Test
    void lastsAsLongAsItIsTold() {
        try (Clip clip = Clip.unpack()) {
            Clip.Source source = clip.lasting(Duration.ofSeconds(20));

            assertThat(source.cuts(source.segments() - 1).count().block()).isEqualTo(1);
            assertThat(source.cuts(source.segments()).count().block()).isZero();
            assertThat(Objects.requireNonNull(source.cuts(0).blockLast()).mediaTimeUs())
                    .isBetween(19_500_000L, 20_000_000L);
        }
    }
}
