package io.swarmflux.directory;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What several directories say, as one answer. */
final class Answers {
    private Answers() {}

    /** Of each peer the record to believe, taking turns between the answers; earlier groups of answers go first. */
    static List<PeerRecord> merged(List<? extends Collection<List<PeerRecord>>> groups, int limit) {
        Map<String, PeerRecord> best = new LinkedHashMap<>();
        for (Collection<List<PeerRecord>> answers : groups) {
            int longest = answers.stream().mapToInt(List::size).max().orElse(0);
            for (int turn = 0; turn < longest; turn++) {
                for (List<PeerRecord> answer : answers) {
                    if (turn < answer.size()) {
                        PeerRecord peer = answer.get(turn);
                        best.merge(peer.name(), peer, (one, other) -> other.replaces(one) ? other : one);
                    }
                }
            }
        }
        return best.values().stream().limit(limit).toList();
    }
}
