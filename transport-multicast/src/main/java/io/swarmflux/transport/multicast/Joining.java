package io.swarmflux.transport.multicast;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.swarmflux.topology.MulticastGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.udp.UdpResources;

/**
 * Opens the two channels of a link and joins its group. Plain Netty instead of Reactor Netty's UDP client, whose outbound ends with
 * the first datagram that fails, and whose inbound queues without a bound.
 *
 * <p>What an option is for: NIO with the family INET, because only then the interface and the TTL are kept to; the loopback flag in the
 * JDK's form, because Netty's own is the wrong way round; a group is joined with its interface always named, because otherwise the
 * channel stays deaf; buffers longer than any of our datagrams, because what does not fit is cut without a word.
 */
final class Joining {
    private static final int READ_BYTES = 2_048;
    private static final int READS_AT_ONCE = 64;

    private final MulticastGroup group;
    private final MulticastInterface at;
    private final MulticastTransport.Options options;
    private final EventLoop loop = UdpResources.get().onClient(false).next();

    Joining(MulticastGroup group, MulticastInterface at, MulticastTransport.Options options) {
        this.group = new MulticastGroup(group.group(), group.port(), Optional.of(at.name()));
        this.at = at;
        this.options = options;
    }

    /** Emits the link once the group is joined. May block: it looks the interface up. */
    Mono<MulticastLink> link(Envelope envelope, Tally tally) throws SocketException, UnknownHostException {
        NetworkInterface device = NetworkInterface.getByName(at.name());
        if (device == null) {
            throw new SocketException("interface " + at.name() + " has gone");
        }
        InetAddress own = at.address().orElseThrow();
        InetSocketAddress to = new InetSocketAddress(InetAddress.getByName(group.group()), group.port());
        // Bound to the group, the system keeps other groups' datagrams away; Windows cannot.
        boolean windows =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
        InetSocketAddress local = windows ? new InetSocketAddress(group.port()) : to;
        return bound(sender(device), new InetSocketAddress(own, 0)).flatMap(sending -> bound(receiver(), local)
                .doOnError(e -> close(sending))
                .doOnCancel(() -> close(sending))
                .flatMap(receiving -> joined(sending, receiving, to, device, envelope, tally)));
    }

    private Bootstrap bootstrap() {
        return new Bootstrap()
                .group(loop)
                .channelFactory(() -> new NioDatagramChannel(SocketProtocolFamily.INET))
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .handler(nothing());
    }

    /** Handlers are added with the link. */
    private static ChannelHandler nothing() {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {}
        };
    }

    private Bootstrap sender(NetworkInterface device) {
        return bootstrap()
                .option(ChannelOption.AUTO_READ, false)
                .option(NioChannelOption.of(StandardSocketOptions.IP_MULTICAST_IF), device)
                .option(NioChannelOption.of(StandardSocketOptions.IP_MULTICAST_TTL), options.ttl())
                .option(NioChannelOption.of(StandardSocketOptions.IP_MULTICAST_LOOP), true);
    }

    private Bootstrap receiver() {
        return bootstrap()
                .option(NioChannelOption.of(StandardSocketOptions.SO_REUSEADDR), true)
                .option(NioChannelOption.of(StandardSocketOptions.SO_RCVBUF), options.receiveBufferBytes())
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(READ_BYTES).maxMessagesPerRead(READS_AT_ONCE));
    }

    private Mono<MulticastLink> joined(
            Channel sending,
            Channel receiving,
            InetSocketAddress to,
            NetworkInterface device,
            Envelope envelope,
            Tally tally) {
        Pacer pacer = new Pacer(options.rate(), System.nanoTime());
        Outbox outbox = new Outbox(sending, to, envelope, pacer, tally, options.sendQueueBytes());
        int granted = receiving.config().getOption(ChannelOption.SO_RCVBUF);
        GroupLink link = new GroupLink(
                new GroupLink.Parts(group.toString(), at, sending, receiving, granted, envelope, tally),
                outbox,
                options.rate());
        return done(((DatagramChannel) receiving).joinGroup(to, device))
                .doOnError(e -> link.dispose())
                .doOnCancel(link::dispose)
                .doOnSuccess(nothing -> {
                    link.start();
                    Disposable watch = new DeviceWatch(device, at.address().orElseThrow()).tell(link::deviceFails);
                    link.onClose().doFinally(end -> watch.dispose()).subscribe();
                })
                .thenReturn(link);
    }

    private static Mono<Channel> bound(Bootstrap bootstrap, InetSocketAddress local) {
        return Mono.defer(() -> {
            ChannelFuture bind = bootstrap.bind(local);
            return done(bind).doOnCancel(() -> close(bind.channel())).thenReturn(bind.channel());
        });
    }

    private static Mono<Void> done(ChannelFuture future) {
        return Mono.create(sink -> future.addListener(end -> {
            if (end.isSuccess()) {
                sink.success();
            } else {
                sink.error(end.cause());
            }
        }));
    }

    static void close(Channel channel) {
        ChannelFuture unused = channel.close();
    }
}
