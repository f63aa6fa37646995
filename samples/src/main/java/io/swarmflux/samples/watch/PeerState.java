package io.swarmflux.samples.watch;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swarmflux.media.player.PlayReport;
import io.swarmflux.peer.PeerSnapshot;
import io.swarmflux.peer.RunningPeer;
import java.time.Duration;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;

/** How a peer stands, for the page: a JSON object twice a second, when anything has changed. */
public final class PeerState {
    private static final Duration EVERY = Duration.ofMillis(500);

    private final RunningPeer peer;
    private final Supplier<PlayReport> played;
    private final Said said;

    private PeerState(RunningPeer peer, Supplier<PlayReport> played) {
        this.peer = peer;
        this.played = played;
        this.said = Said.by(peer);
    }

    /**
     * Watches a peer, and remembers from now on what happens to it.
     *
     * @param peer has been started
     * @param played what its player found up to now
     * @return how it stands
     */
    public static PeerState of(RunningPeer peer, Supplier<PlayReport> played) {
        return new PeerState(peer, played);
    }

    /**
     * For one page that is open.
     *
     * @return emits until the subscriber cancels; skips what it does not take in time
     */
    public Flux<String> lines() {
        return Flux.interval(Duration.ZERO, EVERY)
                .onBackpressureDrop()
                .concatMap(tick -> peer.snapshot().onErrorComplete(), 1)
                .map(snapshot -> json(snapshot, played.get(), said).toString())
                .distinctUntilChanged();
    }

    /**
     * One peer at one moment.
     *
     * @param snapshot how it looks
     * @param report what its player found
     * @param said what happened to it
     * @return the object, as {@code watch.js} reads it
     */
    public static ObjectNode json(PeerSnapshot snapshot, PlayReport report, Said said) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("peer", snapshot.peer())
                .put("epoch", snapshot.epoch())
                .put("lag", snapshot.progress().lag())
                .put("continuity", report.continuity())
                .put("delivered", report.delivered())
                .put("missing", report.missing())
                .put("repaired", snapshot.repair().answered());
        json.putObject("window")
                .put("segments", snapshot.window().segments())
                .put("bytes", snapshot.window().bytes());
        var upstreams = json.putArray("upstreams");
        for (PeerSnapshot.Upstream upstream : snapshot.upstreams()) {
            ObjectNode one = upstreams
                    .addObject()
                    .put("peer", upstream.peer())
                    .put("open", upstream.open())
                    .put("lag", upstream.now().lag())
                    .put("bitsPerSecond", upstream.now().bitsPerSecond())
                    .put("roundTripMillis", upstream.now().roundTripMillis());
            upstream.now().subStreams().forEach(one.putArray("subStreams")::add);
        }
        var downstreams = json.putArray("downstreams");
        for (PeerSnapshot.Downstream downstream : snapshot.downstreams()) {
            ObjectNode one = downstreams
                    .addObject()
                    .put("peer", downstream.peer())
                    .put("open", downstream.open())
                    .put("bitsPerSecond", downstream.bitsPerSecond());
            downstream.subStreams().forEach(one.putArray("subStreams")::add);
        }
        PeerSnapshot.Group group = snapshot.group();
        if (group != null) {
            ObjectNode island = json.putObject("island")
                    .put("name", group.island())
                    .put("members", group.members())
                    .put("received", group.received())
                    .put("sent", group.sent())
                    .put("naks", group.naks());
            group.feeds().forEach(island.putArray("gateway")::add);
        }
        said.lines().forEach(json.putArray("said")::add);
        return json;
    }
}
