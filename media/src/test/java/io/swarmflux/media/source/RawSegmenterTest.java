package io.swarmflux.media.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmflux.segment.Cut;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class RawSegmenterTest {
    private static final int PIECE = 100;

    @Test
    void cutsAlikeHoweverTheBytesWereChopped() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(1000)];
            random.nextBytes(bytes);

            List<Cut> cuts = new RawSegmenter(PIECE)
                    .cut(Flux.fromIterable(chopped(bytes, random)))
                    .toStream()
                    .toList();

            assertThat(cuts).as("seed %d", seed).hasSize((bytes.length + PIECE - 1) / PIECE);
            assertThat(cuts.stream().limit(Math.max(0, cuts.size() - 1)))
                    .as("seed %d", seed)
                    .allMatch(cut -> cut.payload().length == PIECE);
            assertThat(joined(cuts)).as("seed %d", seed).isEqualTo(bytes);
        }
    }

    @Test
    void readsEachBufferBeforeTheNextIsRequested() {
        byte[] shared = new byte[1];
        Flux<ByteBuffer> bytes = Flux.generate(() -> 0, (number, sink) -> {
            shared[0] = number.byteValue();
            sink.next(ByteBuffer.wrap(shared));
            return number + 1;
        });

        StepVerifier.create(new RawSegmenter(3).cut(bytes).map(Cut::payload).take(2))
                .assertNext(payload -> assertThat(payload).containsExactly(0, 1, 2))
                .assertNext(payload -> assertThat(payload).containsExactly(3, 4, 5))
                .verifyComplete();
    }

    @Test
    void keepsNothingFromOneSubscriptionToTheNext() {
        Flux<Cut> cuts = new RawSegmenter(3).cut(Flux.just(ByteBuffer.wrap(new byte[2])));

        StepVerifier.create(cuts.concatWith(cuts).map(cut -> cut.payload().length))
                .expectNext(2, 2)
                .verifyComplete();
    }

    @Test
    void namesASizeThatIsNoSegment() {
        assertThatThrownBy(() -> new RawSegmenter(262_145)).hasMessageContaining("262145");
    }

    private static List<ByteBuffer> chopped(byte[] bytes, Random random) {
        List<ByteBuffer> chops = new ArrayList<>();
        for (int at = 0; at < bytes.length; ) {
            int size = Math.min(bytes.length - at, random.nextInt(3 * PIECE));
            chops.add(ByteBuffer.wrap(bytes, at, size));
            at += size;
        }
        return chops;
    }

    private static byte[] joined(List<Cut> cuts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        cuts.forEach(cut -> all.writeBytes(cut.payload()));
        return all.toByteArray();
    }
}
