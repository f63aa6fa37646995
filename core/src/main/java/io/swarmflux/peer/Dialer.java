package io.swarmflux.peer;

import io.swarmflux.link.Link;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/** Keeps one address dialled: again and again until it answers, and whenever the link is lost. Inside the strand. */
final class Dialer {
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final Self self;
    private final Links links;
    private final String address;
    private @Nullable Disposable waiting;
    private @Nullable Conversation conversation;
    private int failures;
    private boolean told;
    private boolean stopped;

    /** Whether the first attempt has led to anything, good or bad. */
    private boolean tried;

    Dialer(Self self, Links links, String address) {
        this.self = self;
        this.links = links;
        this.address = address;
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
        waiting = self.transport()
                .dial(address)
                .subscribe(link -> self.strand().execute(() -> connected(link)), failure -> self.strand()
                        .execute(() -> failed(reason(failure))));
    }

    private void connected(Link link) {
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
        told = false;
        tried = true;
    }

    void lost(Conversation which, String reason) {
        if (conversation == which) {
            conversation = null;
            failed(reason);
        }
    }

    private void failed(String reason) {
        tried = true;
        if (stopped) {
            return;
        }
        if (!told && failures > 0) {
            told = true; // the first failure may be a peer that is just starting
            self.tell(() -> new PeerEvent.Unreachable(address, reason));
        }
        long backOffNs = Math.min(LONGEST.toNanos(), FIRST.toNanos() << Math.min(failures, 16));
        failures++;
        long jitteredNs = (long) (backOffNs * (0.5 + self.random().nextDouble()));
        waiting = self.scheduler().schedule(() -> self.strand().execute(this::dial), jitteredNs, TimeUnit.NANOSECONDS);
    }

    void stop() {
        stopped = true;
        Disposable pending = waiting;
        if (pending != null) {
            pending.dispose();
        }
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
