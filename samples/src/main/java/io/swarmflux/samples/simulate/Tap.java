package io.swarmflux.samples.simulate;

import io.swarmflux.link.ForwardedLink;
import io.swarmflux.link.Link;
import io.swarmflux.link.Listener;
import io.swarmflux.link.Transport;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.MessageCodec;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A transport that writes down what crosses it in the {@link Trace} of the host that uses it, and changes nothing. It reads the
 * frames as {@code docs/wire-format.md} has them: of segments only the first fields, of what is asked for everything.
 */
final class Tap implements Transport {
    /** The type of the frames that carry segments. */
    static final int SEGMENT = 0x23;

    private static final int SUBSCRIBE = 0x10;
    private static final int ASSIGN = 0x11;
    private static final int UNSUBSCRIBE = 0x14;

    private final Transport transport;
    private final Trace trace;
    private final Map<String, Trace> byAddress;
    private final VirtualTime time;

    /** Watches what a host sends and receives; the traces of all hosts, by address, say over how many links a segment came. */
    Tap(Transport transport, Trace trace, Map<String, Trace> byAddress, VirtualTime time) {
        this.transport = transport;
        this.trace = trace;
        this.byAddress = byAddress;
        this.time = time;
    }

    @Override
    public Kind kind(String remote) {
        return transport.kind(remote);
    }

    @Override
    public Mono<Link> dial(String address) {
        return transport.dial(address).map(this::tapped);
    }

    @Override
    public Mono<Listener> listen(String address, Consumer<? super Link> accept) {
        return transport.listen(address, link -> accept.accept(tapped(link)));
    }

    /** Reads a number as the wire has it. */
    static long varint(ByteBuffer in) {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = in.get();
            value |= (next & 0x7fL) << shift;
            shift += 7;
        } while (next < 0);
        return value;
    }

    private Link tapped(Link link) {
        Tapped tapped = new Tapped(link, byAddress.get(link.remote()));
        link.onClose().subscribe(nothing -> {}, failure -> trace.closed(tapped), () -> trace.closed(tapped));
        return tapped;
    }

    private final class Tapped implements ForwardedLink {
        private final Link link;
        private final @Nullable Trace other;

        /** The segment that has begun and is not complete. */
        private long begun = -1;

        Tapped(Link link, @Nullable Trace other) {
            this.link = link;
            this.other = other;
        }

        @Override
        public Link link() {
            return link;
        }

        @Override
        public boolean send(ByteBuffer... parts) {
            ByteBuffer first = parts[0];
            int kind = first.get(first.position()) & 0xff;
            int bytes = 0;
            for (ByteBuffer part : parts) {
                bytes += part.remaining();
            }
            trace.sent(kind, bytes, time.nowNs());
            if (kind == SUBSCRIBE || kind == ASSIGN || kind == UNSUBSCRIBE) {
                asks(MessageCodec.decode(first));
            }
            return link.send(parts);
        }

        private void asks(@Nullable Message message) {
            if (message instanceof Message.Subscribe subscribe) {
                trace.asks(this, subscribe.subStreams());
            } else if (message instanceof Message.Assign assign) {
                long mask = trace.askedOver(this);
                for (Message.Assignment one : assign.assignments()) {
                    long bit = 1L << one.subStream();
                    mask = one.until() == Long.MAX_VALUE ? mask | bit : mask & ~bit;
                }
                trace.asks(this, mask);
            } else if (message instanceof Message.Unsubscribe) {
                trace.asks(this, 0);
            }
        }

        @Override
        public Flux<ByteBuffer> receive() {
            return link.receive().doOnNext(this::came);
        }

        private void came(ByteBuffer frame) {
            if ((frame.get(frame.position()) & 0xff) != SEGMENT) {
                return;
            }
            ByteBuffer in = frame.duplicate();
            in.position(in.position() + 2);
            varint(in);
            long total = varint(in);
            long offset = varint(in);
            int length = in.remaining();
            if (offset == 0) {
                begun = in.getLong(in.position() + Long.BYTES);
            }
            if (offset + length == total && begun >= 0) {
                trace.arrived(begun, other == null ? 1 : other.hops(begun) + 1, time.nowNs());
                if (other != null) {
                    other.gave(time.nowNs());
                }
                IslandMeter island = trace.island();
                if (island != null && (other == null || other.island() != island)) {
                    island.cameFromOutside(time.nowNs());
                }
                begun = -1;
            }
        }
    }
}
