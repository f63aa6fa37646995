package io.swarmflux.samples.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swarmflux.media.player.ConsistencyCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static Outcome outcome(List<ConsistencyCheck> players) {
        FakePeer peer = new FakePeer("p1", FakePeer.integers(10)).endingAt(9);
        return Objects.requireNonNull(new Life(peer, players).toTheEnd().block());
    }

    @Test
    void hasTheFieldsThatScriptsRelyOn() {
        ObjectNode json = Report.json(outcome(List.of(ConsistencyCheck.create())));

        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        assertThat(names)
                .containsExactly(
                        "peer",
                        "stream",
                        "epoch",
                        "firstSequence",
                        "delivered",
                        "missing",
                        "gaps",
                        "outOfOrder",
                        "duplicates",
                        "repaired",
                        "bytes",
                        "sha256",
                        "startupMillis",
                        "stalls",
                        "continuity",
                        "lagMillis",
                        "upstreams",
                        "downstreams");
        assertThat(json.get("delivered").asLong()).isEqualTo(10);
        assertThat(json.get("duplicates").asLong()).isEqualTo(12);
        assertThat(json.get("repaired").asLong()).isEqualTo(3);
        assertThat(json.get("bytes").asLong()).isEqualTo(80);
        assertThat(json.at("/upstreams/0/peer").asText()).isEqualTo("seed");
        assertThat(json.at("/upstreams/0/segments").asLong()).isEqualTo(10);
        assertThat(json.at("/upstreams/0/duplicates").asLong()).isEqualTo(12);
        assertThat(json.at("/upstreams/0/bitsPerSecond").asLong()).isEqualTo(8000);
        assertThat(json.at("/upstreams/0/subStreams")).hasToString("[0,3]");
        assertThat(json.at("/downstreams/0/peer").asText()).isEqualTo("p2");
        assertThat(json.at("/downstreams/0/subStreams")).hasToString("[5]");
        assertThat(json.at("/lagMillis/p99").isNumber()).isTrue();
    }

    @Test
    void saysOneLineToPeople() {
        assertThat(Report.line(outcome(List.of(ConsistencyCheck.create()))))
                .startsWith("p1: played 10 segments of news, 0 missing, 0 out of order, 0 damaged, 12 duplicates,");
        assertThat(Report.line(outcome(List.of()))).isEqualTo("p1: relayed 10 segments of news");
    }
}
