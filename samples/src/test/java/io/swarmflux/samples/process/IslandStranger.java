package io.swarmflux.samples.process;

import io.swarmflux.link.Link;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.transport.multicast.MulticastTransport;
import io.swarmflux.wire.GroupChunks;
import io.swarmflux.wire.GroupCodec;
import io.swarmflux.wire.GroupMessage;
import io.swarmflux.wire.Message;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * A host on the LAN that does not know the island's secret and wishes it ill, until it is killed: it sends again what it has recorded,
 * claims in well-formed datagrams to feed everything, sends segments of its own, and fills the rest with garbage.
 */
final class IslandStranger {
    private static final long MEMBER = 0x5712a46e5L;
    private static final int AT_ONCE = 8;
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int RECORDED = 4096;

    private final Random random = new Random(5);
    private final List<byte[]> recorded = new ArrayList<>();
    private final MulticastSocket socket;
    private final InetSocketAddress group;
    private long frames;

    private IslandStranger(String address, int port, String networkInterface) throws IOException {
        NetworkInterface at = NetworkInterface.getByName(networkInterface);
        group = new InetSocketAddress(InetAddress.getByName(address), port);
        socket = new MulticastSocket(port);
        socket.setNetworkInterface(at);
        socket.joinGroup(group, at);
        socket.setSoTimeout(1);
    }

    /** Takes the group's address, port and interface, the stream's name, and the epoch that the members play. */
    public static void main(String[] args) throws IOException {
        String group = args[0] + ":" + args[1] + "@" + args[2];
        Link link = MulticastTransport.create().join(group).block(Duration.ofSeconds(5));
        if (link == null) {
            throw new IllegalStateException("could not join " + group);
        }
        new IslandStranger(args[0], Integer.parseInt(args[1]), args[2])
                .run(link, StreamId.of(args[3]), Long.parseLong(args[4]));
    }

    private void run(Link link, StreamId stream, long epoch) throws IOException {
        long sequence = 0;
        while (true) {
            record();
            for (int i = 0; i < AT_ONCE; i++) {
                if (!recorded.isEmpty()) {
                    send(recorded.get(random.nextInt(recorded.size())));
                }
                byte[] garbage = new byte[1 + random.nextInt(1400)];
                random.nextBytes(garbage);
                send(garbage);
            }
            link.send(GroupCodec.encode(heartbeat(stream, epoch, sequence)));
            byte[] payload = new byte[1000];
            Segment segment = Segment.of(stream, epoch, sequence++, new Cut(payload, 0, Segment.RANDOM_ACCESS), 1);
            GroupChunks chunks = GroupChunks.cut(MEMBER, segment, 0, 0, false, link.maxFrameBytes(), () -> ++frames);
            while (chunks.hasNext()) {
                link.send(chunks.next());
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private static GroupMessage.Heartbeat heartbeat(StreamId stream, long epoch, long edge) {
        List<GroupMessage.Claim> all = IntStream.range(0, 8)
                .mapToObj(i -> new GroupMessage.Claim(i, 1L << 40, edge))
                .toList();
        return new GroupMessage.Heartbeat(
                MEMBER,
                stream,
                epoch,
                all,
                0,
                edge,
                List.of(),
                Message.UNKNOWN,
                1,
                1,
                2,
                0,
                Message.UNKNOWN,
                List.of());
    }

    private void record() throws IOException {
        byte[] room = new byte[2048];
        DatagramPacket packet = new DatagramPacket(room, room.length);
        try {
            while (recorded.size() < RECORDED) {
                socket.receive(packet);
                recorded.add(Arrays.copyOf(room, packet.getLength()));
                packet.setLength(room.length);
                if (recorded.size() % 64 == 0) {
                    return;
                }
            }
        } catch (SocketTimeoutException nothingMore) {
            return;
        }
    }

    private void send(byte[] bytes) throws IOException {
        socket.send(new DatagramPacket(bytes, bytes.length, group));
    }
}
