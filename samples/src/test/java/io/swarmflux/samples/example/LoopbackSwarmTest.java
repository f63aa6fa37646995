package io.swarmflux.samples.example;

import io.swarmflux.segment.Segment;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class LoopbackSwarmTest {
    @Test
    void playsEveryIntegerInOrder() {
        StepVerifier.create(
                        new LoopbackSwarm().stream(1000).map(Segment::sequence).index())
                .thenConsumeWhile(place -> place.getT1().equals(place.getT2()) && place.getT1() < 999)
                .expectNextMatches(place -> place.getT1() == 999 && place.getT2() == 999)
                .verifyComplete();
    }
}
