package io.swarmflux.samples.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * What these sockets can do at all: a thread at each end that writes or reads batches of {@value #BATCH_BYTES} bytes, each segment after its
 * length. Who passes on does not look inside.
 *
 * @param shape who sends to whom
 */
public record BlockingSockets(Shape shape) implements Carrier {
    private static final int BATCH_BYTES = 256 << 10;

    @Override
    public AutoCloseable carry(Feed feed, List<Arrivals> receivers) throws IOException {
        List<SocketChannel> open = new ArrayList<>();
        List<SocketChannel> outgoing = new ArrayList<>();
        int room = Math.max(BATCH_BYTES, 2 * (feed.bytes() + Integer.BYTES));
        for (Arrivals each : receivers) {
            Connection first = Connection.open(open);
            outgoing.add(first.outgoing());
            SocketChannel incoming = first.incoming();
            if (shape == Shape.RELAY) {
                Connection second = Connection.open(open);
                SocketChannel passing = incoming;
                start("relay", () -> pass(passing, second.outgoing(), room), each);
                incoming = second.incoming();
            }
            SocketChannel last = incoming;
            start("receiver", () -> receive(last, room, each), each);
        }
        start("sender", () -> send(feed, outgoing, room), receivers.get(0));
        return () -> {
            for (SocketChannel each : open) {
                each.close();
            }
        };
    }

    /** Both ends of a connection. */
    private record Connection(SocketChannel outgoing, SocketChannel incoming) {
        static Connection open(List<SocketChannel> all) throws IOException {
            try (ServerSocketChannel listening = ServerSocketChannel.open()) {
                listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel incoming = SocketChannel.open(listening.getLocalAddress());
                Connection connection = new Connection(listening.accept(), incoming);
                connection.outgoing().setOption(StandardSocketOptions.TCP_NODELAY, true);
                all.add(connection.outgoing());
                all.add(incoming);
                return connection;
            }
        }
    }

    /** What a thread does until its connection ends. */
    private interface Work {
        void run() throws IOException;
    }

    private static void start(String name, Work work, Arrivals tellsFailure) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (ClosedChannelException over) {
                        // the trial has ended
                    } catch (IOException | RuntimeException e) {
                        tellsFailure.failed(e);
                    }
                },
                name);
        thread.start();
    }

    private static void send(Feed feed, List<SocketChannel> to, int room) throws IOException {
        ByteBuffer batch = ByteBuffer.allocateDirect(room);
        boolean more = true;
        while (more) {
            batch.clear();
            do {
                batch.putInt(feed.bytes());
                more = feed.next(batch);
            } while (more && !feed.paced() && batch.remaining() >= Integer.BYTES + feed.bytes());
            if (!more) {
                batch.position(batch.position() - Integer.BYTES);
            }
            batch.flip();
            for (SocketChannel each : to) {
                write(batch.duplicate(), each);
            }
        }
    }

    private static void write(ByteBuffer bytes, SocketChannel to) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    private static void pass(SocketChannel from, SocketChannel to, int room) throws IOException {
        ByteBuffer batch = ByteBuffer.allocateDirect(room);
        while (from.read(batch) >= 0) {
            write(batch.flip(), to);
            batch.clear();
        }
    }

    private static void receive(SocketChannel from, int room, Arrivals arrivals) throws IOException {
        ByteBuffer batch = ByteBuffer.allocateDirect(room);
        while (from.read(batch) >= 0) {
            batch.flip();
            while (batch.remaining() >= Integer.BYTES
                    && batch.remaining() >= Integer.BYTES + batch.getInt(batch.position())) {
                int length = batch.getInt();
                arrivals.arrived(batch.slice(batch.position(), length));
                batch.position(batch.position() + length);
            }
            batch.compact();
        }
    }
}
