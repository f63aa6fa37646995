package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.swarm.Claims;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One member as a gateway: knows what it could bring from outside, has {@link Claims} decide what it feeds, and begins and stops
 * that. Inside the strand.
 */
final class IslandGateway {
    private static final long SUSPECT_NS = Duration.ofMillis(750).toNanos();

    private final Node node;
    private final Self self;
    private final Programme programme;
    private final IslandMembers members;
    private final IslandName name;
    private boolean feedsTold = true;

    IslandGateway(Node node, IslandMembers members, IslandName name) {
        this.node = node;
        this.self = node.self();
        this.programme = node.programme();
        this.members = members;
        this.name = name;
    }

    /**
     * What upstreams outside the island have.
     *
     * @param subStreams those that they could bring, bit by bit
     * @param exists one past the newest sequence that is here, or that one of them has announced
     */
    record Outside(long subStreams, long exists) {}

    Outside outside(StreamHub.View view, long nowNs) {
        long could = node.seeds() ? -1 : 0;
        long exists = view.edge();
        long most = view.next() + self.options().window().segments();
        for (UpstreamSide side : node.links().activeUpstreams()) {
            if (members.areMutual(side.name(), nowNs)) {
                continue;
            }
            exists = Math.max(exists, Math.min(side.edge(), most));
            if (side.silentNs(nowNs) < SUSPECT_NS) {
                could |= side.paths().eligible(node.subStreams().share(side.name()));
            }
        }
        return new Outside(could, exists);
    }

    /** Claims and gives up what is to be; answers whether anything has changed. */
    boolean claim(
            Claims claims, IslandOut out, @Nullable IslandIn in, Outside outside, StreamHub.View view, long nowNs) {
        claims.outside(outside.subStreams() & -1L >>> (64 - claims.subStreams()));
        claims.exists(outside.exists());
        for (int i = 0; i < claims.subStreams(); i++) {
            if (out.feeds(i)) {
                claims.sent(i, out.edge(i));
            } else if (in != null) {
                claims.sent(i, in.came(i));
            }
        }
        for (IslandMembers.Member member : members.all()) {
            claims.feeds(member.number, Math.max(member.beatAtNs, member.chunkAtNs.get()));
        }
        List<Claims.Change> changes = claims.plan(nowNs);
        for (Claims.Change change : changes) {
            int subStream = change.subStream();
            if (change.step() == Claims.Step.CLAIMED) {
                boolean wasFed = in != null && in.came(subStream) > 0;
                long first = first(view, subStream, claims.subStreams(), wasFed);
                out.feed(subStream, first, !members.all().isEmpty());
                feedsTold = false;
            } else {
                stops(out, subStream);
            }
        }
        return !changes.isEmpty();
    }

    /** It does not feed a sub-stream any more; answers whether it did. */
    boolean stops(@Nullable IslandOut out, int subStream) {
        if (out == null || !out.feeds(subStream)) {
            return false;
        }
        out.stop(subStream);
        feedsTold = false;
        return true;
    }

    /**
     * Where feeding a sub-stream begins: live, at what is not here yet; in a lossless stream, at what some member has not confirmed. When
     * nobody has fed it before, those count too who do not play the epoch yet.
     */
    private long first(StreamHub.View view, int subStream, int count, boolean wasFed) {
        boolean lossless = programme.lossless();
        long least = lossless ? leastLacking(view, !wasFed) : view.next();
        long first = least + Math.floorMod(subStream - least, (long) count);
        while (!lossless && first < view.edge() && programme.segment(view.epoch(), first) != null) {
            first += count;
        }
        return first;
    }

    /** Where sending begins when members come and nobody was there: live, at the edge. */
    long begins() {
        StreamHub.View view = programme.view();
        if (view == null) {
            return 0;
        }
        return programme.lossless() ? leastLacking(view, true) : view.edge();
    }

    /** The oldest sequence here that some member has not confirmed. */
    private long leastLacking(StreamHub.View view, boolean ofAll) {
        long least = view.next();
        for (IslandMembers.Member member : members.all()) {
            if (member.epoch == view.epoch()) {
                least = Math.min(least, member.next);
            } else if (ofAll) {
                least = 0;
            }
        }
        return Math.max(view.oldest(), least);
    }

    /** Tells whoever watches the peer, when what it feeds has changed. */
    void tellFeeds(IslandOut out) {
        if (!feedsTold) {
            feedsTold = true;
            List<Integer> feeds = PeerSnapshot.subStreams(out.feeds());
            String island = name.toString();
            self.tell(() -> new PeerEvent.Gateway(island, feeds));
        }
    }
}
