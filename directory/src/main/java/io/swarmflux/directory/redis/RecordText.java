package io.swarmflux.directory.redis;

import io.swarmflux.directory.PeerRecord;
import io.swarmflux.segment.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a peer says of itself, as words: free places, upload, island or {@code -}, addresses. No word has a space in it. */
final class RecordText {
    private static final int FIXED = 3;
    private static final int FIELDS = 4;

    private RecordText() {}

    static String write(PeerRecord peer) {
        return peer.freePlaces() + " " + peer.uploadBitsPerSecond() + " "
                + (peer.island() == null ? "-" : "@" + peer.island()) + " " + String.join(" ", peer.addresses());
    }

    static PeerRecord read(StreamId stream, String name, String incarnation, String ageMs, String says) {
        List<String> words = List.of(says.split(" ", -1));
        String island = words.get(2);
        return new PeerRecord(
                stream,
                name,
                Long.parseLong(incarnation),
                words.subList(FIXED, words.size()),
                Integer.parseInt(words.get(0)),
                Long.parseLong(words.get(1)),
                island.startsWith("@") ? island.substring(1) : null,
                Duration.ofMillis(Math.max(0, Long.parseLong(ageMs))));
    }

    /** Records as the scripts list them: name, incarnation, age and what is said, of each peer. */
    static List<PeerRecord> list(StreamId stream, List<String> fields) {
        List<PeerRecord> peers = new ArrayList<>();
        for (int i = 0; i + FIELDS <= fields.size(); i += FIELDS) {
            peers.add(read(stream, fields.get(i), fields.get(i + 1), fields.get(i + 2), fields.get(i + FIXED)));
        }
        return peers;
    }
}
