package io.swarmflux.samples.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swarmflux.peer.PeerSnapshot;
import io.swarmflux.samples.run.Outcome;
import io.swarmflux.samples.run.Swarm;
import io.swarmflux.samples.watch.PeerState;
import io.swarmflux.samples.watch.Said;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** The whole swarm as the page shows it, beside the peer that one watches at. */
final class DemoState {
    private static final Duration EVERY = Duration.ofMillis(500);

    private static final Map<String, List<Double>> PLACES = Map.ofEntries(
            Map.entry("seed", List.of(.5, .08)),
            Map.entry("p1", List.of(.2, .28)),
            Map.entry("p2", List.of(.5, .32)),
            Map.entry("p3", List.of(.8, .28)),
            Map.entry("p4", List.of(.1, .55)),
            Map.entry("p5", List.of(.42, .57)),
            Map.entry("p6", List.of(.74, .55)),
            Map.entry("p7", List.of(.2, .84)),
            Map.entry("i1", List.of(.5, .84)),
            Map.entry("i2", List.of(.7, .84)),
            Map.entry("i3", List.of(.9, .84)));

    private final Swarm swarm;
    private final Said said;

    DemoState(Swarm swarm, Said said) {
        this.swarm = swarm;
        this.said = said;
    }

    /** For one page that is open. */
    Flux<String> lines() {
        return Flux.defer(() -> {
            Map<String, Heard> heard = new LinkedHashMap<>();
            return Flux.interval(Duration.ZERO, EVERY)
                    .onBackpressureDrop()
                    .concatMap(tick -> swarm.now(), 1)
                    .filter(outcomes -> outcomes.containsKey(Mesh.WATCHED))
                    .map(outcomes -> json(outcomes, heard).toString())
                    .distinctUntilChanged();
        });
    }

    /** How much came over the group, when, and at what rate. */
    private record Heard(long bytes, long atNs, long bitsPerSecond) {}

    private ObjectNode json(Map<String, Outcome> outcomes, Map<String, Heard> heard) {
        Outcome watched = Objects.requireNonNull(outcomes.get(Mesh.WATCHED)); // lines() waits for it
        ObjectNode json = PeerState.json(watched.snapshot(), watched.first(), said);
        ArrayNode members = json.putArray("swarm");
        outcomes.forEach((name, outcome) -> member(members.addObject(), name, outcomes, heard));
        return json;
    }

    private void member(ObjectNode json, String name, Map<String, Outcome> outcomes, Map<String, Heard> heard) {
        Outcome outcome = Objects.requireNonNull(outcomes.get(name));
        PeerSnapshot snapshot = outcome.snapshot();
        PeerSnapshot.Group group = snapshot.group();
        boolean running = swarm.isRunning(name);
        List<Double> place = PLACES.getOrDefault(name, List.of(.5, .5));
        json.put("peer", name)
                .put("running", running)
                .put("seeds", snapshot.seeds())
                .put("x", place.get(0))
                .put("y", place.get(1))
                .put("continuity", outcome.first().continuity())
                .put("lagMillis", outcome.first().timing().lagP50Millis());
        if (group != null) {
            json.put("island", group.island());
        }
        ArrayNode gateway = json.putArray("gateway");
        if (group != null && running) {
            group.feeds().forEach(gateway::add);
        }
        long total = 0;
        ArrayNode from = json.putArray("from");
        for (PeerSnapshot.Upstream upstream : snapshot.upstreams()) {
            if (upstream.open()) {
                from.addObject()
                        .put("peer", upstream.peer())
                        .put("bitsPerSecond", upstream.now().bitsPerSecond());
                total += upstream.now().bitsPerSecond();
            }
        }
        if (group != null) {
            long rate = heard(name, group, heard);
            total += rate;
            gateways(outcomes, name)
                    .forEach((who, share) ->
                            from.addObject().put("peer", who).put("bitsPerSecond", (long) (rate * share)));
        }
        json.put("bitsPerSecond", running ? total : 0);
        if (Mesh.mayStop(name)) {
            json.put("action", running ? "stop" : "start");
        }
    }

    private static long heard(String name, PeerSnapshot.Group group, Map<String, Heard> heard) {
        long nowNs = Schedulers.parallel().now(TimeUnit.NANOSECONDS);
        @Nullable Heard before = heard.get(name);
        if (before != null && nowNs - before.atNs() < TimeUnit.SECONDS.toNanos(1)) {
            return before.bitsPerSecond();
        }
        long bits = before == null ? 0 : Math.max(0, group.receivedBytes() - before.bytes()) * 8;
        long rate = before == null ? 0 : (long) (bits * 1e9 / (nowNs - before.atNs()));
        heard.put(name, new Heard(group.receivedBytes(), nowNs, rate));
        return rate;
    }

    /** Who else feeds the island, and what share of it. */
    private Map<String, Double> gateways(Map<String, Outcome> outcomes, String but) {
        Map<String, Double> shares = new LinkedHashMap<>();
        outcomes.forEach((name, outcome) -> {
            PeerSnapshot.Group group = outcome.snapshot().group();
            if (group != null
                    && !name.equals(but)
                    && swarm.isRunning(name)
                    && !group.feeds().isEmpty()) {
                shares.put(name, (double) group.feeds().size());
            }
        });
        double sum = shares.values().stream().mapToDouble(share -> share).sum();
        shares.replaceAll((name, share) -> share / sum);
        return shares;
    }
}
