package io.swarmflux.samples.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.transport.multicast.MulticastLink;
import io.swarmflux.transport.multicast.MulticastSegments;
import io.swarmflux.transport.multicast.MulticastTransport;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A stream that is multicast without a peer: a clock that ticks on one host, and is heard on all others. */
public final class MulticastClock {
    private static final StreamId CLOCK = StreamId.of("clock");

    private MulticastClock() {}

    static Mono<Void> feed(String group, Flux<Segment> segments) {
        return Mono.usingWhen(
                MulticastTransport.create().rate(50_000_000).join(group),
                link -> MulticastSegments.over(link, CLOCK).send(segments),
                MulticastLink::close);
    }

    static Flux<Segment> hear(String group) {
        return Flux.usingWhen(
                MulticastTransport.create().join(group),
                link -> MulticastSegments.over(link, CLOCK).receive(),
                MulticastLink::close);
    }

    /** A segment for each tick. */
    static Flux<Segment> ticks(Duration every) {
        return Flux.interval(Duration.ZERO, every)
                .onBackpressureDrop()
                .map(tick -> Segment.of(
                        CLOCK,
                        1,
                        tick,
                        new Cut(("tick " + tick).getBytes(UTF_8), tick * 1_000, Segment.RANDOM_ACCESS),
                        1));
    }

    /**
     * Feeds, or hears.
     *
     * @param args {@code feed} or {@code hear}, and the group, such as {@code 239.1.2.3:5000@eth0}
     */
    public static void main(String[] args) {
        if (args[0].equals("feed")) {
            feed(args[1], ticks(Duration.ofSeconds(1))).block();
        } else {
            hear(args[1])
                    .doOnNext(segment -> System.out.println(UTF_8.decode(segment.payload())))
                    .blockLast();
        }
    }
}
