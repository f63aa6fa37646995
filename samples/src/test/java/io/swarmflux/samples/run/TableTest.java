package io.swarmflux.samples.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.media.player.ConsistencyCheck;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TableTest {
    private final Outcome outcome = Objects.requireNonNull(
            new Life(new FakePeer("p1", FakePeer.integers(10)).endingAt(9), List.of(ConsistencyCheck.create()))
                    .toTheEnd()
                    .block());
    private final String digest = outcome.first().sha256();

    @Test
    void saysWhetherEverybodyPlayedWhatWasSent() {
        Map<String, Outcome> outcomes = Map.of("p1", outcome);

        assertThat(Table.of(outcomes, Map.of("p1", digest)).get(2))
                .startsWith("  p1")
                .contains(digest.substring(0, 12))
                .endsWith(" yes");
        assertThat(Table.allGood(outcomes, Map.of("p1", digest))).isTrue();
        assertThat(Table.of(outcomes, Map.of("p1", "another")).get(2)).endsWith(" NO");
        assertThat(Table.allGood(outcomes, Map.of("p1", "another"))).isFalse();
    }

    @Test
    void linesItsColumnsUp() {
        List<String> lines = Table.of(Map.of("a-peer-with-a-long-name", outcome), Map.of());

        int end = lines.get(0).indexOf("delivered") + "delivered".length();
        assertThat(lines.get(2).substring(0, end)).endsWith(" 10");
        assertThat(lines.get(1)).matches(" +[- ]+");
    }
}
