package io.swarmflux.peer;

import io.swarmflux.swarm.Hints;
import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams that a peer finds by redirect, in place of given ones that do not serve it, and the addresses that it names to
 * others. Which of the named addresses may be dialled when is the business of {@link Hints}. Inside the strand.
 *
 * <p>As many are kept as given upstreams are missing. One that does not bring the peer anything within 5 s, or whose link
 * breaks, is given up; so is one that is not needed any more, as soon as others bring what it brought.
 */
final class Redirects implements Dialer.Finder {
    private static final Duration JITTER = Duration.ofMillis(500);
    private static final long PATIENCE_NS = Duration.ofSeconds(5).toNanos();
    private static final long SPARE_NS = Duration.ofSeconds(10).toNanos();
    private static final long RELEASE_NS = Duration.ofSeconds(2).toNanos();
    private static final int MAX_FOUND = 8;
    private static final int MAX_NAMED = 8;

    private final Self self;
    private final Links links;
    private final SubStreams subStreams;
    private final Hints hints;
    private final @Nullable Neighbours neighbours;
    private final List<Dialer> found = new ArrayList<>();
    private long neededAtNs;
    private @Nullable Dialer going;
    private long goingSinceNs;

    /** Who looks for others anyway has {@code neighbours}, and is told of all that are named. */
    Redirects(Self self, Links links, SubStreams subStreams, Hints hints, @Nullable Neighbours neighbours) {
        this.hints = hints;
        this.neighbours = neighbours;
        this.self = self;
        this.links = links;
        this.subStreams = subStreams;
    }

    // ------------------------------------------------------------------ naming others

    /** Where somebody else may find the stream: what it may know of those who have an open link to this peer. */
    List<Message.Address> addressesFor(Conversation asker, Stream<Conversation> others) {
        List<Message.Address> named = new ArrayList<>();
        for (Conversation one : shuffled(others)) {
            String address = Hints.at(one.advertised(), one.address());
            if (named.size() < MAX_NAMED
                    && one != asker
                    && one.isOpen()
                    && !address.isEmpty()
                    && !one.peer().equals(asker.peer())
                    && Hints.mayPass(address, asker.address())) {
                named.add(new Message.Address(one.peer(), address));
            }
        }
        return named;
    }

    private List<Conversation> shuffled(Stream<Conversation> others) {
        List<Conversation> all = new ArrayList<>(others.toList());
        Collections.shuffle(all, self.random());
        return all;
    }

    // ------------------------------------------------------------------ being redirected

    /** An upstream that does not serve this peer, or will not much longer, has named others. */
    void redirected(Conversation by, List<Message.Address> addresses) {
        if (neighbours != null) {
            neighbours.named(by, addresses);
            return;
        }
        Dialer way = by.dialer();
        int row = way == null ? 1 : way.row() + 1;
        long nowNs = self.nowNs();
        for (Message.Address one : addresses) {
            if (!one.peer().equals(self.name()) && !isDialled(one.address()) && !isUpstream(one.peer())) {
                long laterNs = (long) (self.random().nextDouble() * JITTER.toNanos());
                hints.offer(new Hints.Hint(one.peer(), one.address(), row), by.address(), nowNs + laterNs, nowNs);
            }
        }
    }

    private boolean isDialled(String address) {
        return Stream.concat(links.given(), found.stream())
                        .anyMatch(one -> one.address().equals(address))
                || links.addresses().contains(address);
    }

    private boolean isUpstream(String peer) {
        Conversation other = links.with(peer, null);
        return other != null && other.upstream() != null;
    }

    /** Dials what was named, as far as upstreams are missing, and gives up what is of no use. */
    void tick(long nowNs) {
        if (found.isEmpty() && hints.isEmpty()) {
            neededAtNs = nowNs;
            return; // as nearly always
        }
        giveUp(nowNs);
        long missing = links.given().filter(one -> !one.serves()).count();
        long hopeful = found.stream().filter(one -> !one.refused()).count();
        if (hopeful <= missing) {
            neededAtNs = nowNs;
        } else if (nowNs - neededAtNs > SPARE_NS) {
            release(nowNs);
        }
        while (hopeful < missing && found.size() < MAX_FOUND) {
            Hints.Hint hint = hints.poll(nowNs);
            if (hint == null) {
                return;
            }
            hopeful += follow(hint) ? 1 : 0;
        }
    }

    private boolean follow(Hints.Hint hint) {
        if (isDialled(hint.address()) || isUpstream(hint.peer())) {
            return false;
        }
        Dialer dialer = new Dialer(self, links, this, hint.address(), hint.row());
        found.add(dialer);
        Conversation there = links.with(hint.peer(), null);
        if (there != null) {
            links.goOn(dialer, there); // it has dialled this peer
            return true;
        }
        try {
            dialer.dial();
            return true;
        } catch (IllegalArgumentException noAddress) {
            over(dialer); // not in the transport's form
            return false;
        }
    }

    private void giveUp(long nowNs) {
        for (Dialer one : List.copyOf(found)) {
            if (!one.serves() && nowNs - one.servedAtNs(nowNs) > PATIENCE_NS) {
                end(one);
                over(one);
            }
        }
    }

    /** One more upstream than there should be: closed once everything that it brought comes from others. */
    private void release(long nowNs) {
        Dialer one = going;
        if (one == null) {
            going = found.stream().filter(Dialer::serves).findFirst().orElse(null);
            goingSinceNs = nowNs;
            UpstreamSide side = going == null ? null : going.upstream();
            if (side != null) {
                side.letGo();
            }
        } else if (nowNs - goingSinceNs > RELEASE_NS) {
            going = null;
            neededAtNs = nowNs;
            UpstreamSide side = one.upstream();
            if (side != null && subStreams.share(side.name()) == 0 && found.remove(one)) {
                end(one);
            }
        }
    }

    private static void end(Dialer one) {
        Conversation link = one.stop();
        if (link != null && link.dialer() == one && link.downstream() == null) {
            link.release();
            if (link.isOpen()) {
                link.goodbye(Message.GoodbyeReason.LEAVING, 0);
            } else {
                link.link().dispose();
            }
        }
    }

    /** A link that was found by redirect has failed. */
    @Override
    public void over(Dialer one) {
        if (found.remove(one)) {
            hints.failed(one.address(), self.nowNs());
        }
    }

    /** Another link to the same peer is there already. */
    @Override
    public void superseded(Dialer one) {
        found.remove(one);
    }

    /** Nobody is dialled any more. */
    void stop() {
        hints.clear();
        found.forEach(Dialer::stop);
        found.clear();
    }
}
