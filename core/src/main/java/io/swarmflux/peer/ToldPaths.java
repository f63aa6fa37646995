package io.swarmflux.peer;

import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one downstream was told of the ways by which sub-streams come here, so that it is told changes only. Ways are the
 * longest part of what peers say to each other, and seldom change.
 */
final class ToldPaths {
    /** A link may lose what was told. */
    private static final long ALL_AGAIN_NS = Duration.ofSeconds(10).toNanos();

    private static final long AGE_CHANGE_US = 30_000;
    private static final Message.Path NONE = new Message.Path(0, List.of(), Message.UNKNOWN);

    private Message.@Nullable Path[] told = new Message.Path[0];
    private long allToldNs;

    /** What is to be told, which counts as told now: each sub-stream whose way or age has changed, or all now and then. */
    List<Message.Path> changed(Message.@Nullable Path[] now, long nowNs) {
        boolean all = told.length != now.length || nowNs - allToldNs >= ALL_AGAIN_NS;
        if (all) {
            told = new Message.Path[now.length];
            allToldNs = nowNs;
        }
        Map<Message.Path, Long> changed = new LinkedHashMap<>();
        for (int i = 0; i < now.length; i++) {
            if (all || differs(told[i], now[i])) {
                Message.Path path = now[i];
                told[i] = path;
                changed.merge(
                        path == null ? NONE : new Message.Path(0, path.peers(), path.ageUs()),
                        1L << i,
                        (a, b) -> a | b);
            }
        }
        List<Message.Path> paths = new ArrayList<>();
        changed.forEach((path, mask) -> paths.add(new Message.Path(mask, path.peers(), path.ageUs())));
        return paths;
    }

    private static boolean differs(Message.@Nullable Path before, Message.@Nullable Path now) {
        if (before == null || now == null) {
            return !Objects.equals(before, now);
        }
        long change = Math.abs(before.ageUs() - now.ageUs());
        return !before.peers().equals(now.peers()) || change > Math.max(AGE_CHANGE_US, before.ageUs() / 4);
    }
}
