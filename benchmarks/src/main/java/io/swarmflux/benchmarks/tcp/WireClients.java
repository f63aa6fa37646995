package io.swarmflux.benchmarks.tcp;

import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.FrameReader;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.MessageCodec;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Many downstreams that cost as little as can be, so that what is measured is the other end: sockets without a window, all served by one
 * thread, that greet, subscribe, answer pings and report what comes. Those that only connect say nothing at all.
 */
public final class WireClients implements AutoCloseable {
    private static final int LENGTH_BYTES = 3;
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int REPORT_BYTES = 16 << 10;
    private static final int EACH_ADDRESS = 200;
    private static final int AT_ONCE = 50;
    private static final long PAUSE_NS = 50_000_000L;
    private static final AtomicInteger IDS = new AtomicInteger();

    private final StreamId stream;
    private final boolean speaking;
    private final Selector selector;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final Thread thread = new Thread(this::serve, "clients");
    private final List<SocketChannel> channels = new ArrayList<>();
    private final AtomicLong subscribed = new AtomicLong();
    private final AtomicLong segments = new AtomicLong();
    private volatile @Nullable Throwable trouble;

    /** One of them. */
    private final class Client {
        private final SocketChannel channel;
        private final FrameReader reader =
                new FrameReader(Segment.MAX_ENCODED_BYTES, (number, epoch, sequence, bytes) -> stream);
        private byte[] rest = {};
        private long received;
        private long reported;
        private long next;

        Client(SocketChannel channel) {
            this.channel = channel;
        }

        void say(Message message) throws IOException {
            ByteBuffer frame = MessageCodec.encode(message);
            ByteBuffer out = ByteBuffer.allocate(LENGTH_BYTES + frame.remaining());
            out.put((byte) (frame.remaining() >> 16)).putShort((short) frame.remaining());
            out.put(frame).flip();
            while (out.hasRemaining()) { // what it says is little and rare, so there is room in the socket
                channel.write(out);
            }
        }

        void read() throws IOException {
            in.clear().put(rest);
            if (channel.read(in) < 0) {
                throw new EOFException("the other end has closed a link");
            }
            in.flip();
            while (in.remaining() >= LENGTH_BYTES) {
                int at = in.position();
                int length = (in.get(at) & 0xff) << 16 | (in.getShort(at + 1) & 0xffff);
                if (in.remaining() < LENGTH_BYTES + length) {
                    break;
                }
                in.position(at + LENGTH_BYTES + length);
                hear(reader.read(in.slice(at + LENGTH_BYTES, length)));
            }
            rest = new byte[in.remaining()];
            in.get(rest);
        }

        private void hear(@Nullable Message message) throws IOException {
            if (message instanceof Message.Data data) {
                segments.incrementAndGet();
                received += data.segment().encodedBytes();
                next = data.segment().sequence() + 1;
                if (received - reported >= REPORT_BYTES) {
                    reported = received;
                    say(new Message.Credit(1, next + Short.MAX_VALUE, 1L << 40, next, received, false));
                }
            } else if (message instanceof Message.Ping ping) {
                say(new Message.Pong(ping.stamp()));
            } else if (message instanceof Message.Hello hello) {
                say(new Message.Welcome(MessageCodec.VERSION, hello.instance()));
            } else if (message instanceof Message.Welcome) {
                say(new Message.Subscribe(
                        1, stream, -1, -1, Message.Start.NATURAL, 0, -1, Short.MAX_VALUE, 1L << 40, false));
            } else if (message instanceof Message.Subscribed) {
                subscribed.incrementAndGet();
            } else if (message instanceof Message.Refused
                    || message instanceof Message.Reject
                    || message instanceof Message.Goodbye
                    || message instanceof Message.Failure) {
                throw new IOException("a downstream was not served: " + message);
            }
        }
    }

    /**
     * Nobody has connected.
     *
     * @param stream what they subscribe to
     * @param speaking whether they do; otherwise they only connect
     * @throws IOException when there is no selector
     */
    public WireClients(StreamId stream, boolean speaking) throws IOException {
        this.stream = stream;
        this.speaking = speaking;
        this.selector = Selector.open();
    }

    /**
     * Connects so many, from several addresses of this machine.
     *
     * @param to where to
     * @param count how many
     * @throws IOException when that fails
     */
    public void connect(InetSocketAddress to, int count) throws IOException {
        thread.setDaemon(true);
        thread.start();
        for (int i = 0; i < count; i++) {
            int id = IDS.incrementAndGet();
            if (i % AT_ONCE == AT_ONCE - 1) {
                LockSupport.parkNanos(PAUSE_NS); // a peer lets in only so many that have not greeted
            }
            SocketChannel channel = SocketChannel.open();
            channel.bind(new InetSocketAddress("127.0.0." + (2 + i / EACH_ADDRESS), 0));
            channel.connect(to);
            channel.configureBlocking(false);
            channels.add(channel);
            if (speaking) {
                Client client = new Client(channel);
                channel.register(selector, SelectionKey.OP_READ, client);
                client.say(new Message.Hello(
                        MessageCodec.VERSION,
                        MessageCodec.VERSION,
                        0,
                        "client-" + id,
                        id,
                        65_536,
                        Segment.MAX_ENCODED_BYTES,
                        ""));
                selector.wakeup();
            }
        }
    }

    private void serve() {
        try {
            while (selector.isOpen()) {
                selector.select(key -> read((Client) key.attachment()));
            }
        } catch (IOException | RuntimeException failure) {
            trouble = selector.isOpen() ? failure : null;
        }
    }

    private static void read(Client client) {
        try {
            client.read();
        } catch (IOException failure) {
            throw new IllegalStateException(client.channel + ": " + failure.getMessage(), failure);
        }
    }

    /**
     * The thread that serves all of them.
     *
     * @return its id
     */
    public long threadId() {
        return thread.getId();
    }

    /**
     * How many have been let in.
     *
     * @return of those that speak
     */
    public long subscribed() {
        Throwable failure = trouble;
        if (failure != null) {
            throw new IllegalStateException("the clients failed: " + failure.getMessage(), failure);
        }
        return subscribed.get();
    }

    /**
     * How many segments have come to all of them together.
     *
     * @return only grows
     */
    public long segments() {
        return segments.get();
    }

    @Override
    public void close() throws IOException {
        selector.close();
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
