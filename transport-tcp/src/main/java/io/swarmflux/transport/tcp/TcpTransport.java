package io.swarmflux.transport.tcp;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslContext;
import io.swarmflux.link.Link;
import io.swarmflux.link.LinkException;
import io.swarmflux.link.Listener;
import io.swarmflux.link.Transport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.NettyPipeline;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Links over TCP. Addresses are {@code HOST:PORT}, an IPv6 host in brackets: {@code [::1]:9000}. On the wire each frame
 * is preceded by its length, three bytes, big endian; a length of 0 or over the longest frame closes the link.
 *
 * <p>Immutable: each option returns a new transport, and nothing happens before somebody dials or listens.
 */
public final class TcpTransport implements Transport {
    /** The longest frame unless said otherwise: a chunk of 16 KiB and room for its prefix. */
    public static final int DEFAULT_MAX_FRAME_BYTES = 16_448;

    private static final Logger log = Loggers.getLogger(TcpTransport.class);

    /** Not zero: an event loop that is told to stop between two of its steps would then stop with its channels open. */
    private static final Duration QUIET_PERIOD = Duration.ofMillis(1);

    private static final String LINK_HANDLER = "swarmflux.link";

    private final Options options;

    private TcpTransport(Options options) {
        this.options = options;
    }

    /** What can be set. */
    private record Options(
            int maxFrameBytes,
            Duration connectTimeout,
            @Nullable TlsContexts tls,
            @Nullable LoopResources loops,
            int maxInboundLinks,
            int maxLinksPerAddress) {}

    /**
     * Plain TCP with the defaults that each option states.
     *
     * @return the transport
     */
    public static TcpTransport create() {
        return new TcpTransport(new Options(DEFAULT_MAX_FRAME_BYTES, Duration.ofSeconds(5), null, null, 4_096, 256));
    }

    /**
     * Sets the longest frame; what is longer closes the link. Both ends should agree; change it with the longest
     * chunk.
     *
     * @param bytes 1 to 16,777,215, default {@value #DEFAULT_MAX_FRAME_BYTES}
     * @return the same otherwise
     */
    public TcpTransport maxFrameBytes(int bytes) {
        check("maxFrameBytes", bytes, FrameReader.MAX_LENGTH);
        return new TcpTransport(new Options(
                bytes,
                options.connectTimeout(),
                options.tls(),
                options.loops(),
                options.maxInboundLinks(),
                options.maxLinksPerAddress()));
    }

    /**
     * Sets how long a dial waits for an answer, TLS not counted. Raise it for far or slow hosts.
     *
     * @param timeout 1 ms to 1 hour, default 5 s
     * @return the same otherwise
     */
    public TcpTransport connectTimeout(Duration timeout) {
        if (timeout.toMillis() < 1 || timeout.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("connectTimeout must be between 1 ms and 1 hour, was " + timeout);
        }
        return new TcpTransport(new Options(
                options.maxFrameBytes(),
                timeout,
                options.tls(),
                options.loops(),
                options.maxInboundLinks(),
                options.maxLinksPerAddress()));
    }

    /**
     * Encrypts every link. Default: plain TCP.
     *
     * @param tls what to show and to trust
     * @return the same otherwise
     */
    public TcpTransport tls(TcpTls tls) {
        return new TcpTransport(new Options(
                options.maxFrameBytes(),
                options.connectTimeout(),
                new TlsContexts(tls),
                options.loops(),
                options.maxInboundLinks(),
                options.maxLinksPerAddress()));
    }

    /**
     * Runs on event loops of its own, which end with {@link #disposeLater}. Default: those that Reactor Netty shares
     * in the process. For applications whose other traffic should not wait for ours, or the other way round.
     *
     * @param threads 1 to 1,024
     * @return the same otherwise
     */
    public TcpTransport eventLoops(int threads) {
        check("threads", threads, 1_024);
        return new TcpTransport(new Options(
                options.maxFrameBytes(),
                options.connectTimeout(),
                options.tls(),
                LoopResources.create("swarmflux-tcp", threads, true),
                options.maxInboundLinks(),
                options.maxLinksPerAddress()));
    }

    /**
     * Sets how many links a listener has open at once; what comes beyond is closed before anybody sees it, counted in
     * {@link Listener#refusedLinks()} and logged as a warning, at most once a minute. Of links that come together any
     * may be the one beyond.
     *
     * @param links at least 1, default 4,096
     * @return the same otherwise
     */
    public TcpTransport maxInboundLinks(int links) {
        check("maxInboundLinks", links, Integer.MAX_VALUE);
        return new TcpTransport(new Options(
                options.maxFrameBytes(),
                options.connectTimeout(),
                options.tls(),
                options.loops(),
                links,
                options.maxLinksPerAddress()));
    }

    /**
     * Sets how many of them may come from one IP address; what comes beyond is refused as with
     * {@link #maxInboundLinks}. Raise it when many peers share one, behind a NAT or in a
     * test.
     *
     * @param links at least 1, default 256
     * @return the same otherwise
     */
    public TcpTransport maxLinksPerAddress(int links) {
        check("maxLinksPerAddress", links, Integer.MAX_VALUE);
        return new TcpTransport(new Options(
                options.maxFrameBytes(),
                options.connectTimeout(),
                options.tls(),
                options.loops(),
                options.maxInboundLinks(),
                links));
    }

    private static void check(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + " must be between 1 and " + most + ", was " + value);
        }
    }

    /**
     * Ends the event loops of {@link #eventLoops}, and with them every link and listener on them; shared ones live on.
     *
     * @return completes when they have ended
     */
    public Mono<Void> disposeLater() {
        LoopResources loops = options.loops();
        return loops == null ? Mono.empty() : loops.disposeLater(QUIET_PERIOD, Duration.ofSeconds(3));
    }

    @Override
    public Kind kind(String remote) {
        return Kind.TCP;
    }

    @Override
    public Mono<Link> dial(String address) {
        HostPort to = HostPort.parse(address);
        TlsContexts tls = options.tls();
        Mono<Link> dial = tls == null
                ? Mono.defer(() -> connect(to, null))
                : tls.client().flatMap(context -> connect(to, context));
        return dial.onErrorMap(
                e -> !(e instanceof LinkException), e -> TcpErrors.dialling(to, options.connectTimeout(), e));
    }

    private Mono<Link> connect(HostPort to, @Nullable SslContext tls) {
        TcpClient client = TcpClient.newConnection()
                .host(to.host())
                .port(to.port())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        options.connectTimeout().toMillis())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .doOnChannelInit(
                        (observer, channel, remote) -> addLink(channel.pipeline(), to.toString(), true, link -> {}));
        if (options.loops() != null) {
            client = client.runOn(options.loops());
        }
        if (tls != null) {
            client = client.secure(spec -> spec.sslContext(tls));
        }
        return client.connect().map(connection -> connection
                .channel()
                .pipeline()
                .get(TcpLinkHandler.class)
                .link());
    }

    @Override
    public Mono<Listener> listen(String address, Consumer<? super Link> accept) {
        HostPort at = HostPort.parse(address);
        TlsContexts tls = options.tls();
        Mono<Listener> bind = tls == null
                ? at.resolve().flatMap(local -> bind(at, local, null, accept))
                : tls.server().flatMap(context -> at.resolve().flatMap(local -> bind(at, local, context, accept)));
        return bind.onErrorMap(e -> !(e instanceof LinkException), e -> TcpErrors.listening(at, e));
    }

    @Override
    public List<String> dialable(String listening) {
        return HostAddresses.dialable(HostPort.parse(listening));
    }

    private Mono<Listener> bind(
            HostPort at, InetSocketAddress local, @Nullable SslContext tls, Consumer<? super Link> accept) {
        InboundLimits limits = new InboundLimits(options.maxInboundLinks(), options.maxLinksPerAddress());
        TcpServer server = TcpServer.create()
                .bindAddress(() -> local)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .doOnChannelInit((observer, channel, remote) -> admit(channel, limits, accept));
        if (options.loops() != null) {
            server = server.runOn(options.loops());
        }
        if (tls != null) {
            server = server.secure(spec -> spec.sslContext(tls));
        }
        return server.bind().map(bound -> {
            int port = ((InetSocketAddress) bound.address()).getPort();
            return new TcpListener(new HostPort(at.host(), port).toString(), bound, limits);
        });
    }

    /** Makes a link of what came in, or closes it; on its event loop, so those that come together are in no order. */
    private void admit(Channel channel, InboundLimits limits, Consumer<? super Link> accept) {
        HostPort from = HostPort.of(channel.remoteAddress());
        if (limits.tryEnter(from.host())) {
            channel.closeFuture().addListener(done -> limits.leave(from.host()));
            addLink(channel.pipeline(), from.toString(), false, accept);
            return;
        }
        String report = limits.report(from.host(), System.nanoTime());
        if (report != null) {
            log.warn("listener " + HostPort.of(channel.localAddress()) + ": " + report);
        }
        ChannelFuture unused = channel.close();
    }

    private void addLink(ChannelPipeline pipeline, String remote, boolean dialled, Consumer<? super Link> whenOpen) {
        pipeline.addBefore(
                NettyPipeline.ReactiveBridge,
                LINK_HANDLER,
                new TcpLinkHandler(
                        context -> new TcpLink(remote, dialled, options.maxFrameBytes(), context), whenOpen));
    }
}
