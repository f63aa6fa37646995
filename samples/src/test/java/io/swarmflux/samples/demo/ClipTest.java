package io.swarmflux.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.Cut;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClipTest {
    @Test
    void holdsWholeTransportStreamPackets() {
        try (Clip clip = Clip.unpack()) {
            List<Cut> cuts = clip.once().cuts(0).toStream().toList();

            assertThat(cuts).hasSize(Math.toIntExact(clip.once().segments()));
            assertThat(cuts.stream().mapToLong(cut -> cut.payload().length).sum())
                    .isEqualTo(clip.bytes())
                    .isLessThanOrEqualTo(2_000_000);
            assertThat(clip.bytes() % 188).isZero();
            assertThat(cuts.get(0).payload()[0]).isEqualTo((byte) 0x47);
        }
    }

    @Test
    void lastsAsLongAsItIsTold() {
        try (Clip clip = Clip.unpack()) {
            Clip.Source source = clip.lasting(Duration.ofSeconds(20));

            assertThat(source.cuts(source.segments() - 1).count().block()).isEqualTo(1);
            assertThat(source.segments() * Clip.SEGMENT_BYTES * 8.0 / Clip.BITS_PER_SECOND)
                    .isBetween(19.9, 20.0);
        }
    }
}
