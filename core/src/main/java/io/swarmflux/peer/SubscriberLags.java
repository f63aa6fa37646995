package io.swarmflux.peer;

import io.swarmflux.flux.HubReader;
import io.swarmflux.flux.StreamHub;
import java.time.Duration;

/** Looks once a second how far readers and downstreams are behind what is held here, while somebody records. Inside the strand. */
final class SubscriberLags {
    private static final long EVERY_NS = Duration.ofSeconds(1).toNanos();

    private final Self self;
    private final Programme programme;
    private final Links links;
    private long lookedAtNs;

    SubscriberLags(Self self, Programme programme, Links links) {
        this.self = self;
        this.programme = programme;
        this.links = links;
        this.lookedAtNs = self.nowNs();
    }

    void tick(long nowNs) {
        if (nowNs - lookedAtNs < EVERY_NS) {
            return;
        }
        // the tick comes up to 50 ms late: in the long run it is once a second all the same
        lookedAtNs = nowNs - lookedAtNs < 2 * EVERY_NS ? lookedAtNs + EVERY_NS : nowNs;
        StreamHub.View view = programme.view();
        Recorders recorders = self.recorders();
        if (view == null || !recorders.any()) {
            return;
        }
        for (HubReader reader : programme.readers()) {
            recorders.subscriberLag(reader.lag());
        }
        for (DownstreamSide side : links.downstreamList()) {
            if (side.reads(view.epoch())) {
                recorders.subscriberLag(Math.max(0, view.edge() - side.next()));
            }
        }
    }
}
