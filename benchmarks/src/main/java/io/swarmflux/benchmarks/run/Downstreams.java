package io.swarmflux.benchmarks.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import io.swarmflux.benchmarks.tcp.WireClients;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.peer.Serving;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.StreamId;
import io.swarmflux.transport.tcp.TcpTransport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

/**
 * What many downstreams cost a seeder: each in memory while nothing comes, and in memory and CPU at 100 kbit/s. Both ends are in one JVM; the
 * downstreams are sockets that do the least they can ({@link WireClients}), and what they cost is in the figures of everybody, but for the CPU of
 * their one thread. The heap is measured after collections; the resident memory is that of the process, whose heap was made resident at the start, so it
 * tells what is outside of it.
 */
public final class Downstreams {
    private static final int MANY = 1_000;
    private static final int FEW = 32;
    private static final long BITS_PER_SECOND = 100_000;
    private static final int PAYLOAD_BYTES = 1_250;
    private static final int TIMES = 3;
    private static final StreamId STREAM = StreamId.of("bench");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final boolean quick;

    private Downstreams(boolean quick) {
        this.quick = quick;
    }

    /** Who serves. */
    enum Server {
        /** A seeder that has nothing to send. */
        SWARMFLUX_IDLE,
        /** Reactor Netty, whose connections do nothing. */
        REACTOR_NETTY_IDLE,
        /** A seeder of a slow stream. */
        SWARMFLUX_LIVE
    }

    /**
     * What they cost.
     *
     * @param server who served
     * @param residentBytes outside of the heap, each
     * @param heapBytes each
     * @param processors how many were busy, without the clients' thread
     * @param segmentsPerSecond that came to all clients
     */
    record Cost(Server server, double residentBytes, double heapBytes, double processors, double segmentsPerSecond) {}

    /**
     * Measures in JVMs of their own, three of each, or one.
     *
     * @param args the folder to write {@code downstreams.json} and {@code downstreams.md} to, {@code full} or {@code quick}, and, in the processes that
     *     this one starts, who serves
     * @throws Exception when that fails
     */
    public static void main(String[] args) throws Exception {
        if (args.length < 2 || !List.of("quick", "full").contains(args[1])) {
            System.err.println("give the folder to write to, and full or quick: Downstreams FOLDER full|quick");
            System.exit(2);
        }
        Path folder = Files.createDirectories(Path.of(args[0]));
        Downstreams all = new Downstreams(args[1].equals("quick"));
        if (args.length == 3) {
            JSON.writeValue(folder.resolve(args[2] + ".json").toFile(), all.measure(Server.valueOf(args[2])));
            System.exit(0);
        }
        List<Cost> unused = all.measureAll(folder);
    }

    /** Measures in JVMs of their own, and writes what it brought. */
    private List<Cost> measureAll(Path folder) throws IOException, InterruptedException {
        List<Cost> costs = new ArrayList<>();
        for (int time = 0; time < (quick ? 1 : TIMES); time++) {
            for (Server server : Server.values()) {
                costs.add(fork(folder, server));
            }
        }
        JSON.writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve("downstreams.json").toFile(), costs);
        Files.write(folder.resolve("downstreams.md"), table(costs));
        return costs;
    }

    /** The full form. */
    static List<Cost> full(Path folder) throws IOException, InterruptedException {
        return new Downstreams(false).measureAll(Files.createDirectories(folder));
    }

    /** The median of what somebody's downstreams cost. */
    static double median(List<Cost> costs, Server server, ToDoubleFunction<Cost> of) {
        return median(costs.stream()
                .filter(cost -> cost.server() == server)
                .mapToDouble(of)
                .toArray());
    }

    private Cost fork(Path folder, Server server) throws IOException, InterruptedException {
        int code = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms512m",
                        "-Xmx512m",
                        "-XX:+AlwaysPreTouch",
                        "-classpath",
                        System.getProperty("java.class.path"),
                        Downstreams.class.getName(),
                        folder.toString(),
                        quick ? "quick" : "full",
                        server.name())
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IllegalStateException(server + " ended with exit code " + code);
        }
        Path report = folder.resolve(server + ".json");
        Cost cost = JSON.readValue(report.toFile(), Cost.class);
        Files.delete(report);
        System.err.println(cost);
        return cost;
    }

    static List<String> table(List<Cost> costs) {
        List<String> lines = new ArrayList<>(List.of(
                "| " + MANY
                        + " downstreams | resident KiB each, beyond the heap | heap KiB each | processors | segments/s |",
                "|---|---|---|---|---|"));
        for (Server server : Server.values()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s | %.1f | %.1f | %.2f | %.0f |",
                    server,
                    median(costs, server, Cost::residentBytes) / 1024,
                    median(costs, server, Cost::heapBytes) / 1024,
                    median(costs, server, Cost::processors),
                    median(costs, server, Cost::segmentsPerSecond)));
        }
        return lines;
    }

    private static double median(double... of) {
        Arrays.sort(of);
        return of[of.length / 2];
    }

    // ------------------------------------------------------------------ one JVM

    private Cost measure(Server server) throws Exception {
        if (server == Server.REACTOR_NETTY_IDLE) {
            DisposableServer listening = TcpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .handle((received, sent) -> sent.neverComplete())
                    .bindNow();
            return measure(server, (InetSocketAddress) listening.address());
        }
        RunningPeer seeder = Objects.requireNonNull(Seeder.of(STREAM, source(server))
                .at(server == Server.SWARMFLUX_LIVE ? Pace.rate(BITS_PER_SECOND) : Pace.realtime())
                .with(PeerOptions.defaults()
                        .over(TcpTransport.create().maxInboundLinks(2 * MANY).maxLinksPerAddress(2 * MANY))
                        .serving(Serving.defaults().downstreams(2 * MANY))
                        .listeningOn("127.0.0.1:0"))
                .start()
                .block());
        int port = Integer.parseInt(seeder.addresses().get(0).replaceAll(".*:", ""));
        return measure(server, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static SegmentSource source(Server server) {
        Cut cut = new Cut(new byte[PAYLOAD_BYTES], 0, Segment.RANDOM_ACCESS);
        return new SegmentSource() {
            @Override
            public Flux<Cut> cuts(long from) {
                Flux<Cut> first = Flux.just(cut);
                return first.concatWith(server == Server.SWARMFLUX_LIVE ? first.repeat() : Flux.never());
            }

            @Override
            public boolean rereadable() {
                return false;
            }
        };
    }

    private Cost measure(Server server, InetSocketAddress at) throws Exception {
        boolean speaking = server != Server.REACTOR_NETTY_IDLE;
        try (WireClients first =
                new WireClients(STREAM, speaking)) { // so that all classes, event loops and their buffers are there
            first.connect(at, FEW);
            settle(first, speaking ? FEW : 0);
            long heap = heap();
            long resident = resident();
            try (WireClients clients = new WireClients(STREAM, speaking)) {
                clients.connect(at, MANY);
                settle(clients, speaking ? MANY : 0);
                long segments = clients.segments();
                long cpuNs = cpuNs() - cpuNs(clients);
                long sinceNs = System.nanoTime();
                TimeUnit.MILLISECONDS.sleep(Duration.ofSeconds(quick ? 2 : 20).toMillis());
                double tookNs = System.nanoTime() - sinceNs;
                cpuNs = cpuNs() - cpuNs(clients) - cpuNs;
                segments = clients.segments() - segments;
                return new Cost(
                        server,
                        (resident() - resident) / (double) MANY,
                        (heap() - heap) / (double) MANY,
                        cpuNs / tookNs,
                        segments * 1e9 / tookNs);
            }
        }
    }

    /** Waits until all are there, and nothing is left of their coming. */
    private void settle(WireClients clients, int expected) throws InterruptedException {
        for (int i = 0; clients.subscribed() < expected; i++) {
            if (i > 3_000) {
                throw new IllegalStateException(clients.subscribed() + " of " + expected + " were let in");
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        TimeUnit.MILLISECONDS.sleep(Duration.ofSeconds(quick ? 1 : 5).toMillis());
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long resident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("/proc/self/status has no VmRSS");
    }

    private static long cpuNs() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static long cpuNs(WireClients clients) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(clients.threadId());
    }
}
