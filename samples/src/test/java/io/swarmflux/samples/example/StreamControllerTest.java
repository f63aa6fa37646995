package io.swarmflux.samples.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.LoopbackTransport;
import io.swarmflux.media.source.CounterSource;
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
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class StreamControllerTest {
    private static final StreamId NUMBERS = StreamId.of("numbers");
    private static final int COUNT = 300;

    private final PeerOptions options = PeerOptions.defaults().over(LoopbackTransport.create());

    @Test
    void returnsALiveStreamFromWhereItIsToItsEnd() {
        Mono<RunningPeer> seed = Seeder.of(NUMBERS, CounterSource.of(COUNT))
                .with(options.listeningOn("loop:seed").waitingFor(1))
                .start();
        Mono<RunningPeer> join =
                Peer.of(NUMBERS).upstream("loop:seed").with(options).start();

        Flux<byte[]> body = Flux.usingWhen(
                seed,
                seeder -> Flux.usingWhen(join, StreamControllerTest::get, RunningPeer::leave),
                RunningPeer::leave);

        StepVerifier.create(body.reduce(ByteBuffer.allocate(COUNT * Long.BYTES), ByteBuffer::put))
                .assertNext(bytes -> {
                    int played = bytes.flip().remaining() / Long.BYTES;
                    assertThat(played).isBetween(1, COUNT);
                    for (int i = 0; i < played; i++) {
                        assertThat(bytes.getLong(i * Long.BYTES)).isEqualTo(COUNT - played + i);
                    }
                })
                .verifyComplete();
    }

    /** The client waits for the answer's head, which it may only do where blocking is allowed. */
    private static Flux<byte[]> get(RunningPeer peer) {
        WebTestClient client =
                WebTestClient.bindToController(new StreamController(peer)).build();
        return Flux.defer(() -> Objects.requireNonNull(client.get()
                        .uri("/stream")
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .returnResult(byte[].class)
                        .getResponseBody()))
                .subscribeOn(Schedulers.boundedElastic());
    }
}
