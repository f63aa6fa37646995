package io.swarmflux.peer;

import io.swarmflux.link.Link;
import io.swarmflux.link.Listener;
import io.swarmflux.link.Transport;
import io.swarmflux.segment.Segment;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.MessageCodec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The links of one peer and who is who: listens and dials, judges greetings, and sees to it that there is one link for each
 * pair of peers. Both ends of a pair may dial each other; of two links the one dialled by the smaller id stays, and the
 * dialler of the other goes on with it. Of two that one end has dialled, that end lets the second go. The end that was dialled lets neither go,
 * as it may see them open in the other order; but of two over which it is subscribed to, the older is over. A name that somebody has already is
 * refused: it never closes an existing link.
 */
final class Links {
    private static final int MAX_STRANGERS = 256;

    private final Node node;
    private final Self self;
    private final History history;
    private final List<Conversation> conversations = new ArrayList<>();

    /** Those of which it was told that they are up. */
    private final Set<Conversation> told = new HashSet<>();

    private final List<Dialer> dialers = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private volatile List<String> addresses = List.of();

    /** Nobody is dialled, judged well or told of any more. */
    private boolean closing;

    /** Nobody new is let in, while those who are here find somebody else. */
    private boolean leaving;

    /** Worked out when asked for; null when something has changed since. */
    private @Nullable List<UpstreamSide> upstreams;

    private @Nullable List<DownstreamSide> downstreams;
    private @Nullable List<Conversation> all;

    Links(Node node, History history) {
        this.node = node;
        this.self = node.self();
        this.history = history;
    }

    // ------------------------------------------------------------------ opening

    /** Listens on every address that was asked for; on all or on none. */
    Mono<Void> listen() {
        Transport transport = self.options().transport();
        if (transport == null) {
            return Mono.empty();
        }
        return Flux.fromIterable(self.options().listen())
                .concatMap(address -> transport.listen(address, this::accept))
                .doOnNext(listeners::add)
                .collectList()
                .doOnError(failure -> stopListening())
                .doOnNext(opened ->
                        addresses = opened.stream().map(Listener::address).toList())
                .then();
    }

    /** Nobody is let in after all. */
    void stopListening() {
        listeners.forEach(Disposable::dispose);
    }

    List<String> addresses() {
        return addresses;
    }

    void dial(List<String> upstreams) {
        for (String upstream : upstreams) {
            Dialer dialer = new Dialer(self, this, redirects(), upstream, 0);
            dialers.add(dialer);
            dialer.dial();
        }
    }

    private void accept(Link link) {
        self.strand().execute(() -> {
            if (closing || strangers() >= MAX_STRANGERS) {
                self.counts().over(self.transport().kind(link.remote())).connected(PeerCounts.Connect.REJECTED);
                link.dispose();
            } else {
                converse(link, null);
            }
        });
    }

    /** How many have dialled us and not been greeted yet. */
    private long strangers() {
        return conversations.stream()
                .filter(one -> !one.isOpen() && !one.dialled())
                .count();
    }

    Conversation converse(Link link, @Nullable Dialer dialer) {
        Conversation conversation = new Conversation(node, link, dialer);
        conversations.add(conversation);
        changed();
        conversation.start();
        return conversation;
    }

    // ------------------------------------------------------------------ who is who

    Message.Hello hello() {
        String advertised = self.options().advertised();
        return new Message.Hello(
                MessageCodec.VERSION,
                MessageCodec.VERSION,
                0,
                self.name(),
                self.instance(),
                64 * 1024,
                Segment.MAX_ENCODED_BYTES,
                advertised != null ? advertised : addresses.isEmpty() ? "" : addresses.get(0));
    }

    /** What is wrong with somebody who says hello; null when nothing is. */
    Message.@Nullable Reject judge(Conversation from, Message.Hello said) {
        if (said.minVersion() > MessageCodec.VERSION || said.maxVersion() < MessageCodec.VERSION) {
            return new Message.Reject(
                    Message.RejectReason.VERSION, 0, "this peer speaks version " + MessageCodec.VERSION);
        }
        if (said.instance() == self.instance()) {
            return new Message.Reject(Message.RejectReason.SELF, 0, "this is the peer itself");
        }
        if (closing || leaving) {
            return new Message.Reject(Message.RejectReason.LEAVING, 0, "");
        }
        Conversation other = with(said.peer(), from);
        if (said.peer().equals(self.name()) || (other != null && other.instance() != said.instance())) {
            return new Message.Reject(
                    Message.RejectReason.DUPLICATE_PEER, 1000, "there is a peer named " + said.peer() + " already");
        }
        if (other != null && from.dialled() != other.dialled() && !stays(from, said.peer())) {
            return new Message.Reject(Message.RejectReason.DUPLICATE_PEER, 1000, "there is a link already");
        }
        if (openTo(said.peer()).count() > 1) {
            return new Message.Reject(Message.RejectReason.DUPLICATE_PEER, 1000, "there are two links already");
        }
        return null;
    }

    private Stream<Conversation> openTo(String peer) {
        return conversations.stream().filter(one -> one.isOpen() && one.peer().equals(peer));
    }

    private boolean stays(Conversation which, String other) {
        String diallerId = which.dialled() ? self.name() : other;
        return diallerId.compareTo(which.dialled() ? other : self.name()) < 0;
    }

    /** The open link to a peer, but for one. */
    @Nullable
    Conversation with(String peer, @Nullable Conversation but) {
        return openTo(peer).filter(one -> one != but).findFirst().orElse(null);
    }

    /** A link was greeted well by both ends. */
    void opened(Conversation conversation, Message.Hello said) {
        Conversation other = with(said.peer(), conversation);
        Dialer dialer = conversation.dialer();
        if (other != null && other.instance() != said.instance()) {
            conversation.goodbye(Message.GoodbyeReason.DUPLICATE_LINK, 0); // a second peer of this name: not this one
            return;
        }
        if (other != null && (conversation.dialled() || other.dialled())) {
            boolean newStays = conversation.dialled() != other.dialled() && stays(conversation, said.peer());
            if (!newStays) {
                letGo(conversation, other);
                return;
            }
            letGo(other, conversation);
        }
        if (dialer != null) {
            dialer.greeted();
        }
        told.add(conversation);
        self.tell(() -> new PeerEvent.LinkUp(said.peer(), conversation.address(), conversation.dialled()));
        conversation.takeUpstream();
    }

    /** A peer subscribes over this link: another over which it was subscribed is of no use to it any more. */
    void takesOver(Conversation newer) {
        openTo(newer.peer())
                .filter(one -> one != newer && one.downstream() != null)
                .toList() // letting one go changes what is open
                .forEach(one -> letGo(one, newer));
    }

    private void letGo(Conversation goes, Conversation remains) {
        Dialer moved = goes.release();
        goes.goodbye(Message.GoodbyeReason.DUPLICATE_LINK, 0);
        if (moved != null) {
            goOn(moved, remains);
        }
    }

    /** A dialer's own link is not needed: it goes on with another to the same peer, unless that has its own that is as good. */
    void goOn(Dialer dialer, Conversation with) {
        Dialer there = with.dialer();
        if (there == null) {
            dialer.adopt(with);
        } else if (there.given() || !dialer.given()) {
            dialer.superseded();
        } else {
            with.release();
            there.superseded();
            dialer.adopt(with);
        }
    }

    void closed(Conversation conversation, String reason) {
        conversations.remove(conversation);
        changed();
        history.keep(conversation);
        if (told.remove(conversation) && !closing) {
            self.tell(() -> new PeerEvent.LinkDown(conversation.peer(), conversation.address(), reason));
        }
    }

    // ------------------------------------------------------------------ all of them

    /** Every link, greeted or not; a copy, because whatever is said on a link may close it. */
    List<Conversation> all() {
        List<Conversation> present = all;
        if (present == null) {
            present = List.copyOf(conversations);
            all = present;
        }
        return present;
    }

    /** A link has come, has gone, or has another side. */
    void changed() {
        upstreams = null;
        downstreams = null;
        all = null;
    }

    /** The sides of all links that take from others, as they are now. */
    List<UpstreamSide> upstreamList() {
        List<UpstreamSide> present = upstreams;
        if (present == null) {
            present = conversations.stream()
                    .map(Conversation::upstream)
                    .filter(Objects::nonNull)
                    .toList();
            upstreams = present;
        }
        return present;
    }

    /** Those of them that can bring something now: the link is open, and the subscribe was answered. */
    List<UpstreamSide> activeUpstreams() {
        List<UpstreamSide> active = new ArrayList<>();
        for (UpstreamSide side : upstreamList()) {
            if (side.active() && side.isOpen()) {
                active.add(side);
            }
        }
        return active;
    }

    /** The sides of all links that give to others, as they are now. */
    List<DownstreamSide> downstreamList() {
        List<DownstreamSide> present = downstreams;
        if (present == null) {
            present = conversations.stream()
                    .map(Conversation::downstream)
                    .filter(Objects::nonNull)
                    .toList();
            downstreams = present;
        }
        return present;
    }

    /** The sides of all links that take from others. */
    Stream<UpstreamSide> upstreams() {
        return upstreamList().stream();
    }

    /** The sides of all links that give to others. */
    Stream<DownstreamSide> downstreams() {
        return downstreamList().stream();
    }

    /** How many upstreams there may be, as far as this peer dials them. */
    int dialled() {
        Neighbours looked = node.neighbours();
        return Math.max(dialers.size(), looked == null ? 0 : looked.wanted());
    }

    /** The upstreams that were given by name. */
    Stream<Dialer> given() {
        return dialers.stream();
    }

    Redirects redirects() {
        return node.redirects();
    }

    /** Whether every upstream was dialled once and, if it answered, has answered the subscribe. */
    boolean allTried() {
        return dialers.stream().allMatch(Dialer::tried) && upstreams().allMatch(UpstreamSide::answered);
    }

    // ------------------------------------------------------------------ closing

    /** Lets nobody in from now on: this peer will close soon. */
    void leaving() {
        leaving = true;
    }

    boolean isLeaving() {
        return leaving || closing;
    }

    /** Says goodbye everywhere; completes when everything is closed. */
    Mono<Void> leave(Message.GoodbyeReason reason) {
        closing = true;
        dialers.forEach(Dialer::stop);
        redirects().stop();
        List<Mono<Void>> closes = new ArrayList<>();
        for (Listener listener : listeners) {
            listener.dispose();
            closes.add(listener.onClose());
        }
        for (Conversation one : all()) {
            closes.add(one.link().onClose());
            one.goodbye(reason, 0);
        }
        return Mono.whenDelayError(closes);
    }
}
