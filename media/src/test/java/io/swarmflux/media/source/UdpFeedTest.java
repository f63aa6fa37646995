package io.swarmflux.media.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.swarmflux.media.segmenter.MediaFormat;
import io.swarmflux.media.segmenter.MediaSegmenter;
import io.swarmflux.segment.Cut;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** Datagrams over the loopback interface. */
class UdpFeedTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int IN_DATAGRAM = 7 * 188;
    private static final InetAddress LOOPBACK = loopback();

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    @Test
    void takesWhatIsSentToAnAddress() throws Exception {
        int port = freePort();
        byte[] packets = packets(7 * 120);

        List<Cut> cuts = received("udp://127.0.0.1:" + port, port, number -> datagram(packets, number), 8);

        byte[] taken = joined(cuts);
        for (int at = 0; at < taken.length; at += 188) {
            assertThat(taken[at]).isEqualTo((byte) 0x47);
        }
        assertThat(cuts).isSortedAccordingTo(Comparator.comparingLong(Cut::mediaTimeUs));
        assertThat(told).isEmpty();
    }

    @Test
    void takesWhatIsSentToAGroup() throws Exception {
        int port = freePort();
        NetworkInterface loopback = NetworkInterface.getByInetAddress(LOOPBACK);
        InetSocketAddress group =
                new InetSocketAddress(InetAddress.getByAddress(new byte[] {(byte) 239, (byte) 255, 71, 3}), port);
        try (MulticastSocket sender = new MulticastSocket()) {
            sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, loopback);
            sender.setTimeToLive(0);
            byte[] packets = packets(7);
            try {
                sender.send(new DatagramPacket(packets, packets.length, group));
            } catch (IOException e) {
                assumeTrue(false, "no multicast on the loopback interface: " + e.getMessage());
            }
            String url = "udp://@239.255.71.3:" + port + "?interface=" + loopback.getName();
            assertThat(source(url).format().block(SOON)).isEqualTo(MediaFormat.MPEG_TS);
            try (Sending sending = new Sending(number -> packets, group, sender)) {
                assertThat(source(url).cuts(0).take(3).collectList().block(SOON))
                        .hasSize(3);
                assertThat(sending.failure()).isEmpty();
            }
        }
    }

    @Test
    void isNotHarmedByGarbage() throws Exception {
        int port = freePort();
        byte[] packets = packets(7 * 120);
        Random dice = new Random(9);

        List<Cut> cuts = received(
                "udp://127.0.0.1:" + port,
                port,
                number -> {
                    if (number % 5 != 0) {
                        return datagram(packets, number);
                    }
                    byte[] garbage = new byte[dice.nextInt(2000)];
                    dice.nextBytes(garbage);
                    return garbage;
                },
                8);

        assertThat(cuts).hasSize(8);
        assertThat(told).anyMatch(line -> line.contains("are no MPEG-TS; left out"));
    }

    @Test
    void tellsASilentSenderAndWaits() throws Exception {
        int port = freePort();
        byte[] packets = packets(7 * 120);
        LiveSource source = source("udp://127.0.0.1:" + port).patience(Duration.ofMillis(300));
        List<Cut> cuts = Collections.synchronizedList(new ArrayList<>());
        Disposable reading = source.cuts(0).subscribe(cuts::add);
        try (DatagramSocket sender = new DatagramSocket()) {
            InetSocketAddress to = new InetSocketAddress(LOOPBACK, port);
            awaitTold("nothing has come for 0.3 s; waiting");
            try (Sending sending = new Sending(number -> datagram(packets, number), to, sender)) {
                awaitTold("comes again, from 127.0.0.1:" + sender.getLocalPort());
                assertThat(sending.failure()).isEmpty();
            }
            awaitTold("nothing has come for 0.3 s; waiting");
        } finally {
            reading.dispose();
        }
        assertThat(told).hasSize(3);
    }

    @Test
    void letsGoOfItsPort() throws Exception {
        int port = freePort();
        byte[] packets = packets(7 * 120);
        received("udp://127.0.0.1:" + port, port, number -> datagram(packets, number), 1);

        Flux.defer(() -> {
                    try (DatagramSocket again = new DatagramSocket(port, LOOPBACK)) {
                        return Flux.just(again.getLocalPort());
                    } catch (IOException e) {
                        return Flux.error(e); // it is being closed on another thread
                    }
                })
                .subscribeOn(Schedulers.boundedElastic())
                .retryWhen(Retry.fixedDelay(50, Duration.ofMillis(20)))
                .blockLast(SOON);
    }

    @Test
    void saysWhatCannotBeReceived() {
        assertThatThrownBy(() -> source("udp://192.0.2.7:5000").format().block(SOON))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("udp://192.0.2.7:5000: cannot receive there")
                .hasMessageContaining("is it an address of this host?");
        assertThatThrownBy(() ->
                        source("udp://@239.1.2.3:5000?interface=none7").format().block(SOON))
                .hasMessageContaining("there is no interface 'none7'; these can carry multicast: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "udp://@239.1.2.3:5000",
                "udp://@239.1.2.3:5000?interface=eth0",
                "udp://192.0.2.7@232.1.2.3:5000",
                "udp://127.0.0.1:5000",
                "udp://@:5000",
                "udp://[::1]:5000",
                "udp://@[ff05::1:3]:5000"
            })
    void readsUrls(String url) {
        assertThat(UdpAddress.of(url)).hasToString(url);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        udp:239.1.2.3:5000                     | udp://@GROUP:PORT
        udp://239.1.2.3                        | udp://@GROUP:PORT
        udp://@239.1.2.3:70000                 | 1 to 65535
        udp://@239.1.2.3:0                     | 1 to 65535
        udp://@10.0.0.1:5000                   | 10.0.0.1 is no group
        udp://10.0.0.1:5000?interface=eth0     | 10.0.0.1 is no group
        udp://@:5000?interface=eth0            | nothing is no group
        udp://239.1.1.1@239.1.2.3:5000         | before the @ is a group
        udp://@239.1.2.300:5000                | '239.1.2.300' is no address
        udp://camera.example:5000              | udp://ADDRESS:PORT
        """)
    void namesWhatIsWrong(String url, String expected) {
        assertThatThrownBy(() -> LiveSource.of(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("found '" + url + "'")
                .hasMessageContaining(expected);
    }

    private LiveSource source(String url) {
        return LiveSource.of(url)
                .cutBy(MediaSegmenter.of(MediaFormat.MPEG_TS).segmentBytes(4096).telling(told::add))
                .telling(this::tell);
    }

    /** All but what a system with small buffers is told. */
    private void tell(String line) {
        if (!line.contains("net.core.rmem_max")) {
            told.add(line);
        }
    }

    private List<Cut> received(String url, int port, Datagrams datagrams, int pieces) throws Exception {
        try (DatagramSocket sender = new DatagramSocket();
                Sending sending = new Sending(datagrams, new InetSocketAddress(LOOPBACK, port), sender)) {
            List<Cut> cuts = source(url).cuts(0).take(pieces).collectList().block(SOON);
            assertThat(sending.failure()).isEmpty();
            return Objects.requireNonNull(cuts);
        }
    }

    private void awaitTold(String text) {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (told.isEmpty() || !told.get(told.size() - 1).contains(text)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("never told '" + text + "', but " + told);
            }
            Thread.onSpinWait();
        }
    }

    private static byte[] datagram(byte[] packets, int number) {
        int at = number * IN_DATAGRAM % packets.length;
        return Arrays.copyOfRange(packets, at, at + IN_DATAGRAM);
    }

    /** Packets of one stream that nobody describes. */
    private static byte[] packets(int count) {
        byte[] bytes = new byte[count * 188];
        for (int i = 0; i < count; i++) {
            bytes[i * 188] = 0x47;
            bytes[i * 188 + 1] = 1;
            bytes[i * 188 + 3] = (byte) (0x10 | (i & 0x0f));
            bytes[i * 188 + 4] = (byte) i;
        }
        return bytes;
    }

    private static byte[] joined(List<Cut> cuts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        cuts.forEach(cut -> all.writeBytes(cut.payload()));
        return all.toByteArray();
    }

    private static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (DatagramSocket free = new DatagramSocket(0, LOOPBACK)) {
            return free.getLocalPort();
        }
    }

    /** What is in each datagram. */
    private interface Datagrams {
        byte[] number(int number);
    }

    /** Sends a datagram each millisecond or so, until it is closed. */
    private static final class Sending implements AutoCloseable {
        private final Disposable sending;
        private final List<String> failure = Collections.synchronizedList(new ArrayList<>());

        Sending(Datagrams datagrams, InetSocketAddress to, DatagramSocket sender) {
            IntConsumer send = number -> {
                byte[] bytes = datagrams.number(number);
                try {
                    sender.send(new DatagramPacket(bytes, bytes.length, to));
                } catch (PortUnreachableException e) {
                    return; // nobody listens yet
                } catch (IOException e) {
                    failure.add(e.toString());
                }
            };
            sending = Flux.interval(Duration.ofMillis(1), Schedulers.boundedElastic())
                    .onBackpressureDrop()
                    .subscribe(tick -> send.accept(tick.intValue()), e -> failure.add(e.toString()));
        }

        List<String> failure() {
            return failure;
        }

        @Override
        public void close() {
            sending.dispose();
        }
    }
}
