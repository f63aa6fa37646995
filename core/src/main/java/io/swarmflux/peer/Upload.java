package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Segment;
import io.swarmflux.swarm.Backlog;
import io.swarmflux.swarm.SendOrder;
import io.swarmflux.swarm.TokenBucket;
import io.swarmflux.swarm.UploadPlan;
import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * What leaves a peer over all its links together: keeps it within the upload that the peer allows, gives that upload's places
 * to downstreams, and says which segment goes first. Without a limit everything leaves as soon as it may. Inside the strand.
 *
 * <p><b>Shares.</b> Segments go in the order that {@link SendOrder} gives, as long as no downstream has had much more than the one
 * that has had least of those who wait. Beyond that it is start-time fair queueing: whoever has had least is next, and who had
 * nothing to take meanwhile gets no more for it afterwards.
 */
final class Upload {
    private static final long LEAST_WAIT_NS = Duration.ofMillis(1).toNanos();
    /** What of the upload is not promised to anybody, besides what control messages cost: for the unevenness of segments. */
    private static final double KEPT = 0.005;

    private static final long SAID_EVERY_NS = Duration.ofSeconds(1).toNanos();

    /** The share of the upload that repair has at least. */
    private static final double LEAST_REPAIR = 0.02;

    /** How much more than others a downstream may have had before it must wait for them. */
    private static final double LEAD_SECONDS = 0.5;

    private final Self self;
    private final Programme programme;
    private final Links links;
    private final SubStreams subStreams;
    private final TokenBucket bucket;
    private final long leadBytes;
    private final TokenBucket repairs;
    private final UploadPlan places = new UploadPlan();
    private final Disposable.Swap waking = Disposables.swap();

    /** The share of the one who was served last: nobody counts as having had less. */
    private long servedUpTo;

    private final Backlog backlog = new Backlog();

    /** What was found out in this round of sending about who has which segment. */
    private final Map<Long, Boolean> onlyHere = new HashMap<>();

    private boolean pumping;
    private long saidBytes;
    private long saidAtNs;
    private double saidBitsPerSecond;
    private double serviceUs;

    Upload(Self self, Programme programme, Links links, SubStreams subStreams) {
        this.self = self;
        this.programme = programme;
        this.links = links;
        this.subStreams = subStreams;
        long bitsPerSecond = self.options().serving().uploadBitsPerSecond();
        this.bucket = new TokenBucket(bitsPerSecond);
        this.repairs = new TokenBucket(bitsPerSecond);
        this.leadBytes = (long) (bitsPerSecond / 8.0 * LEAD_SECONDS);
    }

    /** Whether what leaves over all links together is limited. */
    boolean limited() {
        return bucket.limited();
    }

    /** A segment has left. */
    void sent(int bytes) {
        bucket.spend(bytes);
    }

    /** A message has left: it never waits, but counts all the same. */
    void said(int bytes) {
        bucket.spend(bytes);
        saidBytes += bytes;
    }

    /** What messages cost, so that it is not promised to anybody. */
    private double saidBitsPerSecond(long nowNs) {
        if (nowNs - saidAtNs >= SAID_EVERY_NS) {
            double now = saidBytes * 8e9 / (nowNs - saidAtNs);
            saidBitsPerSecond += (now - saidBitsPerSecond) / 4;
            saidAtNs = nowNs;
            saidBytes = 0;
        }
        return saidBitsPerSecond;
    }

    // ------------------------------------------------------------------ places

    UploadPlan places() {
        return places;
    }

    /** How many more sub-streams there is upload for, as it is announced. */
    int spare() {
        return Math.min(Message.ANY, places.spare());
    }

    /**
     * How many sub-streams a downstream gets at once that asks for all: no more than its part of the places, or the first to come
     * would take all of them, and the swarm would begin as a chain.
     */
    long firstShare() {
        if (places.capacity() == UploadPlan.UNLIMITED) {
            return Long.MAX_VALUE;
        }
        long neighbours = links.all().stream().filter(Conversation::isOpen).count();
        return Math.max(1, places.capacity() / Math.max(1, neighbours));
    }

    /** How long a segment takes from here to a downstream. */
    long serviceUs() {
        return (long) serviceUs;
    }

    /** Follows what the stream costs, lets in who waited, and asks others to make room. */
    void tick(long nowNs) {
        if (!limited()) {
            return;
        }
        Description said = programme.description();
        double subStream = said == null ? 0 : subStreams.bitsPerSecond(said) / said.subStreams();
        long limit = self.options().serving().uploadBitsPerSecond();
        double promised = limit * (1 - KEPT) - saidBitsPerSecond(nowNs);
        places.capacity(
                subStream <= 0
                        ? UploadPlan.UNLIMITED
                        : (int) Math.max(0, Math.min(1 << 20, (promised - limit * LEAST_REPAIR) / subStream)));
        repairs.rate((long) Math.max(limit * LEAST_REPAIR, promised - places.taken() * subStream));
        for (UploadPlan.Step step : places.plan(nowNs)) {
            links.downstreams()
                    .filter(side -> side.peer().equals(step.place().downstream()))
                    .toList()
                    .forEach(side -> carryOut(step, side));
        }
    }

    private static void carryOut(UploadPlan.Step step, DownstreamSide side) {
        int subStream = step.place().subStream();
        if (step instanceof UploadPlan.Admit) {
            side.admitted(subStream);
        } else if (step instanceof UploadPlan.Decline) {
            side.decline(1L << subStream);
        } else {
            side.askToYield(1L << subStream);
        }
    }

    /** Whether a segment may be sent that was asked for again: repair lives from the upload that is not promised. */
    boolean mayRepair(long nowNs) {
        return repairs.ready(nowNs);
    }

    /** Whether what nobody has got goes before its turn: at a seeder with a limited upload, where repair may wait for long. */
    boolean prefersFirstCopies() {
        return limited() && self.plan().seeder() != null;
    }

    /** Whether nobody who is surely there gets a segment from here. Looked up once for each segment in a round of sending. */
    boolean isOnlyHere(long sequence, long nowNs) {
        return onlyHere.computeIfAbsent(
                sequence, one -> links.downstreamList().stream().noneMatch(side -> side.gets(one, nowNs)));
    }

    /** Somebody is sent a segment. */
    void gives(long sequence) {
        onlyHere.remove(sequence);
    }

    /** A segment that was asked for again has left. */
    void repaired(int bytes) {
        repairs.spend(bytes);
    }

    // ------------------------------------------------------------------ sending

    /** Sends what may go to everybody. */
    void pumpAll() {
        List<DownstreamSide> all = links.downstreamList();
        if (!limited()) {
            all.forEach(DownstreamSide::pump);
            return;
        }
        long nowNs = self.nowNs();
        if (bucket.ready(nowNs)) {
            sendInOrder(all, nowNs);
        }
        if (programme.endIsKnown()) {
            all.forEach(DownstreamSide::sayEnd);
        }
        if (!bucket.ready(nowNs)) {
            pumpIn(bucket.waitNs());
        }
    }

    private void sendInOrder(List<DownstreamSide> all, long nowNs) {
        onlyHere.clear();
        List<DownstreamSide> next = new ArrayList<>(all.size());
        for (DownstreamSide side : all) {
            side.share(Math.max(side.share(), servedUpTo));
            if (side.mayGo(nowNs)) {
                next.add(side);
            }
        }
        while (!next.isEmpty() && bucket.ready(nowNs)) {
            long least = least(next);
            DownstreamSide first = first(next, least, nowNs);
            servedUpTo = Math.max(servedUpTo, least);
            if (!first.trySendOne(nowNs) || !first.mayGo(nowNs)) {
                next.remove(first);
            }
        }
        if (next.isEmpty()) {
            backlog.cleared(nowNs);
        }
    }

    /** Who goes first of those who have something that may go. */
    private DownstreamSide first(List<DownstreamSide> all, long least, long nowNs) {
        DownstreamSide first = all.get(0);
        double best = Double.NaN;
        for (DownstreamSide side : all) {
            double key = side.share() > least + leadBytes ? Double.MAX_VALUE : side.orderKey(nowNs);
            if (Double.isNaN(best) || key < best || (key == best && side.share() < first.share())) {
                first = side;
                best = key;
            }
        }
        return first;
    }

    private static long least(List<DownstreamSide> all) {
        long least = Long.MAX_VALUE;
        for (DownstreamSide side : all) {
            least = Math.min(least, side.share());
        }
        return least;
    }

    /** The place in the order of a segment for one downstream. */
    double orderKey(Segment segment, Division division) {
        Description said = programme.description();
        if (said == null) {
            return segment.sequence();
        }
        int subStream = (int) (segment.sequence() % said.subStreams());
        return SendOrder.key(segment.sequence(), subStreams.ageSegments(subStream), division.reach(subStream));
    }

    /**
     * Whether a segment of a live stream has waited for so long that it is pushed no more: a backlog of what is late would make
     * everything behind it late too, and an upload that is nearly full never works it off. Who misses it asks for it.
     */
    boolean isStale(Segment segment) {
        if (!limited() || programme.lossless()) {
            return false;
        }
        long longestNs = backlog.longestWaitNs(self.nowNs());
        long waitedUs = subStreams.waitedUs(segment);
        if (waitedUs >= 0) {
            return waitedUs * 1000 > longestNs;
        }
        StreamHub.View view = programme.view();
        return view != null && segment.sequence() < view.edge() - subStreams.segmentsIn(longestNs / 1e9);
    }

    /** A segment is pushed now: measures how long it took from its coming here. */
    void pushed(Segment segment) {
        long waitedUs = subStreams.waitedUs(segment);
        if (waitedUs < 0) {
            return;
        }
        long bitsPerSecond = self.options().serving().uploadBitsPerSecond();
        double sendingUs = bitsPerSecond == 0 ? 0 : segment.encodedBytes() * 8e6 / bitsPerSecond;
        serviceUs += (waitedUs + sendingUs - serviceUs) / 16;
    }

    /** Sends again what may go then. */
    void pumpIn(long waitNs) {
        if (!pumping) {
            pumping = true;
            Disposable planned = self.scheduler()
                    .schedule(
                            () -> self.strand().execute(() -> {
                                pumping = false;
                                pumpAll();
                            }),
                            Math.max(LEAST_WAIT_NS, waitNs),
                            TimeUnit.NANOSECONDS);
            waking.update(planned);
        }
    }
}
