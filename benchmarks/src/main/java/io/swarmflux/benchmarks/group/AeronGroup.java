package io.swarmflux.benchmarks.group;

import io.aeron.Aeron;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.driver.ext.DebugReceiveChannelEndpoint;
import io.aeron.driver.ext.LossGenerator;
import io.aeron.logbuffer.FragmentHandler;
import io.swarmflux.samples.bench.Arrivals;
import io.swarmflux.samples.bench.Carrier;
import io.swarmflux.samples.bench.Feed;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Aeron: a media driver for the sender and one for each receiver, as if they were on hosts of their own. The slowest of all receivers
 * sets the pace ({@code fc=min}), or what it had no room for would have to be repaired. Receive buffers are as large as ours. Its own
 * generator drops data at the receivers.
 *
 * @param loss at each receiver
 * @param quickNaks whether receivers ask at once for what is lost: a back-off of at most 1 ms, among three, where the default is
 *     10 ms, among ten
 */
public record AeronGroup(Loss loss, boolean quickNaks) implements Carrier {
    private static final int STREAM = 1001;
    private static final int BUFFER_BYTES = 4 << 20;
    private static final int WINDOW_BYTES = 1 << 20;
    private static final int TERM_BYTES = 16 << 20;
    private static final int MOST_FRAGMENTS = 64;
    private static final Duration QUICK = Duration.ofMillis(1);

    @Override
    public AutoCloseable carry(Feed feed, List<Arrivals> receivers) {
        FreeGroup group = FreeGroup.pick();
        String channel = "aeron:udp?endpoint=" + group.text() + "|interface=127.0.0.1";
        List<AutoCloseable> open = new ArrayList<>();
        for (int i = 0; i < receivers.size(); i++) {
            Loss.Dice dice = loss.dice(i);
            MediaDriver driver = MediaDriver.launchEmbedded(context(receivers.size())
                    .receiveChannelEndpointSupplier((udp, dispatcher, status, context) ->
                            new DebugReceiveChannelEndpoint(udp, dispatcher, status, context, drops(dice), keeps())));
            Aeron aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.aeronDirectoryName()));
            Subscription subscription = aeron.addSubscription(channel, STREAM);
            Arrivals arrivals = receivers.get(i);
            Thread thread = new Thread(() -> receive(subscription, feed, arrivals), "receiver");
            thread.start();
            open.add(() -> end(thread, aeron, driver));
        }
        MediaDriver driver = MediaDriver.launchEmbedded(context(receivers.size()));
        Aeron aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.aeronDirectoryName()));
        Publication publication = aeron.addExclusivePublication(channel + "|fc=min,g:/" + receivers.size(), STREAM);
        Thread thread = new Thread(() -> send(feed, publication), "sender");
        thread.start();
        open.add(0, () -> end(thread, aeron, driver));
        return () -> CloseHelper.closeAll(open);
    }

    private MediaDriver.Context context(int receivers) {
        MediaDriver.Context context = new MediaDriver.Context()
                .aeronDirectoryName(MediaDriver.Context.generateRandomDirName())
                .threadingMode(ThreadingMode.SHARED)
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .socketRcvbufLength(BUFFER_BYTES)
                .initialWindowLength(WINDOW_BYTES)
                .publicationTermBufferLength(TERM_BYTES);
        return quickNaks ? context.nakMulticastMaxBackoffNs(QUICK.toNanos()).nakMulticastGroupSize(receivers) : context;
    }

    private static LossGenerator drops(Loss.Dice dice) {
        return new LossGenerator() {
            @Override
            public boolean shouldDropFrame(InetSocketAddress from, UnsafeBuffer buffer, int length) {
                return dice.drops();
            }

            @Override
            public boolean shouldDropFrame(
                    InetSocketAddress from,
                    UnsafeBuffer buffer,
                    int stream,
                    int session,
                    int term,
                    int offset,
                    int length) {
                return dice.drops();
            }
        };
    }

    private static LossGenerator keeps() {
        return (from, buffer, length) -> false;
    }

    private static IdleStrategy idle() {
        return new BackoffIdleStrategy();
    }

    private static void send(Feed feed, Publication publication) {
        UnsafeBuffer segment = new UnsafeBuffer(ByteBuffer.allocateDirect(feed.bytes()));
        IdleStrategy idle = idle();
        while (!publication.isConnected() && !Thread.currentThread().isInterrupted()) {
            idle.idle();
        }
        ByteBuffer bytes = segment.byteBuffer();
        while (feed.next(bytes.clear())) {
            idle.reset();
            while (publication.offer(segment, 0, feed.bytes()) < 0) {
                if (publication.isClosed() || Thread.currentThread().isInterrupted()) {
                    return;
                }
                idle.idle();
            }
        }
    }

    private static void receive(Subscription subscription, Feed feed, Arrivals arrivals) {
        ByteBuffer segment = ByteBuffer.allocate(feed.bytes());
        FragmentHandler handler = (buffer, offset, length, header) -> {
            buffer.getBytes(offset, segment.clear(), length);
            arrivals.arrived(segment.flip());
        };
        IdleStrategy idle = idle();
        while (!Thread.currentThread().isInterrupted()) {
            idle.idle(subscription.poll(handler, MOST_FRAGMENTS));
        }
    }

    private static void end(Thread thread, Aeron aeron, MediaDriver driver) throws InterruptedException {
        thread.interrupt();
        thread.join();
        CloseHelper.closeAll(aeron, driver);
    }
}
