package io.swarmflux.transport.multicast;

import io.swarmflux.link.Link;
import io.swarmflux.link.LinkException;
import io.swarmflux.link.Listener;
import io.swarmflux.link.Transport;
import io.swarmflux.topology.MulticastGroup;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Links that many hear, over UDP multicast. Addresses are {@code GROUP:PORT} or {@code GROUP:PORT@INTERFACE}, for example
 * {@code 239.1.2.3:5000@eth0}, the interface by name or address; left out, it is the only one of this host that can carry
 * multicast. A group is joined by dialling it, and nobody listens: see {@link MulticastLink} for what such a link promises.
 *
 * <p>Each frame is one datagram, so the longest frame is the interface's MTU, at most 1,500 bytes, less the headers. A bad datagram
 * is dropped and counted, whoever sent it, and harms nothing else.
 *
 * <p>Immutable: each option returns a new transport, and nothing happens before somebody dials.
 */
public final class MulticastTransport implements Transport {
    /** How fast a link sends unless said otherwise: 1 Gbit/s. */
    public static final long DEFAULT_RATE = 1_000_000_000;

    private static final Logger log = Loggers.getLogger(MulticastTransport.class);

    private final Options options;

    private MulticastTransport(Options options) {
        this.options = options;
    }

    /** What can be set. */
    record Options(@Nullable Secret secret, long rate, int ttl, int receiveBufferBytes, int sendQueueBytes) {}

    /**
     * Multicast without a secret, with the defaults that each option states.
     *
     * @return the transport
     */
    public static MulticastTransport create() {
        return new MulticastTransport(new Options(null, DEFAULT_RATE, 1, 4 << 20, 1 << 20));
    }

    /**
     * Encrypts frames, and believes only who knows the same secret. Default: no secret, and then whoever is on the network can
     * read what is sent and send into the group. Members with and without one do not hear each other. A frame is heard only by
     * members that have had an answer from its sender's link, which takes a few milliseconds after it has joined.
     *
     * @param bytes at least 16, as hard to guess as a key
     * @return the same otherwise
     * @throws IllegalArgumentException when it is too short
     */
    public MulticastTransport secret(byte[] bytes) {
        return secret(Secret.of(bytes));
    }

    /**
     * Encrypts frames with the content of a file, less one line end after it. See {@link #secret(byte[])}.
     *
     * @param file is read at once
     * @return the same otherwise
     * @throws IllegalArgumentException when the file cannot be read or has less than 16 bytes; the message names it
     */
    public MulticastTransport secret(Path file) {
        return secret(Secret.read(file));
    }

    private MulticastTransport secret(Secret secret) {
        return new MulticastTransport(new Options(
                secret, options.rate(), options.ttl(), options.receiveBufferBytes(), options.sendQueueBytes()));
    }

    /**
     * Sets how fast a link sends; what comes faster waits in its queue. Lower it where receivers or switches lose what comes in
     * bursts; {@link MulticastLink#rate(long)} changes it while the link runs.
     *
     * @param bitsPerSecond on the wire, headers included; at least 8,000, default {@value #DEFAULT_RATE}
     * @return the same otherwise
     */
    public MulticastTransport rate(long bitsPerSecond) {
        checkRate(bitsPerSecond);
        return new MulticastTransport(new Options(
                options.secret(),
                bitsPerSecond,
                options.ttl(),
                options.receiveBufferBytes(),
                options.sendQueueBytes()));
    }

    static void checkRate(long bitsPerSecond) {
        if (bitsPerSecond < Pacer.LOWEST_RATE) {
            throw new IllegalArgumentException(
                    "rate must be at least " + Pacer.LOWEST_RATE + " bit/s, was " + bitsPerSecond);
        }
    }

    /**
     * Sets how many routers a datagram may pass, less one. Raise it for an island of several networks whose routers carry multicast.
     *
     * @param hops 0 to 255: 0 stays on this host, 1, the default, on this network
     * @return the same otherwise
     */
    public MulticastTransport ttl(int hops) {
        check("ttl", hops, 0, 255);
        return new MulticastTransport(new Options(
                options.secret(), options.rate(), hops, options.receiveBufferBytes(), options.sendQueueBytes()));
    }

    /**
     * Sets how much the system keeps of what was not read yet. It may grant less, see {@link MulticastLink#receiveBufferBytes()};
     * on Linux {@code net.core.rmem_max} is the limit. Raise it where bursts are lost.
     *
     * @param bytes 64 KiB to 1 GiB, default 4 MiB
     * @return the same otherwise
     */
    public MulticastTransport receiveBuffer(int bytes) {
        check("receiveBuffer", bytes, 64 << 10, 1 << 30);
        return new MulticastTransport(
                new Options(options.secret(), options.rate(), options.ttl(), bytes, options.sendQueueBytes()));
    }

    /**
     * Sets how many bytes of frames may wait to be sent; what comes beyond is dropped and counted.
     *
     * @param bytes 64 KiB to 1 GiB, default 1 MiB
     * @return the same otherwise
     */
    public MulticastTransport sendQueue(int bytes) {
        check("sendQueue", bytes, 64 << 10, 1 << 30);
        return new MulticastTransport(
                new Options(options.secret(), options.rate(), options.ttl(), options.receiveBufferBytes(), bytes));
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be between " + least + " and " + most + ", was " + value);
        }
    }

    @Override
    public Kind kind(String remote) {
        return Kind.MULTICAST;
    }

    /**
     * Joins a group; {@link #dial} is the same with another type.
     *
     * @param address {@code GROUP:PORT} or {@code GROUP:PORT@INTERFACE}, IPv4
     * @return emits the open link, or fails with {@link LinkException} when the group cannot be joined there; each subscription
     *     joins once; cancelling gives up
     * @throws IllegalArgumentException when the address is not in that form
     */
    public Mono<MulticastLink> join(String address) {
        MulticastGroup group = MulticastGroup.of(address);
        if (group.group().contains(":")) {
            throw new IllegalArgumentException(
                    "'" + address + "' is an IPv6 group; multicast links are IPv4 only, for example 239.1.2.3:5000");
        }
        // The system is asked for its interfaces and for randomness, and both may block.
        return Mono.fromCallable(() -> joining(group))
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(link -> link)
                .onErrorMap(e -> !(e instanceof LinkException), e -> cannotJoin(address, e))
                .doOnNext(this::tell);
    }

    private Mono<MulticastLink> joining(MulticastGroup group) throws Exception {
        MulticastInterface at = MulticastInterface.choose(group.networkInterface());
        Tally tally = new Tally();
        SecureRandom random = new SecureRandom();
        Secret secret = options.secret();
        Envelope envelope = secret == null
                ? new PlainEnvelope(random.nextLong(), tally)
                : new SealedEnvelope(
                        new Sealing(secret),
                        SealedEnvelope.Randomness.draw(random),
                        new Sessions(at.address().orElseThrow(), Sessions.Limits.DEFAULT),
                        tally);
        return new Joining(group, at, options).link(envelope, tally);
    }

    private static LinkException cannotJoin(String address, Throwable e) {
        return new LinkException(
                address, "cannot join: " + (e.getMessage() == null ? e.toString() : e.getMessage()), e);
    }

    private void tell(MulticastLink link) {
        log.info(
                "joined {} ({}), frames to {} bytes, receive buffer {} bytes",
                link.remote(),
                link.networkInterface(),
                link.maxFrameBytes(),
                link.receiveBufferBytes());
        if (link.receiveBufferBytes() < options.receiveBufferBytes()) {
            log.warn(
                    "{}: the system granted a receive buffer of {} bytes, {} were asked for: bursts may be lost; raise"
                            + " net.core.rmem_max",
                    link.remote(),
                    link.receiveBufferBytes(),
                    options.receiveBufferBytes());
        }
        if (options.secret() == null) {
            log.warn("{}: no secret: whoever is on this network can read it and send into it", link.remote());
        }
    }

    @Override
    public Mono<Link> dial(String address) {
        return join(address).cast(Link.class);
    }

    /** Fails: a group is joined by dialling it, and nobody listens. */
    @Override
    public Mono<Listener> listen(String address, Consumer<? super Link> accept) {
        return Mono.error(() -> new LinkException(
                address, "nobody listens in a multicast group: dial it, every member hears all", null));
    }
}
