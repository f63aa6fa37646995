package io.swarmflux.transport.tcp;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.swarmflux.link.Link;
import io.swarmflux.link.LinkException;
import io.swarmflux.link.Listener;
import io.swarmflux.link.Transport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.NettyPipeline;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

/**
 * Links over TCP. Addresses are {@code HOST:PORT}, an IPv6 host in brackets: {@code [::1]:9000}. On the wire each frame
 * is preceded by its length, three bytes, big endian; a length of 0 or over the longest frame closes the link.
 *
 * <p>Immutable: each option returns a new transport, and nothing happens before somebody dials or listens.
 */
public final class TcpTransport implements Transport {
    /** The longest frame unless said otherwise: a chunk of 16 KiB and room for its prefix. */
    public static final int DEFAULT_MAX_FRAME_BYTES = 16_448;

    /** Frames are copied into network buffers only up to here; the rest waits as references. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 << 10, 128 << 10);

    private static final String LINK_HANDLER = "swarmflux.link";

    private final Options options;

    private TcpTransport(Options options) {
        this.options = options;
    }

    /** What can be set. */
    private record Options(
            int maxFrameBytes,
            Duration connectTimeout,
            @Nullable LoopResources loops,
            int maxInboundLinks,
            int maxLinksPerAddress) {}

    /**
     * Plain TCP with the defaults that each option states.
     *
     * @return the transport
     */
    public static TcpTransport create() {
        return new TcpTransport(new Options(DEFAULT_MAX_FRAME_BYTES, Duration.ofSeconds(5), null, 4_096, 256));
    }

    @Override
    public Mono<Link> dial(String address) {
        HostPort to = HostPort.parse(address);
        return Mono.defer(() -> connect(to)).onErrorMap(e -> !(e instanceof LinkException), e -> TcpErrors.dialling(to, options.connectTimeout(), e));
    }

    private Mono<Link> connect(HostPort to) {
        TcpClient client = TcpClient.newConnection()
                .host(to.host())
                .port(to.port())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) options.connectTimeout().toMillis())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .doOnChannelInit((observer, channel, remote) -> addLink(channel.pipeline(), to.toString(), true, link -> {}));
        if (options.loops() != null) {
            client = client.runOn(options.loops());
        }
        return client.connect()
                .map(connection -> connection.channel().pipeline().get(TcpLinkHandler.class).link());
    }

    @Override
    public Mono<Listener> listen(String address, Consumer<? super Link> accept) {
        HostPort at = HostPort.parse(address);
        return Mono.defer(() -> bind(at, accept)).onErrorMap(e -> !(e instanceof LinkException), e -> TcpErrors.listening(at, e));
    }

    private Mono<Listener> bind(HostPort at, Consumer<? super Link> accept) {
        InboundLimits limits = new InboundLimits(options.maxInboundLinks(), options.maxLinksPerAddress());
        TcpServer server = TcpServer.create()
                .host(at.host())
                .port(at.port())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .doOnChannelInit((observer, channel, remote) -> {
                    HostPort from = HostPort.of(channel.remoteAddress());
                    if (limits.tryEnter(from.host())) {
                        channel.closeFuture().addListener(done -> limits.leave(from.host()));
                        addLink(channel.pipeline(), from.toString(), false, accept);
                    } else {
                        ChannelFuture unused = channel.close();
                    }
                });
        if (options.loops() != null) {
            server = server.runOn(options.loops());
        }
        return server.bind().map(bound -> {
            int port = ((InetSocketAddress) bound.address()).getPort();
            return new TcpListener(new HostPort(at.host(), port).toString(), bound);
        });
    }

    private void addLink(ChannelPipeline pipeline, String remote, boolean dialled, Consumer<? super Link> whenOpen) {
        pipeline.addBefore(
                NettyPipeline.ReactiveBridge,
                LINK_HANDLER,
                new TcpLinkHandler(
                        context -> new TcpLink(remote, dialled, options.maxFrameBytes(), context), whenOpen));
    }
}
