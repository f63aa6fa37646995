package io.swarmflux.samples.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swarmflux.flux.Gap;
import io.swarmflux.media.player.PlayReport;
import io.swarmflux.peer.PeerSnapshot;
import java.util.Map;

/** An outcome as scripts and people read it. */
public final class Report {
    private Report() {}

    /**
     * One JSON object.
     *
     * @param outcome how a peer ended, or how it stands
     * @return the object
     */
    public static ObjectNode json(Outcome outcome) {
        PeerSnapshot snapshot = outcome.snapshot();
        PlayReport played = outcome.first();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("peer", snapshot.peer());
        json.put("stream", snapshot.stream().name());
        json.put("epoch", snapshot.epoch());
        json.put("firstSequence", played.firstSequence());
        json.put("delivered", played.delivered());
        json.put("missing", played.missing());
        gaps(json.putArray("gaps"), played);
        json.put("outOfOrder", played.outOfOrder());
        json.put("duplicates", snapshot.window().duplicates());
        json.put("repaired", snapshot.repair().answered());
        json.put("bytes", played.bytes());
        json.put("sha256", played.sha256());
        json.put("startupMillis", played.timing().startupMillis());
        json.put("stalls", played.timing().stalls());
        json.put("continuity", played.continuity());
        json.putObject("lagMillis")
                .put("p50", played.timing().lagP50Millis())
                .put("p99", played.timing().lagP99Millis());
        ArrayNode upstreams = json.putArray("upstreams");
        for (PeerSnapshot.Upstream upstream : snapshot.upstreams()) {
            ObjectNode one = upstreams
                    .addObject()
                    .put("peer", upstream.peer())
                    .put("segments", upstream.segments())
                    .put("bytes", upstream.bytes())
                    .put("duplicates", upstream.duplicates())
                    .put("lag", upstream.now().lag())
                    .put("bitsPerSecond", upstream.now().bitsPerSecond());
            upstream.now().subStreams().forEach(one.putArray("subStreams")::add);
        }
        ArrayNode downstreams = json.putArray("downstreams");
        for (PeerSnapshot.Downstream downstream : snapshot.downstreams()) {
            ObjectNode one = downstreams
                    .addObject()
                    .put("peer", downstream.peer())
                    .put("segments", downstream.segments())
                    .put("bytes", downstream.bytes())
                    .put("bitsPerSecond", downstream.bitsPerSecond());
            downstream.subStreams().forEach(one.putArray("subStreams")::add);
        }
        PeerSnapshot.Group group = snapshot.group();
        if (group != null) {
            island(json.putObject("island"), group);
        }
        return json;
    }

    /**
     * One JSON object for a whole swarm that still runs.
     *
     * @param outcomes how everybody stands, by name
     * @return the object, with the peers in a list
     */
    public static ObjectNode json(Map<String, Outcome> outcomes) {
        return json(outcomes, Table.allGood(outcomes, Map.of()));
    }

    /**
     * One JSON object for a whole swarm.
     *
     * @param outcomes by name
     * @param good whether everybody got everything
     * @return the object, with the peers in a list
     */
    public static ObjectNode json(Map<String, Outcome> outcomes, boolean good) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("consistent", good);
        ArrayNode peers = json.putArray("peers");
        outcomes.values().forEach(outcome -> peers.add(json(outcome)));
        return json;
    }

    private static void island(ObjectNode json, PeerSnapshot.Group group) {
        json.put("name", group.island()).put("members", group.members());
        group.feeds().forEach(json.putArray("gateway")::add);
        json.put("received", group.received())
                .put("sent", group.sent())
                .put("naks", group.naks())
                .put("repairs", group.repairs())
                .put("dropped", group.dropped());
    }

    private static void gaps(ArrayNode array, PlayReport played) {
        for (Gap gap : played.gaps()) {
            array.addObject()
                    .put("epoch", gap.epoch())
                    .put("from", gap.from())
                    .put("until", gap.until())
                    .put("reason", gap.reason().name());
        }
    }

    /**
     * One line for people.
     *
     * @param outcome how a peer ended
     * @return name, counts and digest
     */
    public static String line(Outcome outcome) {
        PeerSnapshot snapshot = outcome.snapshot();
        PlayReport played = outcome.first();
        if (outcome.played().isEmpty()) {
            return snapshot.peer() + ": relayed " + snapshot.window().accepted() + " segments of " + snapshot.stream();
        }
        return "%s: played %d segments of %s, %d missing, %d out of order, %d damaged, %d duplicates, %d repaired, sha256 %s"
                .formatted(
                        snapshot.peer(),
                        played.delivered(),
                        snapshot.stream(),
                        played.missing(),
                        played.outOfOrder(),
                        played.damaged(),
                        snapshot.window().duplicates(),
                        snapshot.repair().answered(),
                        played.sha256());
    }
}
