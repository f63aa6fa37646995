package io.swarmflux.media.source;

import io.swarmflux.media.segmenter.MediaFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/**
 * An MPEG transport stream in datagrams, to one of this host's addresses or to a group. Nobody can slow it down, and nobody knows when it ends: a
 * sender that says nothing is told, and waited for. What comes while nobody asks waits in the system's buffer, which is as large as it gives.
 */
final class UdpFeed implements Feed {
    private static final int LONGEST_DATAGRAM = 64 * 1024;
    private static final int SMALL_BUFFER = 1 << 20;

    private final UdpAddress address;

    private UdpFeed(UdpAddress address) {
        this.address = address;
    }

    static UdpFeed of(String url) {
        return new UdpFeed(UdpAddress.of(url));
    }

    @Override
    public String name() {
        return address.toString();
    }

    @Override
    public boolean waits() {
        return false;
    }

    @Override
    public Flux<ByteBuffer> bytes(Outage outage, Duration patience) {
        return Flux.using(
                        address::open,
                        channel -> {
                            tellSmallBuffer(channel, outage);
                            Ear ear = new Ear(channel, outage, patience);
                            return Flux.<ByteBuffer>generate(ear::hear).doOnCancel(() -> close(channel));
                        },
                        UdpFeed::close)
                .subscribeOn(Schedulers.boundedElastic());
    }

    @Override
    public Mono<MediaFormat> look(Duration patience) {
        return Mono.fromCallable(() -> {
                    address.open().close();
                    return MediaFormat.MPEG_TS;
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    private static void tellSmallBuffer(DatagramChannel channel, Outage outage) {
        try {
            int bytes = channel.getOption(StandardSocketOptions.SO_RCVBUF);
            if (bytes < SMALL_BUFFER) {
                outage.tell("the system gives a buffer of " + bytes / 1024 + " KiB only, so a burst may be lost"
                        + " (on Linux: sysctl -w net.core.rmem_max=4194304)");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot be asked for its buffer: " + e.getMessage(), e);
        }
    }

    private static void close(DatagramChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + channel, e);
        }
    }

    /** Hears one datagram after the other. */
    private static final class Ear {
        private final DatagramChannel channel;
        private final Outage outage;
        private final Duration patience;
        private final DatagramPacket packet = new DatagramPacket(new byte[LONGEST_DATAGRAM], LONGEST_DATAGRAM);
        private boolean silent;

        Ear(DatagramChannel channel, Outage outage, Duration patience) {
            this.channel = channel;
            this.outage = outage;
            this.patience = patience;
        }

        void hear(SynchronousSink<ByteBuffer> sink) {
            try {
                channel.socket().setSoTimeout((int) patience.toMillis());
                while (!heard()) {
                    if (!silent) {
                        silent = true;
                        outage.tell("nothing has come for " + patience.toMillis() / 1000.0 + " s; waiting");
                    }
                }
                if (silent) {
                    silent = false;
                    outage.tell("comes again, from " + from());
                }
                sink.next(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
            } catch (IOException e) {
                if (channel.isOpen()) {
                    sink.error(e);
                } else {
                    sink.complete(); // nobody reads any more
                }
            }
        }

        private boolean heard() throws IOException {
            try {
                packet.setLength(LONGEST_DATAGRAM);
                channel.socket().receive(packet);
                return true;
            } catch (SocketTimeoutException e) {
                return false;
            }
        }

        private String from() {
            return packet.getSocketAddress() instanceof InetSocketAddress sender
                    ? sender.getAddress().getHostAddress() + ":" + sender.getPort()
                    : "somebody";
        }
    }
}
