package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.flux.Upstream;
import io.swarmflux.segment.Segment;
import io.swarmflux.wire.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot tells of links that are gone: what came and went over them still counts, under the name of the peer at the
 * other end. Bounded: peers beyond the first thousand share one name, so that sums never shrink.
 */
final class History {
    private static final int MAX_PAST = 1024;
    private static final String OTHERS = "(others)";

    private final Self self;
    private final Programme programme;
    private final Rates rates;
    private final Map<String, PeerSnapshot.Upstream> upstreams = new LinkedHashMap<>();
    private final Map<String, PeerSnapshot.Downstream> downstreams = new LinkedHashMap<>();

    History(Self self, Programme programme, Rates rates) {
        this.self = self;
        this.programme = programme;
        this.rates = rates;
    }

    /** Remembers a link that is gone. */
    void keep(Conversation gone) {
        add(gone, upstreams, downstreams);
        PeerSnapshot.Upstream up = upstreams.size() > MAX_PAST ? upstreams.remove(gone.peer()) : null;
        if (up != null) {
            upstreams.merge(OTHERS, up.named(OTHERS), (old, now) -> now.and(old));
        }
        PeerSnapshot.Downstream down = downstreams.size() > MAX_PAST ? downstreams.remove(gone.peer()) : null;
        if (down != null) {
            downstreams.merge(OTHERS, down.named(OTHERS), (old, now) -> now.and(old));
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
            long bitsPerSecond = conversation.isOpen()
                    ? rates.bitsPerSecond(up, up.incoming().stats().bytes())
                    : 0;
            PeerSnapshot.Upstream one = up.snapshot(view == null ? 0 : view.edge(), address, bitsPerSecond);
            ups.merge(one.peer(), one, (old, now) -> now.and(old));
        }
        DownstreamSide down = conversation.downstream();
        if (down != null) {
            long bitsPerSecond = conversation.isOpen()
                    ? rates.bitsPerSecond(down, down.sent().bytes())
                    : 0;
            PeerSnapshot.Downstream one = down.snapshot(bitsPerSecond);
            downs.merge(one.peer(), one, (old, now) -> now.and(old));
        }
    }

    /** The whole peer as it is now. */
    PeerSnapshot snapshot(
            List<Conversation> present, boolean seeds, PeerSnapshot.Repair repair, PeerSnapshot.@Nullable Group group) {
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
                seeds,
                view == null ? -1 : view.epoch(),
                view == null ? Message.UNKNOWN : view.finalSequence(),
                window(view, programme.hubNow()),
                progress(view, present),
                List.copyOf(ups.values()),
                List.copyOf(downs.values()),
                repair,
                view == null ? 0 : view.received().conflicts(),
                self.counts().violations(),
                programme.readers().stream()
                        .map(one -> new PeerSnapshot.Reader(one.name(), one.received(), one.lag(), rates.reads(one)))
                        .toList(),
                self.counts().now(programme.localBytes()),
                group);
    }

    private PeerSnapshot.Upstream snapshot(String name, Upstream local) {
        Upstream.Stats stats = local.stats();
        return new PeerSnapshot.Upstream(
                name,
                "",
                !local.isDisposed(),
                stats.received(),
                stats.bytes(),
                stats.duplicates(),
                new PeerSnapshot.Now(List.of(), rates.bitsPerSecond(local, stats.bytes()), 0, -1));
    }

    private PeerSnapshot.Progress progress(StreamHub.@Nullable View view, List<Conversation> present) {
        long lag = view == null ? 0 : Math.max(0, Math.max(view.edge(), announced(present)) - view.next());
        return new PeerSnapshot.Progress(lag, rates.segmentsPerSecond(), rates.stillMillis(), programme.missed());
    }

    /** The edge that at least half of the upstreams have announced: one alone may say what it likes. */
    private static long announced(List<Conversation> present) {
        long[] edges = present.stream()
                .map(Conversation::upstream)
                .filter(side -> side != null && side.active())
                .mapToLong(side -> side == null ? 0 : side.edge())
                .sorted()
                .toArray();
        return edges.length == 0 ? 0 : edges[(edges.length - 1) / 2];
    }

    private static PeerSnapshot.Window window(StreamHub.@Nullable View view, @Nullable StreamHub<Segment> hub) {
        if (view == null || hub == null) {
            return new PeerSnapshot.Window(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        }
        return new PeerSnapshot.Window(
                view.oldest(),
                view.next(),
                view.edge(),
                view.count(),
                view.bytes(),
                view.received().accepted(),
                hub.delivered(),
                hub.unread(),
                view.received().duplicates(),
                view.received().late(),
                view.received().beyond());
    }
}
