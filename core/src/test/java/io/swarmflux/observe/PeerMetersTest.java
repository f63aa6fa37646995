package io.swarmflux.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.swarmflux.link.ImpairedTransport;
import io.swarmflux.link.LinkConditions;
import io.swarmflux.link.LoopbackTransport;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.StreamId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A seeder and a peer on loopback links in virtual time; 125 segments a second. */
class PeerMetersTest {
    private static final StreamId NEWS = StreamId.of("news");

    /** Segments without end. */
    private record Blanks(boolean rereadable) implements SegmentSource {
        @Override
        public Flux<Cut> cuts(long from) {
            return Flux.generate(() -> from, (n, sink) -> {
                sink.next(new Cut(new byte[1_000], n * 1000, n % 10 == 0 ? Segment.RANDOM_ACCESS : 0));
                return n + 1;
            });
        }
    }

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final LoopbackTransport net = LoopbackTransport.create(time, LoopbackTransport.DEFAULT_MAX_FRAME_BYTES);
    private final ImpairedTransport way = ImpairedTransport.of(net.named("loop:seed"), time, 1);
    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final RunningPeer seed = started(Seeder.of(NEWS, new Blanks(true))
            .at(Pace.rate(1_000_000))
            .with(PeerOptions.defaults().named("seed").over(way).timed(time, 1).listeningOn("loop:seed"))
            .start());
    private final RunningPeer peer = started(Peer.of(NEWS)
            .upstream("loop:seed")
            .with(PeerOptions.defaults()
                    .named("peer")
                    .over(net.named("loop:peer"))
                    .timed(time, 2))
            .start());

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

    @Test
    void theDocumentsListWhatIsRegisteredAndNothingElse() throws IOException {
        Disposable bound = PeerMeters.bind(peer, registry);
        Set<String> registered = new TreeSet<>();
        for (Meter meter : registry.getMeters()) {
            Meter.Id id = meter.getId();
            assertThat(id.getTag("stream")).isEqualTo("news");
            String own = id.getTags().stream()
                    .filter(tag -> !tag.getKey().equals("stream"))
                    .map(Tag::toString)
                    .reduce("", String::concat);
            String unit = id.getBaseUnit();
            registered.add(id.getName() + " " + id.getType().name().toLowerCase(Locale.ROOT) + " "
                    + (unit == null ? "" : unit) + " " + own);
        }
        Set<String> documented = new TreeSet<>();
        Pattern row = Pattern.compile("\\| `(swarmflux[^`]*)` \\| (\\w+) \\| (\\w*) ?\\| (?:`(\\w+)`: ([^|]*))?\\|.*");
        for (String line : Files.readAllLines(Path.of("../docs/observing.md"))) {
            Matcher found = row.matcher(line);
            if (found.matches()) {
                String values = found.group(5);
                for (String value :
                        values == null ? new String[] {""} : values.strip().split(", ", -1)) {
                    String tag =
                            value.isEmpty() ? "" : Tag.of(found.group(4), value).toString();
                    documented.add(found.group(1) + " " + found.group(2) + " " + found.group(3) + " " + tag);
                }
            }
        }
        assertThat(registered).isNotEmpty().isEqualTo(documented);
        bound.dispose();
    }

    @Test
    void readsThePeerAsItIs() {
        PeerMeters.bind(peer, registry);
        run(Duration.ofSeconds(10));
        assertThat(counted("swarmflux.segments", "outcome", "accepted")).isBetween(1_000.0, 1_300.0);
        assertThat(counted("swarmflux.segment.bytes", "direction", "in")).isBetween(1_000_000.0, 1_500_000.0);
        assertThat(gauged("swarmflux.upstreams", "state", "active")).isEqualTo(1);
        assertThat(gauged("swarmflux.downstreams", "state", "active")).isZero();
        assertThat(gauged("swarmflux.window.used")).isPositive();
        assertThat(gauged("swarmflux.health", "status", "up")).isEqualTo(1);
        assertThat(gauged("swarmflux.health", "status", "down")).isZero();

        way.cut();
        run(Duration.ofSeconds(10));
        assertThat(gauged("swarmflux.health", "status", "down")).isEqualTo(1);
        assertThat(gauged("swarmflux.upstreams", "state", "active")).isZero();
        assertThat(registry.get("swarmflux.link.closes").counter().count()).isEqualTo(1);
    }

    @Test
    void readsWhatASeederGives() {
        PeerMeters.bind(seed, registry);
        run(Duration.ofSeconds(10));
        assertThat(counted("swarmflux.segment.bytes", "direction", "in")).isZero();
        assertThat(counted("swarmflux.segment.bytes", "direction", "out")).isBetween(1_000_000.0, 1_500_000.0);
        assertThat(gauged("swarmflux.downstreams", "state", "active")).isEqualTo(1);
        assertThat(gauged("swarmflux.downstream.lag")).isLessThan(50);
        assertThat(gauged("swarmflux.health", "status", "up")).isEqualTo(1);
    }

    @Test
    void countsGapsByTheirReason() {
        PeerMeters.bind(peer, registry);
        peer.segments().subscribe();
        run(Duration.ofSeconds(1));
        way.conditions(LinkConditions.perfect().loss(0.4).delay(Duration.ofMillis(20), Duration.ZERO));
        run(Duration.ofSeconds(20));
        double gaps = registry.get("swarmflux.gaps")
                .tag("reason", "timeout")
                .counter()
                .count();
        double segments = registry.get("swarmflux.gap.segments")
                .tag("reason", "timeout")
                .counter()
                .count();
        assertThat(gaps).isPositive();
        assertThat(segments).isGreaterThanOrEqualTo(gaps);
        assertThat(counted("swarmflux.repair.requests")).isPositive();
        assertThat(counted("swarmflux.repair.segments", "outcome", "given_up")).isPositive();
    }

    @Test
    void takesNoMoreThanFourSnapshotsASecond() {
        PeerMeters.bind(peer, registry);
        run(Duration.ofSeconds(1));
        double before = counted("swarmflux.segments", "outcome", "accepted");
        time.advanceTimeBy(Duration.ofSeconds(1)); // not the registry's clock
        assertThat(counted("swarmflux.segments", "outcome", "accepted")).isEqualTo(before);
        clock.add(Duration.ofMillis(250));
        assertThat(counted("swarmflux.segments", "outcome", "accepted")).isGreaterThan(before + 100);
    }

    @Test
    void disposingRemovesItsMetersAndNoOthers() {
        registry.counter("mine");
        Disposable north = PeerMeters.bind(peer, registry, Tags.of("site", "north"));
        Disposable south = PeerMeters.bind(seed, registry, Tags.of("site", "south"));
        north.dispose();
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
    void aSecondPeerOfTheStreamIsRefusedWithoutATagOfItsOwn() {
        PeerMeters.bind(peer, registry);
        int before = registry.getMeters().size();
        assertThatThrownBy(() -> PeerMeters.bind(seed, registry))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tags of its own");
        assertThat(registry.getMeters()).hasSize(before);
    }
}
