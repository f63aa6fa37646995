package io.swarmflux.samples.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.media.player.ConsistencyCheck;
import io.swarmflux.media.player.PayloadWriter;
import io.swarmflux.media.player.PlayReport;
import io.swarmflux.peer.PeerEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class LifeTest {
    @Test
    void endsWithThePlayersAndThePeer() {
        FakePeer peer = new FakePeer("p1", FakePeer.integers(10)).endingAt(9);
        Life life = new Life(peer, List.of(ConsistencyCheck.create(), ConsistencyCheck.create()));

        StepVerifier.create(life.toTheEnd())
                .assertNext(outcome -> {
                    assertThat(outcome.consistent()).isTrue();
                    assertThat(outcome.played()).hasSize(2).allMatch(report -> report.delivered() == 10);
                })
                .verifyComplete();
    }

    @Test
    void countsWhatLiesBetweenTheLastSegmentAndTheEnd() {
        FakePeer peer = new FakePeer("p1", FakePeer.integers(10)).endingAt(14);

        StepVerifier.create(new Life(peer, List.of(ConsistencyCheck.create())).toTheEnd())
                .assertNext(outcome -> {
                    assertThat(outcome.first().missing()).isEqualTo(5);
                    assertThat(outcome.consistent()).isFalse();
                })
                .verifyComplete();
    }

    @Test
    void whatIsNotPlayedYetIsNotMissing() {
        FakePeer peer = new FakePeer("p1", FakePeer.integers(10).concatWith(Flux.never())).endingAt(14);
        Life life = new Life(peer, List.of(ConsistencyCheck.create()));

        Disposable playing = life.toTheEnd().subscribe();
        PlayReport sofar = Flux.defer(life::now)
                .repeat()
                .map(Outcome::first)
                .filter(report -> report.delivered() == 10)
                .blockFirst(Duration.ofSeconds(5));
        playing.dispose();
        assertThat(sofar).extracting(PlayReport::missing).isEqualTo(0L);
    }

    @Test
    void aStreamWhoseSourceFailedIsNoGoodEndThoughAllOfItWasPlayed() {
        FakePeer peer = new FakePeer("seed", FakePeer.integers(10))
                .endingAt(9)
                .happening(new PeerEvent.SourceFailed("no fragments"));

        StepVerifier.create(new Life(peer, List.of(ConsistencyCheck.create())).toTheEnd())
                .assertNext(outcome -> {
                    assertThat(outcome.consistent()).isFalse();
                    assertThat(outcome.failure()).hasMessage("the source failed: no fragments");
                    assertThat(outcome.first().delivered()).isEqualTo(10);
                })
                .verifyComplete();
    }

    @Test
    void leavesWhenItIsToldTo() {
        FakePeer peer = new FakePeer("p1", FakePeer.integers(4).concatWith(Flux.never()));
        Life life = new Life(peer, List.of(ConsistencyCheck.create()));

        StepVerifier.create(life.toTheEnd())
                .then(life::leave)
                .assertNext(outcome -> assertThat(outcome.first().delivered()).isEqualTo(4))
                .verifyComplete();
    }

    @Test
    void makesThePeerLeaveWhenAPlayerFails() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        FakePeer peer = new FakePeer("p1", FakePeer.integers(4));

        StepVerifier.create(new Life(peer, List.of(PayloadWriter.to("out.ts", full))).toTheEnd())
                .assertNext(outcome -> {
                    assertThat(outcome.failure()).hasMessage("cannot write out.ts: No space left on device");
                    assertThat(outcome.consistent()).isFalse();
                })
                .verifyComplete();
        StepVerifier.create(peer.onDone()).verifyComplete();
    }
}
