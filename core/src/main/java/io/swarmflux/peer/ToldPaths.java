package io.swarmflux.peer;

import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What one downstream was told of the ways by which sub-streams come here, so that it is told changes only. Ways are the
 * longest part of what peers say to each other, so who takes a sub-stream from here hears at once that it comes by another way,
 * and others once in two seconds; how old its segments are is told once in two seconds, if that has changed.
 */
final class ToldPaths {
    /** A link may lose what was told. */
    private static final long ALL_AGAIN_NS = Duration.ofSeconds(10).toNanos();

    private static final long OTHERS_NS = Duration.ofSeconds(2).toNanos();
    private static final long AGES_NS = Duration.ofSeconds(2).toNanos();
    private static final long AGE_CHANGE_US = 30_000;
    private static final Message.Path NONE = new Message.Path(0, List.of(), Message.UNKNOWN);

    private Message.@Nullable Path[] told = new Message.Path[0];
    private long allToldNs;
    private long othersToldNs;
    private long agesToldNs;

    private final long offsetNs;

    /**
     * Nothing was told.
     *
     * @param chance moves the regular times, so that a peer does not tell all its downstreams everything at the same moment
     */
    ToldPaths(Random chance) {
        offsetNs = (long) (chance.nextDouble() * ALL_AGAIN_NS);
    }

    /**
     * What is to be told, which counts as told now.
     *
     * @param taken bit i set: the downstream takes sub-stream i from here
     */
    List<Message.Path> changed(Message.@Nullable Path[] now, long taken, long nowNs) {
        boolean all = told.length != now.length || nowNs - allToldNs >= ALL_AGAIN_NS;
        boolean others = all || nowNs - othersToldNs >= OTHERS_NS;
        boolean ages = all || nowNs - agesToldNs >= AGES_NS;
        if (all) {
            allToldNs = told.length == now.length ? nowNs : nowNs - offsetNs;
            told = new Message.Path[now.length];
        }
        Map<Message.Path, Long> changed = Map.of();
        for (int i = 0; i < now.length; i++) {
            boolean takes = (taken & (1L << i)) != 0;
            boolean way = (others || takes) && differsInWay(told[i], now[i]);
            boolean age = ages && differsInAge(told[i], now[i]);
            if (all || way || age) {
                Message.Path path = now[i];
                told[i] = path;
                changed = changed.isEmpty() ? new LinkedHashMap<>() : changed;
                changed.merge(
                        path == null ? NONE : new Message.Path(0, path.peers(), path.ageUs()),
                        1L << i,
                        (a, b) -> a | b);
            }
        }
        if (changed.isEmpty()) {
            return List.of();
        }
        othersToldNs = others ? nowNs : othersToldNs;
        agesToldNs = ages ? nowNs : agesToldNs;
        List<Message.Path> paths = new ArrayList<>();
        changed.forEach((path, mask) -> paths.add(new Message.Path(mask, path.peers(), path.ageUs())));
        return paths;
    }

    private static boolean differsInWay(Message.@Nullable Path before, Message.@Nullable Path now) {
        if (before == null || now == null) {
            return !Objects.equals(before, now);
        }
        boolean known = before.ageUs() >= 0;
        return !before.peers().equals(now.peers()) || known != (now.ageUs() >= 0);
    }

    private static boolean differsInAge(Message.@Nullable Path before, Message.@Nullable Path now) {
        return before != null
                && now != null
                && Math.abs(before.ageUs() - now.ageUs()) > Math.max(AGE_CHANGE_US, before.ageUs() / 4);
    }
}
