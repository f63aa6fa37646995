package io.swarmflux.directory.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.segment.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The peers that a directory names, as far as they can be believed: of this stream, not the asker, no more than a bound, no older incarnation. */
final class HeardPeers {
    /** The most peers that one watch keeps apart. */
    static final int MAX_WATCHED = 50_000;

    private final StreamId stream;
    private final @Nullable String self;
    private final int most;
    private final Ignored ignored;
    private final Map<String, Long> incarnations = new HashMap<>();

    HeardPeers(StreamId stream, @Nullable String self, int most, Ignored ignored) {
        this.stream = stream;
        this.self = self;
        this.most = most;
        this.ignored = ignored;
    }

    int known() {
        return incarnations.size();
    }

    Ignored ignored() {
        return ignored;
    }

    void forgetAll() {
        incarnations.clear();
    }

    /** Those of an array that can be believed. */
    List<PeerRecord> of(JsonNode array) {
        List<PeerRecord> peers = new ArrayList<>();
        for (JsonNode node : array) {
            PeerRecord peer = one(node);
            if (peer != null) {
                peers.add(peer);
            }
        }
        return peers;
    }

    /** One peer, or null. */
    @Nullable
    PeerRecord one(JsonNode node) {
        try {
            PeerRecord peer = RecordJson.read(node, stream, null);
            String fault = fault(peer);
            if (fault == null) {
                incarnations.put(peer.name(), peer.incarnation());
                return peer;
            }
            ignored.count(fault);
        } catch (RecordJson.WrongStreamException wrong) {
            ignored.count("wrong-stream");
        } catch (IllegalArgumentException malformed) {
            ignored.count("malformed-peer");
        }
        return null;
    }

    private @Nullable String fault(PeerRecord peer) {
        if (peer.name().equals(self)) {
            return "myself";
        }
        Long known = incarnations.get(peer.name());
        if (known != null && known > peer.incarnation()) {
            return "stale-incarnation";
        }
        return known == null && incarnations.size() >= most ? "too-many-peers" : null;
    }

    /** Whether one that left was known, and not by a newer incarnation. */
    boolean left(String name, long incarnation) {
        Long known = incarnations.get(name);
        if (known == null || known > incarnation) {
            return false;
        }
        incarnations.remove(name);
        return true;
    }
}
