package io.swarmflux.transport.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.Link;
import io.swarmflux.link.LinkException;
import io.swarmflux.link.LoopbackTransport;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@Timeout(10)
class MulticastSegmentsTest {
    private static final StreamId NEWS = StreamId.of("news");

    private static Segment segment(long sequence, int bytes) {
        byte[] payload = new byte[bytes];
        ByteBuffer.wrap(payload).putLong(0, sequence);
        return Segment.of(NEWS, 1, sequence, new Cut(payload, sequence, 0), 1);
    }

    @Test
    void allMembersGetEverySegment() throws Exception {
        try (Group group = new Group()) {
            MulticastTransport transport = MulticastTransport.create().rate(50_000_000);
            Link feeder = group.link(transport);
            BlockingQueue<Segment> first = new LinkedTransferQueue<>();
            BlockingQueue<Segment> second = new LinkedTransferQueue<>();
            receive(group.link(transport), first);
            receive(group.link(transport), second);
            List<Segment> sent =
                    IntStream.range(0, 200).mapToObj(i -> segment(i, 16 << 10)).toList();

            MulticastSegments feeding = MulticastSegments.over(feeder, NEWS);
            feeding.send(Flux.fromIterable(sent)).block(Group.SOON);

            Group.until("both have all", () -> first.size() == 200 && second.size() == 200);
            assertThat(first).containsExactlyElementsOf(sent);
            assertThat(second).containsExactlyElementsOf(sent);
            assertThat(feeding.counts().sent()).isEqualTo(200);
            assertThat(feeder.unsentBytes()).isZero();
        }
    }

    private static MulticastSegments receive(Link link, BlockingQueue<Segment> to) {
        MulticastSegments segments = MulticastSegments.over(link, NEWS);
        segments.receive().subscribe(to::add, error -> {
            throw new AssertionError(error);
        });
        return segments;
    }

    @Test
    void whatIsIncompleteIsDroppedAndCounted() throws Exception {
        LoopbackTransport network = LoopbackTransport.create();
        network.group("group:lossy").loss(0.02);
        Link from = Group.now(network.dial("group:lossy"));
        Link to = Group.now(network.dial("group:lossy"));
        BlockingQueue<Segment> got = new LinkedTransferQueue<>();
        MulticastSegments receiving = receive(to, got);
        MulticastSegments.over(from, NEWS)
                .send(Flux.range(0, 2_000).map(i -> segment(i, 10_000)))
                .block(Group.SOON);
        Group.until("the last ones have come", () -> got.stream().anyMatch(one -> one.sequence() >= 1_950));
        Group.until(
                "nearly all are accounted for",
                () -> receiving.counts().received() + receiving.counts().incomplete() > 1_800);
        assertThat(receiving.counts().incomplete()).isPositive();
        List<Segment> seen = List.copyOf(got); // the last ones may still be coming
        assertThat(seen.stream().map(Segment::sequence).distinct()).hasSize(seen.size());
        seen.forEach(one -> assertThat(one).isEqualTo(segment(one.sequence(), 10_000)));
        from.dispose();
        to.dispose();
    }

    @Test
    void aSlowSubscriberLosesTheOldest() throws Exception {
        LoopbackTransport network = LoopbackTransport.create();
        Link from = Group.now(network.dial("group:slow"));
        Link to = Group.now(network.dial("group:slow"));
        MulticastSegments receiving = MulticastSegments.over(to, NEWS);
        StepVerifier.create(receiving.receive().map(Segment::sequence), 0)
                .then(() -> MulticastSegments.over(from, NEWS)
                        .send(Flux.range(0, 1_500).map(i -> segment(i, 100)))
                        .block(Group.SOON))
                .then(() -> waitFor(receiving, 1_500))
                .thenRequest(1)
                .expectNext(1_500L - 1_024)
                .thenCancel()
                .verify();
        assertThat(receiving.counts().overflowed()).isEqualTo(1_500 - 1_024);
        from.dispose();
        to.dispose();
    }

    private static void waitFor(MulticastSegments receiving, long segments) {
        try {
            Group.until("all have come", () -> receiving.counts().received() == segments);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void framesThatAreNoChunksAreCounted() throws Exception {
        LoopbackTransport network = LoopbackTransport.create();
        Link from = Group.now(network.dial("group:odd"));
        Link to = Group.now(network.dial("group:odd"));
        BlockingQueue<Segment> got = new LinkedTransferQueue<>();
        MulticastSegments receiving = receive(to, got);
        from.send(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        MulticastSegments.over(from, NEWS).send(Mono.just(segment(7, 100))).block(Group.SOON);
        Group.until("the segment has come", () -> got.size() == 1);
        assertThat(receiving.counts().malformed()).isEqualTo(1);
        from.dispose();
        to.dispose();
    }

    @Test
    void aClosedLinkAndAnotherStreamFailTheSending() {
        LoopbackTransport network = LoopbackTransport.create();
        Link link = Group.now(network.dial("group:closed"));
        StepVerifier.create(MulticastSegments.over(link, StreamId.of("sport")).send(Mono.just(segment(7, 100))))
                .expectErrorMessage("the group carries stream 'sport', the segment is of 'news'")
                .verify();
        link.dispose();
        StepVerifier.create(MulticastSegments.over(link, NEWS).send(Mono.just(segment(7, 100))))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(LinkException.class)
                        .hasMessageContaining("closed, segment 7 not sent"))
                .verify();
    }
}
