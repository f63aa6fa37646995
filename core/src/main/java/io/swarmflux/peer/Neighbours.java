package io.swarmflux.peer;

import io.swarmflux.directory.Directories;
import io.swarmflux.swarm.Hints;
import io.swarmflux.swarm.PassiveView;
import io.swarmflux.swarm.Prospect;
import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The upstreams that a peer finds by itself, in directories and by what neighbours say of each other. Inside the strand.
 *
 * <p>As many are kept as {@link Discovery#upstreams} says, the given ones that serve included. One that does not serve within 5 s, or
 * whose link breaks, is replaced by another that is known; a few more are dialled at a time than are missing, because who is dead takes
 * long to say so.
 */
final class Neighbours implements Dialer.Finder {
    private static final long PLAN_NS = Duration.ofMillis(250).toNanos();
    private static final long PATIENCE_NS = Duration.ofSeconds(5).toNanos();
    private static final long HOPEFUL_NS = Duration.ofMillis(1500).toNanos();
    private static final long LOST_NS = Duration.ofSeconds(1).toNanos();
    private static final long NAME_NS = Duration.ofSeconds(10).toNanos();
    private static final long LISTEN_NS = Duration.ofSeconds(1).toNanos();
    private static final int MOST_AT_ONCE = 8;

    private final Self self;
    private final Links links;
    private final Discovery discovery;
    private final Hints hints;
    private final PassiveView view;
    private final @Nullable Search search;
    private final @Nullable Announcing announcing;
    private final List<Found> found = new ArrayList<>();
    private boolean begun;
    private boolean stopped;
    private boolean news;
    private long plannedAtNs;

    /** Somebody who was picked. */
    private static final class Found {
        final String peer;
        final Dialer dialer;
        boolean served;

        Found(String peer, Dialer dialer) {
            this.peer = peer;
            this.dialer = dialer;
        }
    }

    Neighbours(Self self, Links links, Upload upload, Discovery discovery, Hints hints) {
        this.self = self;
        this.links = links;
        this.discovery = discovery;
        this.hints = hints;
        this.view = new PassiveView(discovery.known(), self.random()::nextDouble);
        Troubles troubles = new Troubles(self);
        Directories all = discovery.directories();
        Directories judged = all == null
                ? null
                : all.believing((from, address) -> {
                    String near = from.address();
                    return near == null || Hints.mayPass(address, near);
                });
        this.announcing = judged == null ? null : new Announcing(self, links, upload, judged, troubles);
        this.search = judged == null || seeds() ? null : new Search(self, judged, view, troubles, () -> news = true);
    }

    private boolean seeds() {
        return self.plan().seeder() != null;
    }

    /** Upstreams may be dialled from now on. */
    void begin() {
        begun = true;
        news = true;
    }

    // ------------------------------------------------------------------ what neighbours say

    /** A neighbour has named others, because it has links to them or has no place itself. */
    void named(Conversation by, List<Message.Address> addresses) {
        if (seeds() || !by.mayName(self.nowNs(), LISTEN_NS)) {
            return;
        }
        for (Message.Address one : addresses) {
            if (!one.peer().equals(self.name()) && Hints.mayPass(one.address(), by.address())) {
                view.heard(Prospect.at(one.peer(), one.address()), PassiveView.Source.NEIGHBOUR);
                news = true;
            }
        }
    }

    private void name(long nowNs) {
        for (Conversation one : links.all()) {
            if (one.isOpen() && one.isToBeTold(nowNs, NAME_NS, self.random().nextDouble())) {
                List<Message.Address> others = links.redirects().addressesFor(one, links.all().stream());
                if (!others.isEmpty()) {
                    one.send(new Message.Neighbours(others));
                }
            }
        }
    }

    // ------------------------------------------------------------------ what happens by itself

    void tick(boolean hasStream, long nowNs) {
        if (stopped) {
            return;
        }
        if (announcing != null) {
            announcing.tick(hasStream, nowNs);
        }
        boolean due = nowNs - plannedAtNs >= PLAN_NS;
        if (due) {
            name(nowNs);
        }
        if (!begun || seeds() || !(due || news)) {
            return;
        }
        plannedAtNs = nowNs;
        news = false;
        giveUp(nowNs);
        dial(nowNs);
    }

    private void giveUp(long nowNs) {
        boolean anybodyElse = false;
        for (Found one : List.copyOf(found)) {
            one.served |= one.dialer.serves();
            if (!one.dialer.serves() && nowNs - one.dialer.servedAtNs(nowNs) > PATIENCE_NS) {
                // who has no stream yet may get one: it is left only for somebody else
                UpstreamSide side = one.dialer.upstream();
                boolean waits = side != null && side.isOpen() && !one.dialer.refused();
                anybodyElse |= waits && pick(nowNs).isPresent();
                if (!waits || anybodyElse) {
                    found.remove(one);
                    Redirects.end(one.dialer);
                    view.failed(one.peer, nowNs);
                }
            }
        }
    }

    private long missing(long nowNs) {
        long serving = links.activeUpstreams().stream()
                .filter(side -> !side.askedToGo())
                .count();
        long hopeful = found.stream()
                .filter(one -> !one.dialer.serves()
                        && !one.dialer.refused()
                        && nowNs - one.dialer.servedAtNs(nowNs) < HOPEFUL_NS)
                .count();
        return discovery.upstreams() - serving - hopeful;
    }

    private void dial(long nowNs) {
        long missing = missing(nowNs);
        while (missing > 0 && found.size() < discovery.upstreams() + MOST_AT_ONCE) {
            Optional<PassiveView.Pick> pick = pick(nowNs);
            if (pick.isEmpty()) {
                if (search != null) {
                    search.hurry(nowNs);
                }
                break;
            }
            if (!take(pick.get(), nowNs)) {
                break;
            }
            missing--;
        }
        if (search != null) {
            search.tick(missing > 0, nowNs);
        }
    }

    private Optional<PassiveView.Pick> pick(long nowNs) {
        return view.pick(this::isFree, all -> all.get(self.random().nextInt(all.size())), nowNs);
    }

    private boolean isFree(Prospect one) {
        return found.stream().noneMatch(other -> other.peer.equals(one.peer()))
                && !isUpstream(one.peer())
                && one.addresses().stream().noneMatch(this::isDialled);
    }

    private boolean isUpstream(String peer) {
        Conversation other = links.with(peer, null);
        return other != null && other.upstream() != null;
    }

    private boolean isDialled(String address) {
        return Stream.concat(links.given(), found.stream().map(one -> one.dialer))
                        .anyMatch(one -> one.address().equals(address))
                || links.addresses().contains(address);
    }

    private boolean take(PassiveView.Pick pick, long nowNs) {
        String peer = pick.prospect().peer();
        Conversation there = links.with(peer, null);
        if (there == null && !hints.tryDial(nowNs)) {
            return false;
        }
        Dialer dialer = new Dialer(self, links, this, pick.address(), 1);
        found.add(new Found(peer, dialer));
        if (there != null) {
            links.goOn(dialer, there); // it has dialled this peer
            return true;
        }
        try {
            dialer.dial();
        } catch (IllegalArgumentException noAddress) {
            over(dialer); // not in the transport's form
        }
        return true;
    }

    // ------------------------------------------------------------------ what becomes of them

    @Override
    public void over(Dialer one) {
        Found gone = remove(one);
        if (gone != null && gone.served) {
            view.served(gone.peer, LOST_NS, self.nowNs());
        } else if (gone != null) {
            view.failed(gone.peer, self.nowNs());
        }
        news = true;
    }

    @Override
    public void superseded(Dialer one) {
        remove(one);
    }

    private @Nullable Found remove(Dialer one) {
        for (Found other : found) {
            if (other.dialer == one) {
                found.remove(other);
                return other;
            }
        }
        return null;
    }

    /** How many upstreams there should be. */
    int wanted() {
        return seeds() ? 0 : discovery.upstreams();
    }

    /** Nobody is looked for any more, and nobody should come. */
    void leave() {
        if (search != null) {
            search.stop();
        }
        if (announcing != null) {
            announcing.end();
        }
    }

    /** Completes when every directory knows that this peer leaves. */
    Mono<Void> withdrawn() {
        return announcing == null ? Mono.empty() : announcing.withdrawn();
    }

    /** Nobody is dialled any more. */
    void stop() {
        stopped = true;
        found.forEach(one -> one.dialer.stop());
        found.clear();
    }
}
