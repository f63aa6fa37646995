package io.swarmflux.peer;

import io.swarmflux.link.Link;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * Keeps one address dialled: again and again until it answers, and whenever the link is lost. One that was found by redirect is
 * dialled once, and given up when its link is lost. Inside the strand.
 */
final class Dialer {
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration LONGEST_ASKED_FOR = Duration.ofMinutes(5);
    private static final int MAX_TOLD = 16;

    private final Self self;
    private final Links links;
    private final Finder finder;
    private final String address;

    /** By how many redirects in a row it was found; 0 when it was given. */
    private final int row;

    private @Nullable Disposable waiting;
    private @Nullable Conversation conversation;
    private int failures;
    private boolean stopped;
    private boolean connecting;

    /** Why it could not be reached, as far as that was told since it last was. */
    private final Set<String> told = new HashSet<>();

    /** When it last served this peer, or began to be dialled. */
    private long servedAtNs;

    /** Whether the first attempt has led to anything, good or bad. */
    private boolean tried;

    /** Who has an address dialled that it has found, and so dialled once. */
    interface Finder {
        /** The link has failed. */
        void over(Dialer one);

        /** Another link to the same peer is there already. */
        void superseded(Dialer one);
    }

    Dialer(Self self, Links links, Finder finder, String address, int row) {
        this.finder = finder;
        this.self = self;
        this.links = links;
        this.address = address;
        this.row = row;
        this.servedAtNs = self.nowNs();
    }

    int row() {
        return row;
    }

    boolean given() {
        return row == 0;
    }

    /** What this peer takes by its link; null when it has none. */
    @Nullable
    UpstreamSide upstream() {
        Conversation link = conversation;
        return link == null || link.dialer() != this ? null : link.upstream();
    }

    /** Whether it is an upstream now, and means to stay one. */
    boolean serves() {
        UpstreamSide side = upstream();
        return side != null && side.active() && side.isOpen() && !side.askedToGo();
    }

    /** Whether it was reached, and has no place. */
    boolean refused() {
        UpstreamSide side = upstream();
        return side != null && side.refused();
    }

    /** When it last served this peer, or began to be dialled. */
    long servedAtNs(long nowNs) {
        if (serves()) {
            servedAtNs = nowNs;
        }
        return servedAtNs;
    }

    String address() {
        return address;
    }

    boolean tried() {
        return tried;
    }

    void dial() {
        if (stopped) {
            return;
        }
        connecting = true;
        waiting = self.transport()
                .dial(address)
                .subscribe(link -> self.strand().execute(() -> connected(link)), failure -> self.strand()
                        .execute(() -> unreachable(reason(failure))));
    }

    /** Whether it has a link, or soon will: not while it waits to try again. */
    boolean isUnderWay() {
        return connecting || conversation != null;
    }

    private void connected(Link link) {
        connecting = false;
        if (stopped) {
            link.dispose();
            return;
        }
        conversation = links.converse(link, this);
    }

    /** Goes on with a link that the other end dialled. */
    void adopt(Conversation other) {
        conversation = other;
        other.adoptedBy(this);
        greeted();
    }

    /** The other end has answered as a peer should. */
    void greeted() {
        failures = 0;
        told.clear();
        tried = true;
    }

    /** Another dialer keeps the link to that peer. */
    void superseded() {
        tried = true;
        conversation = null;
        if (!given()) {
            stopped = true;
            finder.superseded(this);
        }
    }

    /** Its link is lost; {@code waitMillis} is how long the other end asks not to be dialled. */
    void lost(Conversation which, String reason, int waitMillis) {
        if (conversation == which) {
            conversation = null;
            failed(reason, waitMillis);
        }
    }

    private void unreachable(String reason) {
        connecting = false;
        self.counts().over(self.transport().kind(address)).connected(PeerCounts.Connect.UNREACHABLE);
        failed(reason, 0);
    }

    private void failed(String reason, int waitMillis) {
        tried = true;
        if (stopped) {
            return;
        }
        if (!given()) {
            stopped = true;
            finder.over(this);
            return;
        }
        // the first failure may be a peer that is just starting
        if (failures > 0 && told.size() < MAX_TOLD && told.add(reason)) {
            self.tell(() -> new PeerEvent.Unreachable(address, reason));
        }
        long backOffNs = Math.min(LONGEST.toNanos(), FIRST.toNanos() << Math.min(failures, 16));
        failures++;
        long askedNs = Math.min(LONGEST_ASKED_FOR.toNanos(), TimeUnit.MILLISECONDS.toNanos(waitMillis));
        long jitteredNs =
                Math.max(askedNs, (long) (backOffNs * (0.5 + self.random().nextDouble())));
        waiting = self.scheduler().schedule(() -> self.strand().execute(this::dial), jitteredNs, TimeUnit.NANOSECONDS);
    }

    /** Dials no more; answers with the link it had. */
    @Nullable
    Conversation stop() {
        stopped = true;
        Disposable pending = waiting;
        if (pending != null) {
            pending.dispose();
        }
        Conversation link = conversation;
        conversation = null;
        return link;
    }

    /** What the network said, without the address, which the event names already. */
    private String reason(Throwable failure) {
        String message = failure.getMessage();
        if (message == null) {
            return failure.toString();
        }
        return message.startsWith(address + ": ") ? message.substring(address.length() + 2) : message;
    }
}
