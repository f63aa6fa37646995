package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.segment.Segment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Peers of one process may hold each segment once. */
class SharingTest {
    private final SwarmBench bench = new SwarmBench();
    private final Map<Long, Segment> shared = new HashMap<>();

    private List<Segment> played(String name, String upstream) {
        List<Segment> played = new ArrayList<>();
        PeerOptions options = bench.options(name)
                .sharing(segment -> shared.merge(segment.sequence(), segment, (held, came) -> held))
                .serving(Serving.defaults()); // what is set before stays
        bench.start(bench.peer(options, upstream)).segments().subscribe(played::add);
        return played;
    }

    @Test
    void whatComesIsReplacedByWhatOthersHold() {
        bench.start(bench.seeder(new Counter(20, 1_000, true), bench.options("seed")));
        List<Segment> relay = played("relay", "seed");
        List<Segment> player = played("player", "relay");
        bench.run(2_000);
        assertThat(relay).hasSize(20);
        assertThat(player).hasSize(20);
        for (int i = 0; i < 20; i++) {
            assertThat(player.get(i)).isSameAs(relay.get(i)).isSameAs(shared.get((long) i));
        }
    }
}
