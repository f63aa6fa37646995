package io.swarmflux.samples.example;

import io.swarmflux.peer.RunningPeer;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

/** A WebFlux controller that returns the stream as it arrives: each request is a reader of its own. */
@RestController
class StreamController {
    private final RunningPeer peer;

    StreamController(RunningPeer peer) {
        this.peer = peer;
    }

    @GetMapping(path = "/stream", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
    Flux<DataBuffer> stream() {
        return peer.segments().map(segment -> DefaultDataBufferFactory.sharedInstance.wrap(segment.payloadCopy()));
    }
}
