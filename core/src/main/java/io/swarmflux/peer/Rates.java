package io.swarmflux.peer;

import io.swarmflux.flux.HubReader;
import io.swarmflux.flux.StreamHub;
import io.swarmflux.flux.Upstream;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * How fast things go at this moment, for snapshots: what each upstream brings, what each downstream is sent, and how the
 * window moves. It looks on only; nothing is decided by it. Inside the strand.
 */
final class Rates {
    private final Self self;
    private final Programme programme;

    /** By the side of a link, the local publisher or the reader that is measured. */
    private final IdentityHashMap<Object, Rate> rates = new IdentityHashMap<>();

    private final Rate taken = new Rate();
    private long lookedAtNs;
    private long epoch = -1;
    private long accepted;
    private long acceptedAtNs;

    Rates(Self self, Programme programme) {
        this.self = self;
        this.programme = programme;
        this.lookedAtNs = self.nowNs() - Rate.EVERY_NS;
        this.acceptedAtNs = self.nowNs();
    }

    void tick(long nowNs, List<Conversation> present) {
        if (nowNs - lookedAtNs < Rate.EVERY_NS) {
            return;
        }
        lookedAtNs = nowNs;
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Conversation one : present) {
            UpstreamSide up = one.upstream();
            if (up != null) {
                look(up, up.incoming().stats().bytes(), seen, nowNs);
            }
            DownstreamSide down = one.downstream();
            if (down != null) {
                look(down, down.sent().bytes(), seen, nowNs);
            }
        }
        for (Upstream local : programme.locals().values()) {
            look(local, local.stats().bytes(), seen, nowNs);
        }
        for (HubReader reader : programme.readers()) {
            look(reader, reader.received(), seen, nowNs);
        }
        rates.keySet().retainAll(seen);
        lookAtWindow(nowNs);
    }

    private void look(Object side, long total, Set<Object> seen, long nowNs) {
        seen.add(side);
        rates.computeIfAbsent(side, s -> new Rate()).look(total, nowNs);
    }

    private void lookAtWindow(long nowNs) {
        StreamHub.View view = programme.view();
        if (view == null) {
            return;
        }
        if (view.epoch() != epoch || view.received().accepted() != accepted) {
            epoch = view.epoch();
            accepted = view.received().accepted();
            acceptedAtNs = nowNs;
        }
        taken.look(accepted, nowNs);
    }

    /** What a side of a link, or a local publisher, brings or takes now. */
    long bitsPerSecond(Object side, long totalBytes) {
        Rate rate = rates.get(side);
        return rate == null ? 0 : 8 * rate.perSecond(totalBytes, self.nowNs());
    }

    /** Whether a reader was given anything of late. */
    boolean reads(HubReader reader) {
        Rate rate = rates.get(reader);
        return rate != null && rate.grows(reader.received());
    }

    /** How many segments the window takes now. */
    long segmentsPerSecond() {
        StreamHub.View view = programme.view();
        return view == null ? 0 : taken.perSecond(view.received().accepted(), self.nowNs());
    }

    /** For how long the window has taken nothing; since the start when it never has. */
    long stillMillis() {
        return (self.nowNs() - acceptedAtNs) / 1_000_000;
    }
}
