package io.swarmflux.benchmarks.group;

import io.swarmflux.samples.bench.Arrivals;
import io.swarmflux.samples.bench.Carrier;
import io.swarmflux.samples.bench.Feed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;

/** Datagrams as they are: nothing is repaired, nothing is slowed. What more could be had from these sockets? */
public record RawDatagrams(Loss loss) implements Carrier {
    private static final int BUFFER_BYTES = 4 << 20;

    @Override
    public AutoCloseable carry(Feed feed, List<Arrivals> receivers) throws IOException {
        FreeGroup group = FreeGroup.pick();
        List<DatagramChannel> channels = new ArrayList<>();
        for (int i = 0; i < receivers.size(); i++) {
            DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)
                    .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                    .setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES)
                    .bind(group.address());
            channel.join(group.address().getAddress(), group.at());
            channels.add(channel);
            Arrivals arrivals = receivers.get(i);
            Loss.Dice dice = loss.dice(i);
            new Thread(() -> receive(channel, dice, arrivals), "receiver").start();
        }
        DatagramChannel sending = DatagramChannel.open(StandardProtocolFamily.INET)
                .setOption(StandardSocketOptions.IP_MULTICAST_IF, group.at());
        channels.add(sending);
        new Thread(() -> send(feed, sending, group), "sender").start();
        return () -> {
            for (DatagramChannel channel : channels) {
                channel.close();
            }
        };
    }

    private static void send(Feed feed, DatagramChannel channel, FreeGroup group) {
        ByteBuffer segment = ByteBuffer.allocateDirect(feed.bytes());
        try {
            while (feed.next(segment)) {
                channel.send(segment.flip(), group.address());
                segment.clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void receive(DatagramChannel channel, Loss.Dice dice, Arrivals arrivals) {
        ByteBuffer segment = ByteBuffer.allocateDirect(2048);
        try {
            while (true) {
                channel.receive(segment);
                if (!dice.drops()) {
                    arrivals.arrived(segment.flip());
                }
                segment.clear();
            }
        } catch (AsynchronousCloseException closed) {
            // the trial is over
        } catch (IOException e) {
            arrivals.failed(e);
        }
    }
}
