package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmflux.link.LinkException;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.peer.SwarmBench.Playing;
import io.swarmflux.segment.Segment;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Publishers and subscribers of this process beside links, and addresses that are taken. */
class LocalTest {
    private final SwarmBench bench = new SwarmBench();

    @Test
    void aPublisherOfThisProcessIsAnUpstreamBesideLinks() {
        bench.start(bench.seeder(new Counter(1_000_000, 100, false), bench.options("seed")));
        RunningPeer near = bench.start(bench.peer(bench.bare("near"), "seed"));
        Flux<Segment> local = near.segments();
        RunningPeer far = bench.start(bench.peer(bench.options("far"), "seed").upstream("near", local));
        Playing inFar = bench.play(far);
        Playing beyond = bench.play(bench.start(bench.peer(bench.bare("beyond"), "far")));
        bench.run(3_000);
        bench.way("far").cut();
        bench.run(1_500);
        assertThat(inFar.last()).isGreaterThan(4_400);
        inFar.hasExactly(inFar.first(), inFar.last() + 1);
        assertThat(beyond.last()).isPositive();
        assertThat(bench.look(far).upstreams())
                .extracting(PeerSnapshot.Upstream::peer)
                .contains("near");
    }

    @Test
    void twoLocalUpstreamsOfOneNameAreRefused() {
        Peer peer = Peer.of(SwarmBench.NEWS).upstream("camera", Flux.never());
        assertThatThrownBy(() -> peer.upstream("camera", Flux.never())).hasMessageContaining("camera");
    }

    @Test
    void anAddressInUseFailsTheStart() {
        bench.start(bench.seeder(new Counter(10, 100, false), bench.options("seed")));
        assertThatThrownBy(() -> bench.peer(bench.options("seed")).start().block())
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("in use");
    }
}
