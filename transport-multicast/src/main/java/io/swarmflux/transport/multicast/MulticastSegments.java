package io.swarmflux.transport.multicast;

import io.swarmflux.link.Link;
import io.swarmflux.link.LinkException;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.GroupAssembler;
import io.swarmflux.wire.GroupChunks;
import io.swarmflux.wire.GroupCodec;
import io.swarmflux.wire.GroupMessage.Chunk;
import io.swarmflux.wire.WireException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Segments of one stream over a link into a group, without a peer: who sends them feeds all members that receive. Nothing is
 * repaired: a segment of which a datagram is lost is dropped and counted. One stream for each group.
 *
 * <pre>{@code
 * MulticastSegments island = MulticastSegments.over(link, StreamId.of("news"));
 * Mono<Void> feeding = island.send(segments);   // on one host
 * Flux<Segment> heard = island.receive();       // on all others
 * }</pre>
 */
public final class MulticastSegments {
    private static final long ROOM_BYTES = 256 << 10;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);
    private static final int UNFINISHED_SEGMENTS = 256;
    private static final long UNFINISHED_BYTES = 16 << 20;
    /** A segment that is so far behind a finished one misses something for good. */
    private static final int REORDERING = 128;
    /** A step forward that a stream may make; a longer one is believed only for itself. */
    private static final int STEP = 4_096;

    private static final int WAITING_SEGMENTS = 1_024;

    private final Link link;
    private final StreamId stream;
    private final long member = new SplittableRandom().nextLong();
    private final AtomicLong frames = new AtomicLong();
    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder incomplete = new LongAdder();
    private final LongAdder malformed = new LongAdder();
    private final LongAdder overflowed = new LongAdder();

    /**
     * What was sent and received up to now; each number only grows.
     *
     * @param sent segments
     * @param received segments that came whole
     * @param incomplete segments of which something was lost; those of which nothing came are not among them
     * @param malformed frames that were no chunk, or contradicted others
     * @param overflowed segments that were dropped because the subscriber was too slow, the oldest first
     */
    public record Counts(long sent, long received, long incomplete, long malformed, long overflowed) {}

    private MulticastSegments(Link link, StreamId stream) {
        this.link = link;
        this.stream = stream;
    }

    /**
     * Segments over a link.
     *
     * @param link a link into a group; stays open when sending or receiving has ended
     * @param stream the stream that the group carries
     * @return what sends and receives there
     */
    public static MulticastSegments over(Link link, StreamId stream) {
        return new MulticastSegments(link, stream);
    }

    /**
     * Sends segments to all members, as fast as the link's rate allows: more is requested when there is room in its send queue.
     *
     * @param segments of the stream
     * @return completes when all were handed to the link and have left it; fails as the source does, with
     *     {@link IllegalArgumentException} on a segment of another stream, or with {@link LinkException} when the link is closed
     */
    public Mono<Void> send(Publisher<Segment> segments) {
        return Flux.from(segments)
                .concatMap(segment -> send(segment).then(until(ROOM_BYTES)), 1)
                .then(Mono.defer(() -> until(1)));
    }

    private Mono<Void> send(Segment segment) {
        return Mono.fromRunnable(() -> {
            if (!segment.stream().equals(stream)) {
                throw new IllegalArgumentException("the group carries stream '" + stream.name()
                        + "', the segment is of '" + segment.stream().name() + "'");
            }
            Iterator<ByteBuffer[]> chunks =
                    GroupChunks.cut(member, segment, 0, 0, false, link.maxFrameBytes(), frames::getAndIncrement);
            while (chunks.hasNext()) {
                if (!link.send(chunks.next())) {
                    throw new LinkException(link.remote(), "closed, segment " + segment.sequence() + " not sent", null);
                }
            }
            sent.increment();
        });
    }

    /** Completes when less than so much waits in the link. */
    private Mono<Void> until(long bytes) {
        if (link.isDisposed() || link.unsentBytes() < bytes) {
            return Mono.empty();
        }
        return Mono.delay(LOOK_AGAIN)
                .repeat(() -> !link.isDisposed() && link.unsentBytes() >= bytes)
                .then();
    }

    /**
     * Segments that other members send.
     *
     * @return emits each segment once, as soon as it is whole, in the order of that; ends when the link ends, as
     *     {@link Link#receive()} does; one subscriber; for one that asks for less than comes, up to
     *     1,024 segments are kept, and then the oldest is dropped and counted; emits on the link's thread
     */
    public Flux<Segment> receive() {
        return Flux.defer(() -> {
            Receiving state = new Receiving();
            return link.receive()
                    .mapNotNull(state::take)
                    .onBackpressureBuffer(
                            WAITING_SEGMENTS, dropped -> overflowed.increment(), BufferOverflowStrategy.DROP_OLDEST);
        });
    }

    /**
     * What was sent and received up to now.
     *
     * @return the counts
     */
    public Counts counts() {
        return new Counts(sent.sum(), received.sum(), incomplete.sum(), malformed.sum(), overflowed.sum());
    }

    /** Puts chunks together; on the link's thread. */
    private final class Receiving {
        private final GroupAssembler assembler =
                new GroupAssembler(stream, Segment.MAX_ENCODED_BYTES, UNFINISHED_BYTES, UNFINISHED_SEGMENTS);
        private long epoch = -1;
        private long newest;
        private GroupAssembler.Counts counted = assembler.counts();

        @Nullable
        Segment take(ByteBuffer frame) {
            Segment segment = null;
            try {
                if (GroupCodec.decode(frame) instanceof Chunk chunk) {
                    segment = assembler.take(chunk);
                }
            } catch (WireException wrong) { // counted; there is nobody to tell
                malformed.increment();
            }
            if (segment != null) {
                received.increment();
                forgetBehind(segment);
            }
            count();
            return segment;
        }

        private void forgetBehind(Segment finished) {
            long step = finished.sequence() - newest;
            boolean same = finished.epoch() == epoch;
            if (same && step > 0 && step <= STEP) {
                int before = assembler.unfinished();
                assembler.forgetBelow(epoch, Math.max(0, finished.sequence() - REORDERING));
                incomplete.add(before - assembler.unfinished());
            }
            if (!same || step > 0) {
                epoch = finished.epoch();
                newest = finished.sequence();
            }
        }

        private void count() {
            GroupAssembler.Counts now = assembler.counts();
            incomplete.add(now.givenUp() - counted.givenUp());
            malformed.add(now.mismatched() + now.broken() - counted.mismatched() - counted.broken());
            counted = now;
        }
    }
}
