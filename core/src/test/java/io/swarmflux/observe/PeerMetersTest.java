package io.swarmflux.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.swarmflux.flux.Gap;
import io.swarmflux.flux.LagPolicy;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.link.ImpairedTransport;
import io.swarmflux.link.LinkConditions;
import io.swarmflux.link.LoopbackTransport;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerEvent;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.peer.Stranger;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** A seeder and a peer on loopback links in virtual time; 125 segments a second. */
class PeerMetersTest {
    private static final StreamId NEWS = StreamId.of("news");

    /** Segments of 1,000 bytes, as many as wanted. */
    private record Blanks(long count, boolean rereadable) implements SegmentSource {
        @Override
        public Flux<Cut> cuts(long from) {
            return Flux.generate(() -> from, (n, sink) -> {
                if (n >= count) {
                    sink.complete();
                } else {
                    sink.next(new Cut(new byte[1_000], n * 1000, n % 10 == 0 ? Segment.RANDOM_ACCESS : 0));
                }
                return n + 1;
            });
        }
    }

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final LoopbackTransport net = LoopbackTransport.create(time, LoopbackTransport.DEFAULT_MAX_FRAME_BYTES);
    private final ImpairedTransport way = ImpairedTransport.of(net.named("loop:seed"), time, 1);
    private final ImpairedTransport back = ImpairedTransport.of(net.named("loop:peer"), time, 2);
    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final RunningPeer seed = started(Seeder.of(NEWS, new Blanks(Long.MAX_VALUE, true))
            .at(Pace.rate(1_000_000))
            .with(PeerOptions.defaults().named("seed").over(way).timed(time, 1).listeningOn("loop:seed"))
            .start());
    private final RunningPeer peer = started(peerOf("peer", "loop:seed", back).start());

    private Peer peerOf(String name, String upstream, ImpairedTransport over) {
        return Peer.of(NEWS)
                .upstream(upstream)
                .with(PeerOptions.defaults().named(name).over(over).timed(time, name.hashCode()));
    }

    private ImpairedTransport wayOf(String name) {
        ImpairedTransport made = ImpairedTransport.of(net.named("loop:" + name), time, name.hashCode());
        made.conditions(LinkConditions.perfect().delay(Duration.ofMillis(1), Duration.ZERO));
        return made;
    }

    private static RunningPeer started(Mono<RunningPeer> start) {
        return Objects.requireNonNull(start.block(Duration.ofSeconds(1)));
    }

    private void run(Duration duration) {
        time.advanceTimeBy(duration);
        clock.add(duration);
    }

    private double counted(String name, String... tags) {
        return registry.get(name).tags(tags).functionCounter().count();
    }

    private double gauged(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private Timer timer(String name, String... tags) {
        return registry.get(name).tags(tags).timer();
    }

    private static double millis(Timer timer) {
        return timer.totalTime(TimeUnit.MILLISECONDS);
    }

    /** A peer that is given its segments by hand, without any link. */
    private final class ByHand {
        final Sinks.Many<Segment> one = Sinks.many().unicast().onBackpressureBuffer();
        final Sinks.Many<Segment> other = Sinks.many().unicast().onBackpressureBuffer();
        final RunningPeer running = started(Peer.of(NEWS)
                .upstream("one", one.asFlux())
                .upstream("other", other.asFlux())
                .with(PeerOptions.defaults().named("hand").timed(time, 3))
                .start());
        final Disposable bound = PeerMeters.bind(running, registry);
        long bytes;

        void bring(Sinks.Many<Segment> to, long epoch, long sequence, int content) {
            byte[] payload = ByteBuffer.allocate(100).putInt(content).array();
            Segment segment = Segment.of(NEWS, epoch, sequence, new Cut(payload, 0, Segment.RANDOM_ACCESS), 0);
            bytes += segment.encodedBytes();
            to.tryEmitNext(segment).orThrow();
        }

        void bring(long... sequences) {
            for (long sequence : sequences) {
                bring(one, 1, sequence, 0);
            }
        }

        /** The first segment; then a second passes, in which the hub finds out that it is the first. */
        ByHand begin() {
            bring(0);
            run(Duration.ofSeconds(1));
            return this;
        }
    }

    /** Somebody who speaks frames and keeps no rules. */
    private Stranger stranger(String address) {
        return Stranger.dialling(net.named("loop:stranger"), address, this::run);
    }

    // ------------------------------------------------------------------ what there is

    @Test
    void theDocumentsListWhatIsRegisteredAndNothingElse() throws IOException {
        Disposable bound = PeerMeters.bind(peer, registry);
        Set<String> registered = new TreeSet<>();
        for (Meter meter : registry.getMeters()) {
            Meter.Id id = meter.getId();
            assertThat(id.getTag("stream")).isEqualTo("news");
            Set<String> own = new TreeSet<>();
            id.getTags().stream().filter(tag -> !tag.getKey().equals("stream")).forEach(tag -> own.add(tag.toString()));
            String unit = id.getBaseUnit();
            String type = id.getType() == Meter.Type.DISTRIBUTION_SUMMARY
                    ? "summary"
                    : id.getType().name().toLowerCase(Locale.ROOT);
            registered.add(id.getName() + " " + type + " " + (unit == null ? "" : unit) + " " + own);
        }
        Set<String> documented = new TreeSet<>();
        Pattern row = Pattern.compile("\\| `(swarmflux[^`]*)` \\| (\\w+) \\| (\\w*) ?\\| ([^|]*)\\|.*");
        for (String line : Files.readAllLines(Path.of("../docs/observing.md"))) {
            Matcher found = row.matcher(line);
            if (found.matches()) {
                for (Set<String> tags : combinations(found.group(4).strip())) {
                    documented.add(found.group(1) + " " + found.group(2) + " " + found.group(3) + " " + tags);
                }
            }
        }
        assertThat(registered).isNotEmpty().isEqualTo(documented);
        bound.dispose();
    }

    /** Of {@code `a`: x, y; `b`: z} the sets a=x b=z and a=y b=z. */
    private static List<Set<String>> combinations(String tags) {
        List<Set<String>> all = List.of(new TreeSet<>());
        for (String tag : tags.isEmpty() ? new String[0] : tags.split("; ", -1)) {
            String[] parts = tag.split(": ", -1);
            List<Set<String>> more = new ArrayList<>();
            for (Set<String> one : all) {
                for (String value : parts[1].split(", ", -1)) {
                    Set<String> with = new TreeSet<>(one);
                    with.add(Tag.of(parts[0].replace("`", ""), value).toString());
                    more.add(with);
                }
            }
            all = more;
        }
        return all;
    }

    @Test
    void theirNumberDoesNotGrowWithThePeersAndWhatHappens() {
        PeerMeters.bind(seed, registry);
        int before = registry.getMeters().size();
        for (int i = 0; i < 10; i++) {
            RunningPeer more =
                    started(peerOf("more" + i, "loop:seed", wayOf("more" + i)).start());
            more.segments().subscribe();
        }
        run(Duration.ofSeconds(3));
        assertThat(gauged("swarmflux.subscribers", "state", "active")).isEqualTo(11);
        stranger("loop:seed").greet("stranger").link().dispose();
        run(Duration.ofSeconds(3));
        assertThat(registry.getMeters()).hasSize(before);
    }

    // ------------------------------------------------------------------ segments

    @Test
    void countsWhatBecameOfEachSegmentOnce() {
        ByHand hand = new ByHand().begin();
        Disposable readers =
                Flux.merge(hand.running.segments(), hand.running.segments()).subscribe();
        hand.bring(LongStream.range(1, 10).toArray());
        hand.bring(hand.other, 1, 3, 0);
        hand.bring(hand.other, 1, 4, 0);
        hand.bring(hand.other, 1, 5, 1); // other bytes
        run(Duration.ofSeconds(1));
        assertThat(counted("swarmflux.segments", "outcome", "delivered")).isEqualTo(10);
        assertThat(counted("swarmflux.segments", "outcome", "duplicate")).isEqualTo(2);
        assertThat(counted("swarmflux.segments", "outcome", "conflict")).isEqualTo(1);
        assertThat(gauged("swarmflux.window.used")).isEqualTo(10);

        readers.dispose();
        hand.bring(LongStream.range(10, 15).toArray()); // for nobody
        run(Duration.ofSeconds(1));
        assertThat(counted("swarmflux.segments", "outcome", "discarded")).isZero();
        run(Duration.ofSeconds(15)); // kept for 10 s
        hand.bring(15);
        run(Duration.ofSeconds(1));
        hand.bring(2);
        run(Duration.ofSeconds(1));
        assertThat(counted("swarmflux.segments", "outcome", "delivered")).isEqualTo(10);
        assertThat(counted("swarmflux.segments", "outcome", "discarded")).isEqualTo(5);
        assertThat(counted("swarmflux.segments", "outcome", "late")).isEqualTo(1);
        assertThat(counted("swarmflux.segment.bytes", "direction", "in", "transport", "local"))
                .isEqualTo((double) hand.bytes);
    }

    @Test
    void countsTheBytesOfBothEndsOfALink() {
        PeerMeters.bind(seed, registry, Tags.of("site", "seed"));
        PeerMeters.bind(peer, registry, Tags.of("site", "peer"));
        run(Duration.ofSeconds(10));
        long segments = Objects.requireNonNull(peer.snapshot().block(Duration.ofSeconds(1)))
                .upstreams()
                .get(0)
                .segments();
        assertThat(segments).isBetween(1_200L, 1_300L);
        double bytes = segments * (1_000.0 + Segment.HEADER_BYTES);
        assertThat(bytes("seed", "out", "local")).isEqualTo(bytes);
        assertThat(bytes("peer", "in", "local")).isEqualTo(bytes);
        assertThat(bytes("seed", "in", "local")).isZero(); // from its source, which is no upstream
        assertThat(bytes("peer", "out", "local")).isZero();
        assertThat(bytes("peer", "in", "tcp")).isZero();
    }

    private double bytes(String site, String direction, String transport) {
        return counted("swarmflux.segment.bytes", "site", site, "direction", direction, "transport", transport);
    }

    @Test
    void countsGapsByTheirReason() {
        PeerMeters.bind(peer, registry);
        List<Gap> told = new ArrayList<>();
        peer.events().ofType(PeerEvent.Passed.class).subscribe(passed -> told.add(passed.gap()));
        peer.segments().subscribe();
        run(Duration.ofSeconds(1));
        way.conditions(LinkConditions.perfect().loss(0.4).delay(Duration.ofMillis(20), Duration.ZERO));
        run(Duration.ofSeconds(20));
        assertThat(counted("swarmflux.gaps", "reason", "timeout")).isPositive();
        for (Gap.Reason reason : Gap.Reason.values()) {
            String tag = reason.name().toLowerCase(Locale.ROOT);
            List<Gap> of = told.stream().filter(gap -> gap.reason() == reason).toList();
            assertThat(counted("swarmflux.gaps", "reason", tag)).isEqualTo(of.size());
            assertThat(counted("swarmflux.gap.segments", "reason", tag))
                    .isEqualTo((double) of.stream().mapToLong(Gap::size).sum());
        }
        assertThat(counted("swarmflux.repair.requests")).isPositive();
        assertThat(counted("swarmflux.repair.segments", "outcome", "given_up")).isPositive();
    }

    @Test
    void countsEachGapOfEachReader() {
        ByHand hand = new ByHand().begin();
        hand.running.segments().subscribe();
        hand.running.segments().subscribe();
        hand.bring(2); // 1 never comes
        run(Duration.ofSeconds(1));
        assertThat(counted("swarmflux.gaps", "reason", "timeout")).isEqualTo(2);
        assertThat(counted("swarmflux.gap.segments", "reason", "timeout")).isEqualTo(2);

        hand.bring(5); // 3 and 4 have not come when the next epoch begins
        hand.bring(hand.one, 2, 0, 0);
        run(Duration.ofSeconds(1));
        assertThat(counted("swarmflux.gaps", "reason", "epoch")).isEqualTo(2);
        assertThat(counted("swarmflux.gap.segments", "reason", "epoch")).isEqualTo(4);
        assertThat(counted("swarmflux.gaps", "reason", "timeout")).isEqualTo(2);
        assertThat(counted("swarmflux.gaps", "reason", "lag")).isZero();
    }

    @Test
    void countsWhatALaggingReaderSkips() {
        ByHand hand = new ByHand().begin();
        TestSubscriber<Segment> slow =
                TestSubscriber.builder().initialRequest(1).build();
        hand.running.segments().subscribe(slow);
        hand.bring(LongStream.range(1, 10).toArray());
        run(Duration.ofSeconds(15)); // kept for 10 s
        hand.bring(LongStream.range(10, 20).toArray());
        run(Duration.ofSeconds(1));
        slow.request(Long.MAX_VALUE);
        run(Duration.ofSeconds(1));
        assertThat(slow.getReceivedOnNext()).first().satisfies(segment -> assertThat(segment.sequence())
                .isZero());
        assertThat(counted("swarmflux.gaps", "reason", "lag")).isEqualTo(1);
        assertThat(counted("swarmflux.gap.segments", "reason", "lag"))
                .isEqualTo(20 - slow.getReceivedOnNext().size());
    }

    // ------------------------------------------------------------------ timers

    @Test
    void timesHowLongSegmentsWaitForThoseBeforeThem() {
        ByHand hand = new ByHand().begin();
        Timer delay = timer("swarmflux.merge.delay");
        assertThat(delay.count()).isEqualTo(1);
        hand.bring(2);
        run(Duration.ofMillis(100));
        hand.bring(3);
        hand.bring(hand.other, 1, 2, 0); // a second copy changes nothing
        run(Duration.ofMillis(200));
        assertThat(delay.count()).isEqualTo(1);
        hand.bring(1);
        assertThat(delay.count()).isEqualTo(4);
        assertThat(millis(delay)).isEqualTo(300 + 200);

        hand.bring(5);
        run(Duration.ofSeconds(1)); // 4 is waited for for half a second, and not published when it comes at last
        hand.bring(4);
        assertThat(delay.count()).isEqualTo(5);
        assertThat(millis(delay)).isEqualTo(1_000);
        assertThat(timer("swarmflux.latency").count()).isZero(); // nobody has said what time it is in the stream
    }

    @Test
    void timesHowOldSegmentsAreWhenTheyArePublished() {
        LinkConditions far = LinkConditions.perfect().delay(Duration.ofMillis(20), Duration.ZERO);
        way.conditions(far);
        back.conditions(far);
        run(Duration.ofSeconds(5));
        PeerMeters.bind(peer, registry, Tags.of("site", "peer"));
        PeerMeters.bind(seed, registry, Tags.of("site", "seed"));
        assertThat(timer("swarmflux.latency", "site", "peer").count()).isZero(); // from bind on
        run(Duration.ofSeconds(10));
        Timer there = timer("swarmflux.latency", "site", "peer");
        assertThat(there.count()).isBetween(1_240L, 1_260L);
        assertThat(there.mean(TimeUnit.MILLISECONDS)).isCloseTo(20, within(1.0));
        assertThat(timer("swarmflux.merge.delay", "site", "peer").count()).isEqualTo(there.count());
        Timer here = timer("swarmflux.latency", "site", "seed");
        assertThat(here.count()).isBetween(1_240L, 1_260L);
        assertThat(here.mean(TimeUnit.MILLISECONDS)).isLessThan(1);

        Timer roundTrips = timer("swarmflux.link.rtt", "site", "peer", "transport", "local");
        assertThat(roundTrips.count()).isPositive();
        assertThat(roundTrips.mean(TimeUnit.MILLISECONDS)).isCloseTo(40, within(0.1));
        assertThat(timer("swarmflux.link.rtt", "site", "peer", "transport", "tcp")
                        .count())
                .isZero();
    }

    @Test
    void timesHowLongADownstreamHasNoCredit() {
        PeerMeters.bind(seed, registry);
        run(Duration.ofSeconds(2));
        Timer stalled = timer("swarmflux.link.credit.stalled", "direction", "out");
        assertThat(stalled.count()).isZero();
        Stranger poor = stranger("loop:seed").greet("poor");
        poor.say(new Message.Subscribe(1, NEWS, -1, -1, Message.Start.LIVE_EDGE, 0, -1, Integer.MAX_VALUE, 0, false));
        run(Duration.ofSeconds(2));
        assertThat(stalled.count()).isZero(); // it goes on
        poor.say(new Message.Credit(1, Long.MAX_VALUE, Long.MAX_VALUE, 0, 0, false));
        assertThat(stalled.count()).isEqualTo(1);
        assertThat(millis(stalled)).isBetween(1_990.0, 2_020.0);
    }

    /** A lossless stream of so many segments, as fast as its one downstream takes it. */
    private RunningPeer whole(int segments) {
        return started(Seeder.of(NEWS, new Blanks(segments, true))
                .at(Pace.none())
                .with(PeerOptions.defaults()
                        .named("whole")
                        .over(wayOf("whole"))
                        .timed(time, 5)
                        .listeningOn("loop:whole")
                        .lingering(Duration.ofMinutes(1))
                        .waitingFor(1))
                .start());
    }

    @Test
    void timesHowLongAnUpstreamCannotBeGrantedMore() {
        PeerOptions.Window small = new PeerOptions.Window(1024, 2 << 20, Duration.ofSeconds(10));
        RunningPeer whole = whole(5_000);
        RunningPeer slow = started(Peer.of(NEWS)
                .upstream("loop:whole")
                .with(PeerOptions.defaults()
                        .named("slow")
                        .over(wayOf("slow"))
                        .timed(time, 6)
                        .lingering(Duration.ofMinutes(1))
                        .listeningOn("loop:slow")
                        .within(small))
                .start());
        PeerMeters.bind(slow, registry, Tags.of("site", "slow"));
        PeerMeters.bind(whole, registry, Tags.of("site", "whole"));
        Timer in = timer("swarmflux.link.credit.stalled", "site", "slow", "direction", "in");
        Timer out = timer("swarmflux.link.credit.stalled", "site", "whole", "direction", "out");
        TestSubscriber<Segment> reader =
                TestSubscriber.builder().initialRequest(1).build();
        slow.segments().subscribe(reader);
        run(Duration.ofSeconds(6));
        reader.request(Long.MAX_VALUE);
        run(Duration.ofSeconds(6));
        assertThat(reader.getReceivedOnNext()).hasSize(5_000);
        assertThat(in.totalTime(TimeUnit.SECONDS)).isBetween(5.0, 7.0);
        assertThat(out.totalTime(TimeUnit.SECONDS)).isBetween(5.0, 7.0);
    }

    // ------------------------------------------------------------------ upstreams and subscribers

    @Test
    void readsThePeerAsItIs() {
        PeerMeters.bind(peer, registry);
        Disposable reader = peer.segments().subscribe();
        run(Duration.ofSeconds(10));
        assertThat(counted("swarmflux.segments", "outcome", "delivered")).isBetween(1_200.0, 1_300.0);
        assertThat(gauged("swarmflux.upstreams", "state", "active")).isEqualTo(1);
        assertThat(gauged("swarmflux.subscribers", "state", "active")).isEqualTo(1);
        assertThat(gauged("swarmflux.subscribers", "state", "idle")).isZero();
        assertThat(gauged("swarmflux.window.used")).isBetween(1_200.0, 1_400.0);
        assertThat(gauged("swarmflux.health", "status", "up")).isEqualTo(1);
        assertThat(gauged("swarmflux.health", "status", "down")).isZero();

        way.cut();
        run(Duration.ofSeconds(10));
        assertThat(gauged("swarmflux.health", "status", "down")).isEqualTo(1);
        assertThat(gauged("swarmflux.upstreams", "state", "active")).isZero();
        assertThat(gauged("swarmflux.subscribers", "state", "active")).isZero();
        assertThat(gauged("swarmflux.subscribers", "state", "idle")).isEqualTo(1);
        reader.dispose();
        run(Duration.ofSeconds(1));
        assertThat(gauged("swarmflux.subscribers", "state", "idle")).isZero();
    }

    @Test
    void readsWhatASeederGives() {
        PeerMeters.bind(seed, registry);
        run(Duration.ofSeconds(10));
        assertThat(gauged("swarmflux.subscribers", "state", "active")).isEqualTo(1);
        assertThat(gauged("swarmflux.upstreams", "state", "active")).isZero();
        assertThat(gauged("swarmflux.health", "status", "up")).isEqualTo(1);
        DistributionSummary lag = registry.get("swarmflux.subscriber.lag").summary();
        assertThat(lag.count()).isBetween(9L, 10L);
        assertThat(lag.max()).isLessThan(150); // it says once a second how far it is
    }

    @Test
    void looksEachSecondHowFarSubscribersAreBehind() {
        ByHand hand = new ByHand().begin();
        DistributionSummary lag = registry.get("swarmflux.subscriber.lag").summary();
        TestSubscriber<Segment> slow =
                TestSubscriber.builder().initialRequest(4).build();
        hand.running.segments().subscribe(slow);
        hand.running.segments().subscribe();
        hand.bring(LongStream.range(1, 10).toArray());
        run(Duration.ofSeconds(5));
        assertThat(lag.count()).isEqualTo(10);
        assertThat(lag.totalAmount()).isEqualTo(5 * 6);
        assertThat(lag.max()).isEqualTo(6);
    }

    @Test
    void countsWhoWasClosedForBeingTooSlow() {
        ByHand hand = new ByHand().begin();
        LagPolicy strict = LagPolicy.fail().limit(5).grace(Duration.ZERO);
        TestSubscriber<Object> slow = TestSubscriber.builder().initialRequest(1).build();
        hand.running
                .signals(ReaderSpec.defaults().onLag(strict))
                .cast(Object.class)
                .subscribe(slow);
        hand.bring(LongStream.range(1, 20).toArray());
        run(Duration.ofSeconds(1));
        assertThat(slow.isTerminatedError()).isTrue();
        assertThat(counted("swarmflux.subscriber.evictions", "policy", "fail")).isEqualTo(1);
        assertThat(counted("swarmflux.subscriber.evictions", "policy", "wait")).isZero();
        hand.bound.dispose();

        RunningPeer whole = whole(60_000);
        PeerMeters.bind(whole, registry);
        Message.Subscribe little =
                new Message.Subscribe(1, NEWS, -1, -1, Message.Start.OLDEST, 0, -1, 1_000, 100_000, false);
        Stranger sleeper = stranger("loop:whole").greet("sleeper").say(little);
        for (int i = 0; i < 9; i++) {
            if (i == 5) {
                stranger("loop:whole").greet("second").say(little);
            }
            run(Duration.ofSeconds(1));
            sleeper.say(new Message.Ping(i)); // it is there, and takes nothing
        }
        assertThat(counted("swarmflux.subscriber.evictions", "policy", "wait")).isZero();
        run(Duration.ofSeconds(2)); // it is 10 s by now
        assertThat(counted("swarmflux.subscriber.evictions", "policy", "wait")).isEqualTo(1);
        assertThat(counted("swarmflux.subscriber.evictions", "policy", "fail")).isZero();
    }

    // ------------------------------------------------------------------ links

    private double connects(String outcome) {
        return counted("swarmflux.link.connects", "transport", "local", "outcome", outcome);
    }

    private double closes(String reason) {
        return counted("swarmflux.link.closes", "transport", "local", "reason", reason);
    }

    @Test
    void countsLinksThatComeUpAndThoseThatDoNot() {
        PeerMeters.bind(seed, registry);
        run(Duration.ofSeconds(1));
        assertThat(connects("up")).isEqualTo(1); // before it was bound, perhaps: the peer counts from its start
        stranger("loop:seed").greet("peer"); // there is one of that name
        run(Duration.ofSeconds(1));
        assertThat(connects("rejected")).isEqualTo(1);
        stranger("loop:seed").link().dispose();
        run(Duration.ofSeconds(1));
        assertThat(connects("failed")).isEqualTo(1);
        stranger("loop:seed").greet("guest");
        run(Duration.ofMillis(500));
        assertThat(connects("up")).isEqualTo(2);
        assertThat(connects("unreachable")).isZero();

        RunningPeer lonely =
                started(peerOf("lonely", "loop:nobody", wayOf("lonely")).start());
        Disposable bound = PeerMeters.bind(lonely, registry, Tags.of("site", "lonely"));
        run(Duration.ofMillis(350)); // dialled at once, and again after 100 to 300 ms
        assertThat(counted("swarmflux.link.connects", "site", "lonely", "outcome", "unreachable", "transport", "local"))
                .isEqualTo(2);
        bound.dispose();
    }

    @Test
    void countsLinksThatGoByTheirReason() {
        PeerMeters.bind(seed, registry);
        run(Duration.ofSeconds(1));
        stranger("loop:seed").greet("broken").link().dispose();
        run(Duration.ofMillis(500));
        assertThat(closes("lost")).isEqualTo(1);
        stranger("loop:seed").greet("silent");
        run(Duration.ofSeconds(4));
        assertThat(closes("silent")).isEqualTo(1);
        stranger("loop:seed").greet("polite").say(new Message.Goodbye(Message.GoodbyeReason.LEAVING, 0));
        run(Duration.ofMillis(500));
        assertThat(closes("goodbye")).isEqualTo(1);
        stranger("loop:seed").greet("wrong").say(new Message.Reject(Message.RejectReason.LEAVING, 0, ""));
        run(Duration.ofMillis(500));
        assertThat(closes("protocol_error")).isEqualTo(1);
        assertThat(closes("left")).isZero();
        assertThat(closes("error")).isZero();
        assertThat(connects("up")).isEqualTo(5); // the last of them is the peer's own
    }

    @Test
    void countsBrokenRulesByTheirCode() {
        PeerMeters.bind(seed, registry);
        stranger("loop:seed").say(new Message.Hello(9, 9, 0, "later", 1, 65_536, Segment.MAX_ENCODED_BYTES, ""));
        stranger("loop:seed").say(new Message.Goodbye(Message.GoodbyeReason.LEAVING, 0));
        stranger("loop:seed");
        run(Duration.ofSeconds(6));
        assertThat(counted("swarmflux.link.protocol.errors", "reason", "version"))
                .isEqualTo(1);
        assertThat(counted("swarmflux.link.protocol.errors", "reason", "unexpected"))
                .isEqualTo(1);
        assertThat(counted("swarmflux.link.protocol.errors", "reason", "timeout"))
                .isEqualTo(1);
        assertThat(counted("swarmflux.link.protocol.errors", "reason", "malformed"))
                .isZero();
    }

    // ------------------------------------------------------------------ coming and going

    @Test
    void takesNoMoreThanFourSnapshotsASecond() {
        PeerMeters.bind(peer, registry);
        peer.segments().subscribe();
        run(Duration.ofSeconds(1));
        double before = counted("swarmflux.segments", "outcome", "delivered");
        time.advanceTimeBy(Duration.ofSeconds(1)); // not the registry's clock
        assertThat(counted("swarmflux.segments", "outcome", "delivered")).isEqualTo(before);
        clock.add(Duration.ofMillis(250));
        assertThat(counted("swarmflux.segments", "outcome", "delivered")).isGreaterThan(before + 100);
    }

    @Test
    void disposingRemovesItsMetersAndNoOthers() {
        registry.counter("mine");
        Disposable north = PeerMeters.bind(peer, registry, Tags.of("site", "north"));
        Disposable south = PeerMeters.bind(seed, registry, Tags.of("site", "south"));
        Timer delay = timer("swarmflux.merge.delay", "site", "north");
        run(Duration.ofSeconds(1));
        assertThat(delay.count()).isPositive();
        long before = delay.count();
        north.dispose();
        run(Duration.ofSeconds(1));
        assertThat(delay.count()).isEqualTo(before); // nothing is measured for it any more
        assertThat(timer("swarmflux.merge.delay", "site", "south").count()).isGreaterThan(before);
        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getTag("site"))
                .doesNotContain("north")
                .contains("south");
        south.dispose();
        south.dispose();
        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsExactly("mine");
        assertThat(Metrics.globalRegistry.getMeters()).isEmpty();
    }

    @Test
    void theEndOfThePeerRemovesItsMeters() {
        PeerMeters.bind(peer, registry);
        peer.dispose();
        assertThat(registry.getMeters()).isEmpty();
        assertThat(PeerMeters.bind(peer, registry).isDisposed()).isTrue();
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void twoRegistriesMeasureOnePeer() {
        SimpleMeterRegistry second = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
        Disposable one = PeerMeters.bind(peer, registry);
        PeerMeters.bind(peer, second);
        run(Duration.ofSeconds(2));
        Timer there = second.get("swarmflux.merge.delay").timer();
        assertThat(timer("swarmflux.merge.delay").count()).isPositive().isEqualTo(there.count());
        long before = there.count();
        one.dispose();
        run(Duration.ofSeconds(1));
        assertThat(there.count()).isGreaterThan(before);
    }

    @Test
    void aSecondPeerOfTheStreamIsRefusedWithoutATagOfItsOwn() {
        PeerMeters.bind(peer, registry);
        int before = registry.getMeters().size();
        assertThatThrownBy(() -> PeerMeters.bind(seed, registry))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tags of its own");
        assertThat(registry.getMeters()).hasSize(before);
    }
}
