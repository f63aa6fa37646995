package io.swarmflux.samples.process;

import io.swarmflux.flux.Join;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.media.player.ConsistencyCheck;
import io.swarmflux.media.player.OnTime;
import io.swarmflux.media.player.PlayReport;
import io.swarmflux.media.player.Player;
import io.swarmflux.media.playout.Playout;
import io.swarmflux.media.source.RawSegmenter;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.samples.run.Addresses;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.StreamId;
import io.swarmflux.transport.tcp.TcpTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Many peers in one JVM, each with 15 neighbours, over TCP on the loopback interface. A program of its own, because what
 * watches over the tests would be most of what it does.
 */
final class Crowd {
    private static final StreamId STREAM = StreamId.of("crowd");
    private static final int NEIGHBOURS = 15;
    private static final int BITS_PER_SECOND = 1_000_000;
    private static final Duration DELAY = Duration.ofSeconds(2);
    private static final long SEED = 15;

    private final List<RunningPeer> running = new ArrayList<>();

    private Crowd() {}

    /** Plays with so many peers for so many seconds, and prints how everybody played, on one line. */
    public static void main(String[] args) {
        System.out.println(new Crowd().play(Integer.parseInt(args[0]), Integer.parseInt(args[1])));
        System.exit(0);
    }

    private String play(int peers, int seconds) {
        Source source = new Source((long) BITS_PER_SECOND / 8 * seconds / RawSegmenter.DEFAULT_SEGMENT_BYTES);
        List<Mono<PlayReport>> plays = new ArrayList<>();
        List<String> names = IntStream.range(0, peers).mapToObj(i -> "p" + i).toList();
        List<String> everybody = new ArrayList<>(names);
        everybody.add("seed");
        Map<String, String> at = Addresses.free(everybody);
        for (int i = 0; i < peers; i++) {
            Peer peer = Peer.of(STREAM).with(options(names.get(i), at));
            if (i % (peers / NEIGHBOURS) == 0 && i / (peers / NEIGHBOURS) < NEIGHBOURS) {
                peer = peer.upstream(Objects.requireNonNull(at.get("seed")));
            }
            for (int neighbour : neighbours(i, peers)) {
                peer = peer.upstream(Objects.requireNonNull(at.get(names.get(neighbour))));
            }
            plays.add(played(start(peer.start())));
        }
        Mono<List<PlayReport>> all =
                Flux.merge(Flux.fromIterable(plays), peers).collectList().cache();
        all.subscribe(reports -> {}, failure -> {}); // the test sees it below
        start(Seeder.of(STREAM, source)
                .at(Pace.rate(BITS_PER_SECOND))
                .with(options("seed", at).waitingFor(NEIGHBOURS))
                .start());
        return text(source.segments(), Objects.requireNonNull(all.block(Duration.ofSeconds(seconds + 60L))));
    }

    private static String text(long segments, List<PlayReport> reports) {
        long missing = reports.stream().mapToLong(PlayReport::missing).sum();
        long unended = reports.stream()
                .filter(report -> report.lastSequence() != segments - 1)
                .count();
        long stalls =
                reports.stream().mapToLong(report -> report.timing().stalls()).sum();
        return "missing " + missing + ", stalls " + stalls
                + (unended == 0 ? "" : ", " + unended + " peers did not get to the end");
    }

    private static PeerOptions options(String name, Map<String, String> at) {
        return PeerOptions.defaults()
                .named(name)
                .over(TcpTransport.create().maxLinksPerAddress(1000))
                .listeningOn(Objects.requireNonNull(at.get(name)));
    }

    /** A ring with chords: the same distances for everybody, and so as many neighbours. */
    private static Set<Integer> neighbours(int of, int peers) {
        Random random = new Random(SEED);
        Set<Integer> neighbours = new TreeSet<>(List.of((of + peers / 2) % peers));
        while (neighbours.size() < NEIGHBOURS) {
            int distance = 1 + random.nextInt(peers / 2 - 1);
            neighbours.add((of + distance) % peers);
            neighbours.add((of + peers - distance) % peers);
        }
        return neighbours;
    }

    private RunningPeer start(Mono<RunningPeer> starting) {
        RunningPeer peer = Objects.requireNonNull(starting.block());
        running.add(peer);
        return peer;
    }

    private static Mono<PlayReport> played(RunningPeer peer) {
        Player player = OnTime.of(ConsistencyCheck.create(), Playout.of(DELAY));
        ReaderSpec spec = player.reader(ReaderSpec.defaults().named("player").joinAt(Join.oldest()));
        return player.play(peer.signals(spec.deliveringOn(Schedulers.boundedElastic())));
    }

    /** As many segments as the stream has, all alike. */
    private record Source(long segments) implements SegmentSource {
        @Override
        public Flux<Cut> cuts(long from) {
            byte[] payload = new byte[RawSegmenter.DEFAULT_SEGMENT_BYTES];
            return Flux.range(0, (int) (segments - from)).map(n -> new Cut(payload, 0, Segment.RANDOM_ACCESS));
        }

        @Override
        public boolean rereadable() {
            return true;
        }
    }
}
