package io.swarmflux.peer;

import io.swarmflux.link.Link;
import io.swarmflux.link.Transport;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.swarm.RoundTrip;
import io.swarmflux.wire.FrameReader;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.Message.FailureCode;
import io.swarmflux.wire.MessageCodec;
import io.swarmflux.wire.WireException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * One link of a peer: greets, keeps alive, and hands messages to the two sides of the link. Frames are read on the
 * link's thread, where segments go straight to the window; everything else happens inside the strand.
 *
 * <pre>
 *   dialler                              listener
 *           | HELLO                      |
 *           |                     HELLO, | and WELCOME or REJECT
 *           | WELCOME                    | open
 * </pre>
 */
final class Conversation implements FrameReader.Admission {
    private static final Logger log = Loggers.getLogger(RunningPeer.class);
    private static final long HANDSHAKE_NS = Duration.ofSeconds(5).toNanos();
    private static final long PING_NS = Duration.ofMillis(250).toNanos();

    /** The same for a link that carries announcements only: longer than these may take, and soon enough to know of it before it is needed. */
    private static final long STANDBY_PING_NS = Duration.ofMillis(500).toNanos();

    /** Nobody waits for anything from whoever takes nothing: it is enough to see in time that it is gone. */
    private static final long IDLE_PING_NS = Duration.ofSeconds(1).toNanos();

    private static final int SURE_ROUND_TRIPS = 4;
    private static final int MAX_WAITING_MESSAGES = 4096;
    private static final long MAX_UNSENT_ANSWERS = 1 << 20;
    private static final long DEAD_NS = Duration.ofSeconds(3).toNanos();

    private final Node node;
    private final Self self;
    private final Link link;
    private final Transport.Kind kind;
    private final Counts.Carried carried;
    private @Nullable Dialer dialer;
    private final long sinceNs;
    private final FrameReader reader;
    private volatile long heardNs;
    private volatile boolean broken;

    /** Messages that were read and not handled yet, so that a flood is noticed before it fills the memory. */
    private final AtomicInteger unhandled = new AtomicInteger();

    /** What the other end says of itself; null before its hello. */
    private Message.@Nullable Hello hello;

    private boolean open;
    private boolean closed;
    private long pingedNs;
    private final RoundTrip roundTrip = new RoundTrip();
    private int roundTrips;
    private String why = "closed by the other end";
    private PeerCounts.Connect outcome = PeerCounts.Connect.FAILED;
    private PeerCounts.Close cause = PeerCounts.Close.LOST;

    /** How long the other end asks not to be dialled. */
    private int retryAfterMillis;

    /** When the other end was told of others, and when it told of them. */
    private long toldAtNs = Long.MIN_VALUE;

    private long namedAtNs = Long.MIN_VALUE;

    private volatile @Nullable UpstreamSide upstream;
    private @Nullable DownstreamSide downstream;

    Conversation(Node node, Link link, @Nullable Dialer dialer) {
        this.node = node;
        this.self = node.self();
        this.link = link;
        this.kind = self.transport().kind(link.remote());
        this.carried = self.counts().over(kind);
        this.dialer = dialer;
        this.sinceNs = self.nowNs();
        this.heardNs = sinceNs;
        this.reader = new FrameReader(Segment.MAX_ENCODED_BYTES, this, self.arena());
    }

    void start() {
        link.receive().subscribe(this::onFrame, failure -> ended(failure.getMessage()), () -> ended(null));
        if (link.dialled()) {
            send(node.links().hello());
        }
    }

    private void ended(@Nullable String reason) {
        self.strand().execute(() -> over(reason == null ? why : reason));
    }

    // ------------------------------------------------------------------ the link's thread

    private void onFrame(ByteBuffer frame) {
        long nowNs = self.nowNs();
        heardNs = nowNs;
        if (broken) {
            return;
        }
        try {
            Message message = reader.read(frame);
            if (message instanceof Message.Data data) {
                carried.came(data.segment().encodedBytes());
                UpstreamSide side = upstream;
                if (side != null) {
                    side.incoming().onSegment(self.options().sharing().apply(data.segment()), nowNs);
                }
            } else if (message != null) {
                UpstreamSide side = upstream;
                if (side != null && message instanceof Message.Subscribed answer) {
                    side.incoming().answered(answer);
                }
                if (unhandled.incrementAndGet() > MAX_WAITING_MESSAGES) {
                    throw new WireException(
                            FailureCode.LIMIT, "more than " + MAX_WAITING_MESSAGES + " messages wait to be handled");
                }
                self.strand().execute(() -> {
                    unhandled.decrementAndGet();
                    guard(() -> onMessage(message));
                });
            }
        } catch (WireException violation) {
            broken = true;
            self.strand().execute(() -> violated(violation.code(), String.valueOf(violation.getMessage())));
        }
    }

    @Override
    public @Nullable StreamId admit(int number, long epoch, long sequence, int totalBytes) {
        UpstreamSide side = upstream;
        if (side == null) {
            throw new WireException(
                    FailureCode.UNEXPECTED,
                    "a segment of stream number " + number + " came, and nothing was subscribed on this link");
        }
        return side.incoming().admit(number, epoch, sequence, totalBytes);
    }

    @Override
    public boolean isKept(long epoch, long sequence) {
        return node.programme().lacks(epoch, sequence);
    }

    // ------------------------------------------------------------------ inside the strand

    /** Runs what concerns this link alone, so that a mistake in it costs this link and no other. */
    void guard(Runnable task) {
        try {
            task.run();
        } catch (WireException violation) {
            violated(violation.code(), String.valueOf(violation.getMessage()));
        } catch (RuntimeException failure) {
            failed(failure);
        }
    }

    /** The same for what has an answer; false when it failed. */
    boolean guarded(BooleanSupplier task) {
        try {
            return task.getAsBoolean();
        } catch (WireException violation) {
            violated(violation.code(), String.valueOf(violation.getMessage()));
        } catch (RuntimeException failure) {
            failed(failure);
        }
        return false;
    }

    private void failed(RuntimeException failure) {
        log.error("peer " + self.name() + ", link to " + peer() + " (" + address() + "): " + failure, failure);
        cause = PeerCounts.Close.ERROR;
        over("it failed here: " + failure);
        link.dispose();
    }

    private void violated(FailureCode code, String text) {
        if (code == FailureCode.VERSION && !open && !closed && !link.dialled()) {
            self.counts().violated(code);
            why = "rejected: " + text;
            outcome = PeerCounts.Connect.REJECTED;
            send(node.links().hello());
            send(new Message.Reject(Message.RejectReason.VERSION, 0, text));
            close();
        } else {
            fail(code, text);
        }
    }

    boolean send(Message message) {
        return !closed && send(MessageCodec.encode(message));
    }

    /** Sends a message that was encoded before, perhaps for several links. */
    boolean send(ByteBuffer frame) {
        if (closed) {
            return false;
        }
        node.upload().said(frame.remaining());
        return link.send(frame);
    }

    Link link() {
        return link;
    }

    /** The account of what links of this kind carry. */
    Counts.Carried carried() {
        return carried;
    }

    String peer() {
        Message.Hello said = hello;
        return said == null ? "" : said.peer();
    }

    String address() {
        return link.remote();
    }

    /** Where the other end says that it can be dialled; empty when it does not say. */
    String advertised() {
        Message.Hello said = hello;
        return said == null ? "" : said.advertised();
    }

    boolean isOpen() {
        return open && !closed;
    }

    boolean dialled() {
        return link.dialled();
    }

    /** The least round trip; -1 while none was measured. */
    long roundTripNs() {
        return roundTrip.leastNs();
    }

    /** After how long without an answer one is not to be expected, when the other end takes so long itself. */
    long timeOutNs(long serviceNs) {
        return roundTrip.timeOutNs(serviceNs);
    }

    int maxFrameBytes() {
        Message.Hello said = hello;
        return said == null ? link.maxFrameBytes() : Math.min(link.maxFrameBytes(), said.maxFrameBytes());
    }

    @Nullable
    UpstreamSide upstream() {
        return upstream;
    }

    @Nullable
    DownstreamSide downstream() {
        return downstream;
    }

    /** Serves it no more: it takes nothing from here, and somebody else needs the place. */
    void dropDownstream(String text) {
        DownstreamSide side = downstream;
        if (side != null) {
            downstream = null;
            node.links().changed();
            side.leaves();
            side.close();
            send(new Message.Refused(side.number(), Message.RefuseReason.FULL, text));
        }
    }

    void adoptedBy(Dialer other) {
        dialer = other;
        takeUpstream();
    }

    @Nullable
    Dialer dialer() {
        return dialer;
    }

    /** Gives its dialer away, which goes on with another link. */
    @Nullable
    Dialer release() {
        Dialer mine = dialer;
        dialer = null;
        return mine;
    }

    /** The other end's start; 0 before its hello. */
    long instance() {
        Message.Hello said = hello;
        return said == null ? 0 : said.instance();
    }

    private void onMessage(Message message) {
        if (closed) {
            return;
        }
        if (!open) {
            greet(message);
        } else if (message instanceof Message.OfStream ofStream) {
            onStream(ofStream);
        } else if (message instanceof Message.Ping ping) {
            onPing(ping);
        } else if (message instanceof Message.Pong pong) {
            onPong(pong);
        } else if (message instanceof Message.Goodbye goodbye) {
            why = "it said goodbye: " + goodbye.reason();
            cause = PeerCounts.Close.GOODBYE;
            retryAfterMillis = goodbye.retryAfterMillis();
            DownstreamSide side = downstream;
            if (side != null && goodbye.reason() != Message.GoodbyeReason.DUPLICATE_LINK) {
                side.leaves(); // otherwise it goes on from its place over the other link
            }
            close();
        } else if (message instanceof Message.Failure failure) {
            why = "it reported " + failure.code() + ": " + failure.text();
            cause = PeerCounts.Close.PROTOCOL_ERROR;
            close();
        } else if (message instanceof Message.Neighbours said) {
            node.named(this, said.addresses());
        } else if (message.equals(hello) || message instanceof Message.Welcome) {
            return; // the link has brought it twice
        } else {
            fail(FailureCode.UNEXPECTED, message.getClass().getSimpleName() + " came on an open link");
        }
    }

    private void onPing(Message.Ping ping) {
        if (link.unsentBytes() < MAX_UNSENT_ANSWERS) { // who asks and does not read the answers gets no more of them
            send(new Message.Pong(ping.stamp()));
        }
    }

    private void onPong(Message.Pong pong) {
        roundTrips = Math.min(SURE_ROUND_TRIPS, roundTrips + 1);
        long roundTripNs = self.nowNs() - pong.stamp();
        if (roundTripNs >= 0 && pong.stamp() >= sinceNs) { // anything else is no stamp of this link
            self.recorders().roundTrip(kind, roundTripNs);
            roundTrip.measured(roundTripNs);
        }
        DownstreamSide side = downstream;
        if (side != null) {
            side.sent().ponged(pong.stamp(), self.nowNs());
        }
    }

    /** Whether the other end is to be told of others now: soon after the greeting, and then each so often. */
    boolean isToBeTold(long nowNs, long everyNs, double chance) {
        long dueNs = toldAtNs == Long.MIN_VALUE ? sinceNs + everyNs / 10 : toldAtNs + everyNs;
        boolean due = nowNs >= dueNs;
        if (due) {
            toldAtNs = nowNs - (long) (chance * everyNs / 4);
        }
        return due;
    }

    /** Whether the other end may tell of others: not more often than that. */
    boolean mayName(long nowNs, long everyNs) {
        boolean may = namedAtNs == Long.MIN_VALUE || nowNs - namedAtNs >= everyNs;
        namedAtNs = may ? nowNs : namedAtNs;
        return may;
    }

    private void greet(Message message) {
        if (message instanceof Message.Hello said && hello == null) {
            hello = said;
            if (!link.dialled()) {
                Message.Reject no = node.links().judge(this, said);
                send(node.links().hello());
                if (no != null) {
                    send(no);
                    why = "rejected: " + no.reason();
                    outcome = PeerCounts.Connect.REJECTED;
                    close();
                } else {
                    send(new Message.Welcome(MessageCodec.VERSION, said.instance()));
                }
            }
        } else if (message instanceof Message.Welcome welcome && hello != null) {
            if (welcome.instance() != self.instance() || welcome.version() != MessageCodec.VERSION) {
                fail(
                        FailureCode.UNEXPECTED,
                        "the welcome was for instance " + welcome.instance() + " in version " + welcome.version()
                                + ", not for " + self.instance() + " in " + MessageCodec.VERSION);
                return;
            }
            if (link.dialled()) {
                send(new Message.Welcome(MessageCodec.VERSION, hello.instance()));
            }
            open = true;
            carried.connected(PeerCounts.Connect.UP);
            node.links().opened(this, hello);
        } else if (message instanceof Message.Reject reject) {
            retryAfterMillis = reject.retryAfterMillis();
            outcome = PeerCounts.Connect.REJECTED;
            why = "rejected: " + reject.reason() + (reject.text().isEmpty() ? "" : " (" + reject.text() + ")");
            Dialer mine = dialer;
            if (mine != null && hello != null && reject.reason() == Message.RejectReason.DUPLICATE_PEER) {
                Conversation other = node.links().with(hello.peer(), this);
                if (other != null && other.instance() == hello.instance()) {
                    dialer = null;
                    node.links().goOn(mine, other);
                }
            }
            close();
        } else if (message instanceof Message.Failure failure) {
            why = "it reported " + failure.code() + ": " + failure.text();
            close();
        } else {
            fail(FailureCode.UNEXPECTED, message.getClass().getSimpleName() + " came before the link was greeted");
        }
    }

    private void onStream(Message.OfStream message) {
        if (message instanceof Message.Subscribe subscribe) {
            DownstreamSide old = downstream;
            if (old != null && subscribe.number() == old.number()) {
                return; // the link has brought it twice
            }
            if (old != null && subscribe.number() < old.number()) {
                fail(FailureCode.UNEXPECTED, "stream number " + subscribe.number() + " was used before");
                return;
            }
            DownstreamSide side = node.giving().serve(this, subscribe, old);
            if (side != null) {
                downstream = side;
                node.links().changed();
            }
        } else if (message instanceof Message.Credit
                || message instanceof Message.Request
                || message instanceof Message.Assign
                || message instanceof Message.Reach
                || message instanceof Message.Have
                || message instanceof Message.Unsubscribe) {
            DownstreamSide side = downstream;
            if (side != null && side.number() == message.number()) {
                side.onMessage(message);
                if (message instanceof Message.Unsubscribe) {
                    downstream = null;
                    node.links().changed();
                }
            }
        } else {
            UpstreamSide side = upstream;
            if (side != null && side.number() == message.number()) {
                side.onMessage(message);
            }
        }
    }

    /** Subscribes on this link, if a dialer wants this peer as upstream. */
    void takeUpstream() {
        UpstreamSide before = upstream;
        if (dialer != null && before != null && before.rests() && isOpen()) {
            before.subscribe();
        } else if (dialer != null && before == null && isOpen()) {
            UpstreamSide side = new UpstreamSide(node, this);
            upstream = side;
            node.links().changed();
            side.subscribe();
        }
    }

    /** How long nothing was heard from the other end. */
    long silentNs(long nowNs) {
        return nowNs - heardNs;
    }

    /** Judges the silence, on every tick. */
    void tick(long nowNs) {
        if (closed) {
            return;
        }
        long silentNs = silentNs(nowNs);
        if (!open) {
            if (nowNs - sinceNs > HANDSHAKE_NS) {
                fail(FailureCode.TIMEOUT, "no greeting within 5 s");
            }
        } else if (silentNs > DEAD_NS) {
            why = "nothing was heard for 3 s";
            cause = PeerCounts.Close.SILENT;
            send(new Message.Goodbye(Message.GoodbyeReason.SILENT, 0));
            link.dispose();
            over(why);
        } else if (nowNs - pingedNs > pingEveryNs(silentNs)) {
            ping(nowNs);
        } else {
            DownstreamSide side = downstream;
            if (side != null && nowNs - pingedNs > PING_NS && side.sent().wantsPing(nowNs)) {
                ping(nowNs);
            }
        }
    }

    /** Often while nothing is known or heard, seldom once the least of several round trips is known. */
    private long pingEveryNs(long silentNs) {
        if (roundTrip.leastNs() < 0) {
            return PING_NS;
        }
        long quietNs = quietNs();
        if (silentNs > quietNs) {
            return quietNs;
        }
        return roundTrips < SURE_ROUND_TRIPS ? 4 * PING_NS : 8 * PING_NS;
    }

    /** How long nothing may be heard before the other end is asked whether it is there. */
    private long quietNs() {
        UpstreamSide up = upstream;
        DownstreamSide down = downstream;
        if ((down != null && down.takes()) || (up != null && node.subStreams().share(up.name()) != 0)) {
            return PING_NS;
        }
        return up != null ? STANDBY_PING_NS : IDLE_PING_NS;
    }

    private void ping(long nowNs) {
        pingedNs = nowNs;
        send(new Message.Ping(nowNs));
        DownstreamSide side = downstream;
        if (side != null) {
            side.sent().pinged(nowNs);
        }
    }

    /** The other end broke the rules: says so, and closes. */
    void fail(FailureCode code, String text) {
        broken = true;
        why = code + ": " + text;
        if (!closed) {
            self.counts().violated(code);
            cause = PeerCounts.Close.PROTOCOL_ERROR;
            send(new Message.Failure(code, text));
            close();
        }
    }

    void goodbye(Message.GoodbyeReason reason, int retryAfterMillis) {
        why = "closed here: " + reason;
        cause = PeerCounts.Close.LEFT;
        send(new Message.Goodbye(reason, retryAfterMillis));
        close();
    }

    /** Sends what was said, then closes; at once when the other end does not take it. */
    private void close() {
        String reason = why;
        link.close().timeout(Duration.ofSeconds(1), self.scheduler()).subscribe(ignored -> {}, late -> link.dispose());
        over(reason);
    }

    private void over(String reason) {
        if (closed) {
            return;
        }
        closed = true;
        UpstreamSide up = upstream;
        if (up != null) {
            up.close();
        }
        DownstreamSide down = downstream;
        if (down != null) {
            down.close();
        }
        boolean greeted = open;
        open = false;
        if (greeted) {
            carried.closed(cause);
        } else {
            carried.connected(outcome);
        }
        node.links().closed(this, reason);
        Dialer mine = dialer;
        if (mine != null) {
            mine.lost(this, reason, retryAfterMillis);
        }
    }
}
