package io.swarmflux.samples.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.LoopbackTransport;
import io.swarmflux.media.source.CounterSource;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.segment.StreamId;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class StreamControllerTest {
    private static final StreamId NUMBERS = StreamId.of("numbers");

    private final PeerOptions options = PeerOptions.defaults().over(LoopbackTransport.create());

    @Test
    void returnsTheStream() {
        Mono<RunningPeer> seed = Seeder.of(NUMBERS, CounterSource.of(500))
                .at(Pace.none())
                .with(options.listeningOn("loop:seed").waitingFor(1))
                .start();
        Mono<RunningPeer> join =
                Peer.of(NUMBERS).upstream("loop:seed").with(options).start();

        Flux<byte[]> body = Flux.usingWhen(
                seed,
                seeder -> Flux.usingWhen(join, StreamControllerTest::get, RunningPeer::leave),
                RunningPeer::leave);

        StepVerifier.create(body.reduce(ByteBuffer.allocate(4000), ByteBuffer::put))
                .assertNext(bytes -> assertThat(bytes.getLong(499 * 8)).isEqualTo(499))
                .verifyComplete();
    }

    private static Flux<byte[]> get(RunningPeer peer) {
        return Objects.requireNonNull(WebTestClient.bindToController(new StreamController(peer))
                .build()
                .get()
                .uri("/stream")
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(byte[].class)
                .getResponseBody());
    }
}
