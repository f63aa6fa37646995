package io.swarmflux.media.player;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeadersFirstTest {
    private static final Map<Integer, String> KNOWN = Map.of(1, "headers1!", 2, "others...");

    private final HeadersFirst first = HeadersFirst.of(
            segment -> KNOWN.getOrDefault(segment.descriptionVersion(), "").getBytes(US_ASCII));

    @Test
    void comeOnceBeforeWhereADecoderBegins() {
        assertThat(before(1, 1, "middle of it")).isEqualTo("headers1!");
        assertThat(before(1, 1, "and on")).isEmpty();
    }

    @Test
    void doNotComeTwiceWhereASegmentBringsThem() {
        assertThat(before(1, 1, "headers1! and more")).isEmpty();
        assertThat(before(1, 1, "middle of it")).isEmpty();
    }

    @Test
    void comeAgainWhereOthersAreNeededThatWereMissed() {
        assertThat(before(1, 1, "middle of it")).isEqualTo("headers1!");
        assertThat(before(1, 2, "after a gap")).isEqualTo("others...");
        assertThat(before(2, 2, "another epoch")).isEqualTo("others...");
    }

    @Test
    void areNothingWhereNoneAreKnown() {
        assertThat(before(1, 0, "middle of it")).isEmpty();
        assertThat(before(1, 7, "middle of it")).isEmpty();
    }

    private String before(long epoch, int version, String payload) {
        Cut cut = new Cut(payload.getBytes(US_ASCII), 0, 0);
        return US_ASCII.decode(first.before(Segment.of(StreamId.of("s"), epoch, 3, cut, version)))
                .toString();
    }
}
