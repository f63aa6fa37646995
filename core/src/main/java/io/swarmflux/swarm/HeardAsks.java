package io.swarmflux.swarm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What other members asked for lately that was not missed here yet: they may have noticed a loss a moment sooner. */
final class HeardAsks {
    private static final int MOST = 256;

    private final @Nullable Ask[] asks = new @Nullable Ask[MOST];
    private int next;

    /** One piece that was asked for. */
    record Ask(long sequence, int from, int until, long atNs) {}

    void heard(long sequence, int from, int until, long nowNs) {
        asks[next] = new Ask(sequence, from, until, nowNs);
        next = (next + 1) % MOST;
    }

    /** The newest ask for a segment, when it is not older than that. */
    @Nullable
    Ask find(long sequence, long sinceNs) {
        for (int i = 1; i <= MOST; i++) {
            Ask ask = asks[(next - i + MOST) % MOST];
            if (ask == null || ask.atNs() < sinceNs) {
                return null;
            }
            if (ask.sequence() == sequence) {
                return ask;
            }
        }
        return null;
    }

    void clear() {
        Arrays.fill(asks, null);
        next = 0;
    }
}
