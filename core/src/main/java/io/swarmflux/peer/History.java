package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.flux.Upstream;
import io.swarmflux.wire.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a snapshot tells of links that are gone: what came and went over them still counts, under the name of the peer at the
 * other end. Bounded: of the peers beyond the first few thousand nothing is kept.
 */
final class History {
    private static final int MAX_PAST = 4096;

    private final Self self;
    private final Programme programme;
    private final Map<String, PeerSnapshot.Upstream> upstreams = new LinkedHashMap<>();
    private final Map<String, PeerSnapshot.Downstream> downstreams = new LinkedHashMap<>();

    History(Self self, Programme programme) {
        this.self = self;
        this.programme = programme;
    }

    /** Remembers a link that is gone. */
    void keep(Conversation gone) {
        if (upstreams.size() < MAX_PAST && downstreams.size() < MAX_PAST) {
            add(gone, upstreams, downstreams);
        }
    }

    private void add(
            Conversation conversation,
            Map<String, PeerSnapshot.Upstream> ups,
            Map<String, PeerSnapshot.Downstream> downs) {
        StreamHub.View view = programme.view();
        UpstreamSide up = conversation.upstream();
        if (up != null) {
            String address = conversation.dialled() ? conversation.address() : "";
            ups.merge(
                    conversation.peer(),
                    up.snapshot(view == null ? 0 : view.edge(), address),
                    (old, now) -> now.and(old));
        }
        DownstreamSide down = conversation.downstream();
        if (down != null) {
            downs.merge(conversation.peer(), down.snapshot(), (old, now) -> now.and(old));
        }
    }

    /** The whole peer as it is now. */
    PeerSnapshot snapshot(List<Conversation> present, long repaired, long violations) {
        StreamHub.View view = programme.view();
        Map<String, PeerSnapshot.Upstream> ups = new LinkedHashMap<>(upstreams);
        Map<String, PeerSnapshot.Downstream> downs = new LinkedHashMap<>(downstreams);
        for (Conversation one : present) {
            add(one, ups, downs);
        }
        programme.locals().forEach((name, local) -> ups.putIfAbsent(name, snapshot(name, local)));
        return new PeerSnapshot(
                self.name(),
                self.stream(),
                view == null ? -1 : view.epoch(),
                view == null ? Message.UNKNOWN : view.finalSequence(),
                window(view),
                List.copyOf(ups.values()),
                List.copyOf(downs.values()),
                repaired,
                programme.conflicts(),
                violations);
    }

    private static PeerSnapshot.Upstream snapshot(String name, Upstream local) {
        Upstream.Stats stats = local.stats();
        return new PeerSnapshot.Upstream(
                name, "", !local.isDisposed(), stats.received(), stats.bytes(), stats.duplicates(), 0, -1);
    }

    private static PeerSnapshot.Window window(StreamHub.@org.jspecify.annotations.Nullable View view) {
        if (view == null) {
            return new PeerSnapshot.Window(0, 0, 0, 0, 0, 0, 0, 0);
        }
        return new PeerSnapshot.Window(
                view.oldest(),
                view.next(),
                view.edge(),
                view.count(),
                view.bytes(),
                view.received().accepted(),
                view.received().duplicates(),
                view.received().late());
    }
}
