package io.swarmflux.transport.multicast;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.swarmflux.link.Link;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Mono;

/** A group of a test's own on the loopback interface, with members, and with strangers who send raw datagrams. */
final class Group implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(5);

    private final InetSocketAddress address;
    private final NetworkInterface loopback;
    private final List<MulticastLink> links = new ArrayList<>();
    private final List<MulticastSocket> strangers = new ArrayList<>();

    Group() throws IOException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        byte[] group = {
            (byte) 239, (byte) random.nextInt(256), (byte) random.nextInt(256), (byte) random.nextInt(1, 255)
        };
        try (ServerSocket free = new ServerSocket(0)) {
            address = new InetSocketAddress(InetAddress.getByAddress(group), free.getLocalPort());
        }
        loopback = Objects.requireNonNull(NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()));
    }

    String address() {
        return address.getAddress().getHostAddress() + ":" + address.getPort() + "@" + loopback.getName();
    }

    /** A link, and the frames that came to it as text. */
    static final class Member {
        final MulticastLink link;
        /** Lock-free: filled on event loops. */
        final BlockingQueue<String> heard = new LinkedTransferQueue<>();

        private Member(MulticastLink link) {
            this.link = link;
            link.receive()
                    .subscribe(
                            frame -> heard.add(UTF_8.decode(frame).toString()), error -> heard.add("error: " + error));
        }

        void says(String text) {
            link.send(ByteBuffer.wrap(text.getBytes(UTF_8)));
        }

        String hears() throws InterruptedException {
            return String.valueOf(heard.poll(SOON.toMillis(), TimeUnit.MILLISECONDS));
        }

        long dropped(MulticastCounts.Dropped reason) {
            return link.counts().dropped(reason);
        }
    }

    Member join(MulticastTransport transport) {
        return new Member(link(transport));
    }

    /** A member whose frames nobody receives yet. */
    MulticastLink link(MulticastTransport transport) {
        MulticastLink link = now(transport.join(address()));
        links.add(link);
        return link;
    }

    /** Somebody without a transport: a socket that is in the group. */
    MulticastSocket stranger() throws IOException {
        MulticastSocket socket = new MulticastSocket(address.getPort());
        strangers.add(socket);
        socket.setNetworkInterface(loopback);
        socket.joinGroup(address, loopback);
        socket.setSoTimeout((int) SOON.toMillis());
        socket.setReceiveBufferSize(4 << 20);
        return socket;
    }

    void send(MulticastSocket stranger, byte[] bytes) throws IOException {
        stranger.send(new DatagramPacket(bytes, bytes.length, address));
    }

    static byte[] next(MulticastSocket stranger) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2_048], 2_048);
        stranger.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    static <T> T now(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(SOON));
    }

    /** Waits until something is so; it is an error when that takes too long. */
    static void until(String what, BooleanSupplier isSo) throws InterruptedException {
        long giveUpNs = System.nanoTime() + SOON.toNanos();
        while (!isSo.getAsBoolean()) {
            if (System.nanoTime() > giveUpNs) {
                throw new AssertionError("waited in vain until " + what);
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    @Override
    public void close() {
        links.forEach(Link::dispose);
        links.forEach(link -> link.onClose().block(SOON));
        strangers.forEach(MulticastSocket::close);
    }
}
