package io.swarmflux.directory.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmflux.directory.DirectoryEvent;
import io.swarmflux.directory.DirectoryException;
import io.swarmflux.directory.PeerRecord;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.netty.ByteBufFlux;

/** Server-sent events as changes. A line and an event have a bound; so has the silence between two. */
final class HeardEvents {
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final int MAX_EVENT = 256 * 1024;

    private final HeardPeers heard;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder data = new StringBuilder();
    private final List<PeerRecord> snapshot = new ArrayList<>();
    private String kind = "";
    private boolean started;
    private boolean inSnapshot;

    private HeardEvents(HeardPeers heard) {
        this.heard = heard;
    }

    static Flux<DirectoryEvent> of(ByteBufFlux body, HeardPeers heard) {
        HeardEvents events = new HeardEvents(heard);
        return body.asByteArray().timeout(SILENCE).concatMapIterable(events::read, 1);
    }

    private List<DirectoryEvent> read(byte[] bytes) {
        List<DirectoryEvent> events = new ArrayList<>();
        for (byte one : bytes) {
            if (one != '\n') {
                line.write(one);
                check(line.size());
                continue;
            }
            String text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            DirectoryEvent event = line(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
            if (event != null) {
                events.add(event);
            }
        }
        return events;
    }

    private void check(int size) {
        if (size > MAX_EVENT) {
            throw heard.ignored().refused("watch", "answer-too-long", MAX_EVENT + " bytes in one event");
        }
    }

    private @Nullable DirectoryEvent line(String text) {
        if (text.startsWith("event:")) {
            kind = text.substring("event:".length()).strip();
        } else if (text.startsWith("data:")) {
            data.append(text, "data:".length(), text.length());
            check(data.length());
        } else if (text.isEmpty() && data.length() > 0) {
            String what = kind;
            byte[] body = data.toString().getBytes(StandardCharsets.UTF_8);
            kind = "";
            data.setLength(0);
            return event(what, RecordJson.parse(body));
        }
        return null;
    }

    private @Nullable DirectoryEvent event(String what, JsonNode node) {
        if (what.equals("snapshot")) {
            return snapshot(node);
        }
        if (!started) {
            throw new IllegalArgumentException("a watch begins with a snapshot");
        }
        if (what.equals("left")) {
            String name = node.path("name").asText("");
            long incarnation = RecordJson.number(node, "incarnation", null);
            return heard.left(name, incarnation) ? new DirectoryEvent.Left(name, incarnation) : null;
        }
        if (what.equals("broken")) {
            return new DirectoryEvent.Broken(new DirectoryException(
                    DirectoryException.Reason.UNAVAILABLE,
                    "store",
                    RecordJson.cut(node.path("cure").asText("is away"))));
        }
        if (!what.equals("joined") && !what.equals("updated")) {
            heard.ignored().count("unknown-event");
            return null;
        }
        PeerRecord peer = heard.one(node);
        if (peer == null) {
            return null;
        }
        return what.equals("joined") ? new DirectoryEvent.Joined(peer) : new DirectoryEvent.Updated(peer);
    }

    private @Nullable DirectoryEvent snapshot(JsonNode node) {
        JsonNode peers = node.get("peers");
        if (peers == null || !peers.isArray()) {
            throw new IllegalArgumentException("peers must be an array");
        }
        if (!inSnapshot) {
            heard.forgetAll();
            snapshot.clear();
        }
        inSnapshot = node.path("more").asBoolean(false);
        snapshot.addAll(heard.of(peers));
        if (snapshot.size() > 2 * HeardPeers.MAX_WATCHED) {
            throw heard.ignored().refused("watch", "answer-too-long", "twice the peers that a watch keeps apart");
        }
        if (inSnapshot) {
            return null;
        }
        started = true;
        DirectoryEvent all = new DirectoryEvent.Snapshot(snapshot);
        snapshot.clear();
        return all;
    }
}
