package io.swarmflux.peer;

import io.swarmflux.swarm.Entrance;
import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who is served and where the others are sent: lets downstreams in, makes room for those without a path, redirects whoever finds
 * no place, and hands all of them over when this peer leaves. Inside the strand.
 *
 * <p><b>Leaving.</b> Each downstream is asked to take everything from others, and told who these are: the upstreams of this peer. It is
 * served on until it has. That takes a second at most in a live stream. In a lossless one it takes as long as they come
 * further, each second, and the linger time at most: what is here may be nowhere else.
 */
final class Hosting {
    private static final long HANDOVER_NS = Duration.ofSeconds(1).toNanos();
    private static final long EVERYTHING = -1;

    private final Self self;
    private final Links links;
    private final Entrance entrance;
    private final int places;
    private long leavesSinceNs;
    private long furtherAtNs;
    private long furthest;

    Hosting(Self self, Links links) {
        this.self = self;
        this.links = links;
        this.places = self.options().serving().maxDownstreams();
        this.entrance = new Entrance(places);
    }

    // ------------------------------------------------------------------ letting in

    /** Whether a new downstream is let in; answers it when it is not. */
    boolean admits(Conversation asker, Message.Subscribe subscribe) {
        if (links.isLeaving()) {
            refuse(asker, subscribe, Message.RefuseReason.NOT_READY, "it is leaving");
            return false;
        }
        Entrance.Answer answer = ask(asker, subscribe);
        if (answer == Entrance.Answer.WAITING) {
            makeRoom(self.nowNs());
            answer = ask(asker, subscribe);
        }
        switch (answer) {
            case ADMITTED -> {
                return true;
            }
            case WAITING ->
                refuse(
                        asker,
                        subscribe,
                        Message.RefuseReason.NOT_READY,
                        "it serves " + places + " downstreams, and asks them to make room");
            case FULL -> refuse(asker, subscribe, Message.RefuseReason.FULL, "it serves " + places + " downstreams");
        }
        return false;
    }

    /** Whom nobody brings anything asks for sub-streams at once; everybody else assigns them later. */
    private Entrance.Answer ask(Conversation asker, Message.Subscribe subscribe) {
        boolean withoutPath = subscribe.subStreams() != 0;
        return entrance.ask(asker.peer(), withoutPath, (int) links.downstreams().count(), self.nowNs());
    }

    private void refuse(Conversation asker, Message.Subscribe subscribe, Message.RefuseReason reason, String text) {
        asker.send(new Message.Refused(subscribe.number(), reason, text));
        redirect(asker, subscribe.number(), elsewhere());
    }

    private void redirect(Conversation asker, int number, Stream<Conversation> others) {
        List<Message.Address> addresses = links.redirects().addressesFor(asker, others);
        if (!addresses.isEmpty()) {
            asker.send(new Message.Redirect(number, addresses));
        }
    }

    private Stream<Conversation> elsewhere() {
        return links.all().stream().filter(one -> one.downstream() != null || one.upstream() != null);
    }

    void tick(long nowNs) {
        if (entrance.anybodyWaits()) {
            makeRoom(nowNs);
        }
    }

    private void makeRoom(long nowNs) {
        List<Entrance.Guest> guests = new ArrayList<>();
        links.downstreams().forEach(one -> guests.add(new Entrance.Guest(one.peer(), one.idleNs(nowNs), one.reach())));
        for (Entrance.Step step : entrance.plan(guests, nowNs)) {
            for (Conversation one : links.all()) {
                DownstreamSide side = one.downstream();
                if (side == null || !one.peer().equals(step.name())) {
                    continue;
                }
                if (step instanceof Entrance.Drop) {
                    one.dropDownstream("it serves " + places + " downstreams, and another needs the place");
                    redirect(one, side.number(), elsewhere());
                } else {
                    side.askToYield(EVERYTHING);
                }
            }
        }
    }

    // ------------------------------------------------------------------ leaving

    /** Asks everybody to take the stream from others, and tells from whom. False when nobody takes it from here. */
    boolean handOver() {
        leavesSinceNs = self.nowNs();
        furtherAtNs = leavesSinceNs;
        furthest = progress();
        links.leaving();
        for (Conversation one : links.all()) {
            DownstreamSide side = one.downstream();
            if (side != null && side.answered()) {
                side.askToYield(EVERYTHING);
                redirect(one, side.number(), links.all().stream().filter(other -> other.upstream() != null));
            }
        }
        return anybodyTakes();
    }

    /** Whether everybody takes the stream from others, or has had the time to. */
    boolean handedOver(boolean lossless, long nowNs) {
        if (progress() != furthest) {
            furthest = progress();
            furtherAtNs = nowNs;
        }
        long sinceNs = nowNs - (lossless ? furtherAtNs : leavesSinceNs);
        return !anybodyTakes()
                || sinceNs >= HANDOVER_NS
                || nowNs - leavesSinceNs
                        >= Math.max(HANDOVER_NS, self.options().linger().toNanos());
    }

    /** Who leaves as well needs nothing more for itself. */
    private boolean anybodyTakes() {
        return links.all().stream().anyMatch(one -> {
            DownstreamSide down = one.downstream();
            UpstreamSide up = one.upstream();
            return down != null && down.takes() && (up == null || !up.askedToGo());
        });
    }

    private long progress() {
        return links.downstreams()
                .filter(DownstreamSide::takes)
                .mapToLong(DownstreamSide::next)
                .sum();
    }
}
