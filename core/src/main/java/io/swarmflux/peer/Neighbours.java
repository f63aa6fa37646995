package io.swarmflux.peer;

import io.swarmflux.directory.Directories;
import io.swarmflux.swarm.Hints;
import io.swarmflux.swarm.PassiveView;
import io.swarmflux.swarm.Prospect;
import io.swarmflux.swarm.Strategy;
import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
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

    /** How long nothing may come before upstreams are doubted. */
    private static final long STRANDED_NS = Duration.ofMillis(1500).toNanos();

    private static final long CHANGE_NS = Duration.ofSeconds(15).toNanos();
    private static final long LEAVE_NS = Duration.ofSeconds(2).toNanos();
    private static final double LAG_SECONDS = 2;

    private final Self self;
    private final Links links;
    private final Discovery discovery;
    private final Hints hints;
    private final InSwarm swarm;
    private final Strategy strategy;
    private final Supplier<@Nullable String> ownIsland;
    private final PassiveView view;
    private final @Nullable Search search;
    private final @Nullable Announcing announcing;
    private final List<Found> found = new ArrayList<>();
    private boolean begun;
    private boolean stopped;
    private boolean news;
    private long plannedAtNs;
    private long changesAtNs;

    /** Whom this peer means to do without, once others bring what it brings. */
    private @Nullable Found leaving;

    private long leavingSinceNs;

    /** How the peer takes the stream. */
    interface InSwarm {
        /** How long no segment came, although more should come; 0 when there is nothing to wait for. */
        long silentNs(long nowNs);

        /** The sub-streams that an upstream brings. */
        long share(String upstream);

        /** How many segments the stream makes in that time. */
        double segmentsIn(double seconds);
    }

    /** Somebody who was picked. */
    private static final class Found {
        final String peer;
        final Dialer dialer;
        boolean served;
        long lagsSinceNs;

        Found(String peer, Dialer dialer, long nowNs) {
            this.peer = peer;
            this.dialer = dialer;
            this.lagsSinceNs = nowNs;
        }
    }

    Neighbours(
            Self self,
            Links links,
            Upload upload,
            Discovery discovery,
            Hints hints,
            InSwarm swarm,
            Supplier<@Nullable String> ownIsland) {
        this.swarm = swarm;
        this.ownIsland = ownIsland;
        Discovery.Strategy asked = discovery.strategy();
        boolean inIsland = self.plan().island() != null;
        this.strategy = asked != null ? Strategy.valueOf(asked.name()) : inIsland ? Strategy.ISLANDS : Strategy.RANDOM;
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
        this.announcing = judged == null ? null : new Announcing(self, links, upload, judged, troubles, ownIsland);
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
            announcing.tick(hasStream, stranded(nowNs), nowNs);
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
        keepUp(nowNs);
        dial(nowNs);
    }

    private void giveUp(long nowNs) {
        for (Found one : List.copyOf(found)) {
            one.served |= one.dialer.serves();
            if (!one.dialer.serves() && nowNs - one.dialer.servedAtNs(nowNs) > PATIENCE_NS) {
                // who has no stream yet may get one: it is left only for somebody else
                UpstreamSide side = one.dialer.upstream();
                boolean waits = side != null && side.isOpen() && !one.dialer.refused();
                if (!waits || !ready(nowNs).isEmpty()) {
                    drop(one);
                    view.failed(one.peer, nowNs);
                }
            }
        }
    }

    private void drop(Found one) {
        found.remove(one);
        Conversation link = one.dialer.stop();
        if (link == null || link.dialer() != one.dialer) {
            return;
        }
        link.release();
        UpstreamSide side = link.upstream();
        if (!link.isOpen()) {
            link.link().dispose();
        } else if (link.downstream() == null) {
            link.goodbye(Message.GoodbyeReason.LEAVING, 0);
        } else if (side != null) {
            side.rest();
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
        return wanted(nowNs) - serving - hopeful;
    }

    /** One more than usual for a while, when one is to be changed for another, or when nobody brings anything. */
    private int wanted(long nowNs) {
        boolean changes = leaving != null || stranded(nowNs);
        return discovery.upstreams() + (changes ? 1 : 0);
    }

    private void dial(long nowNs) {
        long missing = missing(nowNs);
        while (missing > 0 && found.size() < discovery.upstreams() + MOST_AT_ONCE) {
            List<Prospect> ready = ready(nowNs);
            if (ready.isEmpty()) {
                if (search != null) {
                    search.hurry(nowNs);
                }
                break;
            }
            if (!take(strategy.next(ready, eyes(), self.random()::nextDouble), nowNs)) {
                break;
            }
            missing--;
        }
        if (search != null) {
            search.tick(missing > 0, nowNs);
        }
    }

    /** Who could be taken now: those that are known, and those that have dialled this peer and cannot be dialled themselves. */
    private List<Prospect> ready(long nowNs) {
        List<Prospect> ready = new ArrayList<>(view.ready(this::isFree, nowNs));
        for (Conversation one : links.all()) {
            if (one.isOpen() && !one.dialled() && one.advertised().isEmpty()) {
                Prospect prospect = Prospect.at(one.peer(), one.address());
                if (isFree(prospect)) {
                    ready.add(prospect);
                }
            }
        }
        return ready;
    }

    private Strategy.Eyes eyes() {
        List<Prospect> chosen = new ArrayList<>();
        for (UpstreamSide side : links.activeUpstreams()) {
            Prospect known = view.get(side.name());
            chosen.add(
                    (known == null ? Prospect.at(side.name(), side.name()) : known).withRoundTrip(side.roundTripUs()));
        }
        return new Strategy.Eyes(
                self.options().serving().uploadBitsPerSecond(), ownIsland.get(), chosen, discovery.upstreams());
    }

    // ------------------------------------------------------------------ upkeep

    /** Whether nobody brings anything, although there are upstreams: they may all be without a path to a seeder. */
    private boolean stranded(long nowNs) {
        return swarm.silentNs(nowNs) > STRANDED_NS;
    }

    /**
     * Leaves one upstream for another when that is better, or when there are too many. Who is stranded leaves whoever has been there
     * longest, one after the other, so that an island of peers without a path dissolves into the swarm around it.
     */
    private void keepUp(long nowNs) {
        for (UpstreamSide side : links.activeUpstreams()) {
            if (side.roundTripUs() >= 0) {
                view.measured(side.name(), side.roundTripUs());
            }
        }
        finishLeaving(nowNs);
        if (leaving != null || nowNs < changesAtNs) {
            return;
        }
        boolean stranded = stranded(nowNs);
        changesAtNs = nowNs
                + (long) ((stranded ? STRANDED_NS : CHANGE_NS)
                        * (0.75 + self.random().nextDouble() / 2));
        List<Prospect> ready = ready(nowNs);
        if (stranded) {
            if (search != null) {
                search.hurry(nowNs);
            }
            if (!ready.isEmpty()) {
                found.stream().filter(one -> one.dialer.serves()).findFirst().ifPresent(one -> {
                    drop(one);
                    view.failed(one.peer, nowNs);
                });
            }
            return;
        }
        Found worst = tooMany();
        worst = worst == null && !ready.isEmpty() ? lagging(nowNs) : worst;
        if (worst == null && missing(nowNs) <= 0) {
            Strategy.Swap swap = strategy.swap(ready, eyes());
            worst = swap == null ? null : found(swap.out().peer());
            if (worst != null && swap != null && !take(swap.in(), nowNs)) {
                worst = null;
            }
        }
        if (worst != null) {
            leaving = worst;
            leavingSinceNs = nowNs;
            UpstreamSide side = worst.dialer.upstream();
            if (side != null) {
                side.letGo();
            }
        }
    }

    /** It is left once everything that it brought comes from others; and kept when that does not happen. */
    private void finishLeaving(long nowNs) {
        Found one = leaving;
        if (one == null || nowNs - leavingSinceNs < LEAVE_NS) {
            return;
        }
        UpstreamSide side = one.dialer.upstream();
        if (side == null || swarm.share(side.name()) == 0) {
            leaving = null;
            if (found.contains(one)) {
                drop(one);
                view.served(one.peer, CHANGE_NS, nowNs);
            }
        } else if (nowNs - leavingSinceNs > 2 * LEAVE_NS) {
            leaving = null;
        }
    }

    private @Nullable Found tooMany() {
        long serving = links.activeUpstreams().size();
        return serving <= discovery.upstreams()
                ? null
                : found.stream()
                        .filter(one -> one.dialer.serves())
                        .min(Comparator.comparingInt(one -> Long.bitCount(swarm.share(one.peer))))
                        .orElse(null);
    }

    /** One that brings nothing and is so far behind that it could not. */
    private @Nullable Found lagging(long nowNs) {
        long edge = links.activeUpstreams().stream()
                .mapToLong(UpstreamSide::edge)
                .max()
                .orElse(0);
        for (Found one : found) {
            UpstreamSide side = one.dialer.upstream();
            boolean behind = side != null
                    && one.dialer.serves()
                    && swarm.share(side.name()) == 0
                    && edge - side.edge() > swarm.segmentsIn(LAG_SECONDS);
            if (!behind) {
                one.lagsSinceNs = nowNs;
            } else if (nowNs - one.lagsSinceNs > PATIENCE_NS) {
                return one;
            }
        }
        return null;
    }

    private @Nullable Found found(String peer) {
        return found.stream().filter(one -> one.peer.equals(peer)).findFirst().orElse(null);
    }

    private boolean isFree(Prospect one) {
        return found.stream().noneMatch(other -> other.peer.equals(one.peer()))
                && !isUpstream(one.peer())
                && one.addresses().stream().noneMatch(this::isDialled);
    }

    private boolean isUpstream(String peer) {
        Conversation other = links.with(peer, null);
        UpstreamSide side = other == null ? null : other.upstream();
        return side != null && !side.rests();
    }

    private boolean isDialled(String address) {
        return Stream.concat(links.given(), found.stream().map(one -> one.dialer))
                        .anyMatch(one -> one.address().equals(address))
                || links.addresses().contains(address);
    }

    private boolean take(Prospect prospect, long nowNs) {
        String peer = prospect.peer();
        Conversation there = links.with(peer, null);
        if (there == null && !hints.tryDial(nowNs)) {
            return false;
        }
        Dialer dialer = new Dialer(self, links, this, view.address(prospect), 1);
        found.add(new Found(peer, dialer, nowNs));
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
