package io.swarmflux.directory.redis;

import io.swarmflux.directory.DirectoryEvent;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.segment.StreamId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What is known here of one stream that somebody watches. Changes are numbered: one that follows the last is taken, and the first
 * of a stream where nobody was; an older one is known already. With any other some are missing, and all must be loaded anew. On
 * one strand.
 */
final class Mirror {
    private static final int MAX_EARLY = 1_024;

    private final StreamId stream;
    private final Consumer<DirectoryEvent> told;
    private final Map<String, PeerRecord> peers = new HashMap<>();

    /** Changes that came while all were being loaded. */
    private final Deque<Map<String, String>> early = new ArrayDeque<>();

    private boolean loaded;
    private boolean loading;
    private long version;

    Mirror(StreamId stream, Consumer<DirectoryEvent> told) {
        this.stream = stream;
        this.told = told;
    }

    boolean isLoaded() {
        return loaded;
    }

    /** Whether somebody must load it; then the caller does. */
    boolean mustLoad() {
        if (loaded || loading) {
            return false;
        }
        loading = true;
        return true;
    }

    void notLoaded() {
        loading = false;
        loaded = false;
        early.clear();
    }

    /** Whether nothing is missing here that the store had at that number; -1 when it knows nobody. */
    boolean isUpToDate(long storeVersion) {
        return loading || (loaded && (storeVersion < 0 ? peers.isEmpty() : version >= storeVersion));
    }

    void load(long atVersion, List<PeerRecord> all) {
        peers.clear();
        all.forEach(peer -> peers.put(peer.name(), peer));
        version = atVersion;
        loaded = true;
        loading = false;
        // they are told with all the rest
        for (Map<String, String> change = early.poll(); change != null && loaded; change = early.poll()) {
            take(change, event -> {});
        }
        early.clear();
    }

    List<PeerRecord> all() {
        return List.copyOf(peers.values());
    }

    void take(Map<String, String> change) {
        if (loading) {
            early.add(change);
            if (early.size() > MAX_EARLY) {
                early.poll();
            }
            return;
        }
        take(change, told);
    }

    private void take(Map<String, String> change, Consumer<DirectoryEvent> teller) {
        long number = Long.parseLong(change.getOrDefault("v", "-1"));
        if (!loaded || number <= version) {
            return;
        }
        boolean follows = number == version + 1;
        boolean begins = change.containsKey("f") && peers.isEmpty();
        if (!follows && !begins) {
            loaded = false;
            return;
        }
        version = number;
        String name = change.getOrDefault("n", "");
        String incarnation = change.getOrDefault("i", "0");
        if (change.getOrDefault("k", "").equals("left")) {
            peers.remove(name);
            teller.accept(new DirectoryEvent.Left(name, Long.parseLong(incarnation)));
            return;
        }
        PeerRecord peer = RecordText.read(stream, name, incarnation, "0", change.getOrDefault("r", ""));
        peers.put(name, peer);
        teller.accept(
                change.getOrDefault("k", "").equals("joined")
                        ? new DirectoryEvent.Joined(peer)
                        : new DirectoryEvent.Updated(peer));
    }
}
