package io.swarmflux.peer;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What one upstream was asked for again and has not answered. An answer may come on top of what was granted. Asked inside the
 * strand, answered on the link's thread.
 *
 * <p>The same segment may be pushed while the request is under way, and then comes once more in answer; so what was answered goes
 * on to count as allowed.
 */
final class Requested {
    private static final long FORGOTTEN_NS = Duration.ofSeconds(30).toNanos();

    /** So many answers go on to count: an upstream may not run up an allowance without end. */
    private static final int MOST_ANSWERED = 64;

    private final Map<Long, Asked> asked = new ConcurrentHashMap<>();
    private volatile int answered;

    private record Asked(int times, long atNs) {}

    void ask(long sequence, long nowNs) {
        asked.merge(sequence, new Asked(1, nowNs), (before, now) -> new Asked(before.times() + 1, nowNs));
    }

    boolean awaits(long sequence) {
        return !asked.isEmpty() && asked.containsKey(sequence);
    }

    /** A segment came. False when it was not asked for. */
    boolean answers(long sequence) {
        Asked before = asked.isEmpty() ? null : asked.get(sequence);
        if (before == null) {
            return false;
        }
        asked.computeIfPresent(
                sequence, (key, now) -> now.times() == 1 ? null : new Asked(now.times() - 1, now.atNs()));
        answered = Math.min(MOST_ANSWERED, answered + 1);
        return true;
    }

    /** How many segments may come beyond what was granted. */
    int allowed() {
        return answered + (asked.isEmpty() ? 0 : asked.size());
    }

    /** What is not answered for long is answered no more. */
    void forget(long nowNs) {
        asked.values().removeIf(one -> nowNs - one.atNs() > FORGOTTEN_NS);
    }

    void clear() {
        asked.clear();
        answered = 0;
    }
}
