package io.swarmflux.link;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Another transport, made worse: delay, jitter, loss, duplication, reordering and a rate for what its links
 * <em>send</em>, so a link is bad both ways when both its ends come from an impaired transport. Links can also be cut
 * without anybody being told, and restored. All links together can share the {@link AccessLink} of one host. Everything can be changed while links are open; a link is selected by
 * {@link Link#remote()}.
 *
 * <p>Loss, duplication and reordering happen to whole frames whatever is underneath: over TCP, which does not lose
 * anything, frames vanish all the same. That is meant for testing what must survive datagrams.
 *
 * <p>Deterministic: time comes from the scheduler, chance from the seed and the order in which links are opened.
 */
public final class ImpairedTransport implements Transport {
    /** How long a dial into a cut waits before it fails. */
    private static final Duration DIAL_TIMEOUT = Duration.ofSeconds(5);

    /** Spreads the seeds of links that are opened one after the other. */
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final Transport transport;
    private final Scheduler scheduler;
    private final long seed;
    private final AtomicLong opened = new AtomicLong();
    private final AtomicLong droppedFrames = new AtomicLong();
    /** In the order in which they were opened, so that what happens to all of them is the same each time. */
    private final Map<Long, ImpairedLink> links = new ConcurrentSkipListMap<>();

    private final Map<String, LinkConditions> conditionsByRemote = new ConcurrentHashMap<>();
    private final Set<String> cutRemotes = ConcurrentHashMap.newKeySet();
    private volatile LinkConditions conditions = LinkConditions.perfect();
    private volatile boolean allCut;
    private final SharedQueue uploads = new SharedQueue();
    private final SharedQueue downloads = new SharedQueue();

    private ImpairedTransport(Transport transport, Scheduler scheduler, long seed) {
        this.transport = transport;
        this.scheduler = scheduler;
        this.seed = seed;
    }

    /**
     * Wraps a transport; nothing is wrong with it until {@link #conditions} says so.
     *
     * @param transport carries the frames
     * @param scheduler keeps the time
     * @param seed decides what is left to chance
     * @return the transport to dial and listen with
     */
    public static ImpairedTransport of(Transport transport, Scheduler scheduler, long seed) {
        return new ImpairedTransport(transport, scheduler, seed);
    }

    /**
     * Sets the conditions of all links that have none of their own, open or to come.
     *
     * @param now for the frames sent from now on
     */
    public void conditions(LinkConditions now) {
        conditions = now;
    }

    /**
     * Sets the conditions of the links to one remote, open or to come.
     *
     * @param remote as in {@link Link#remote()}
     * @param now for the frames sent from now on
     */
    public void conditions(String remote, LinkConditions now) {
        conditionsByRemote.put(remote, now);
    }

    /**
     * Sets the access link that all links of this transport share: a frame leaves it first, and then goes over its own link. A
     * download rate holds for links on which {@link Link#receive()} is called from now on; on those it can be changed.
     *
     * @param now for the frames sent and received from now on
     */
    public void access(AccessLink now) {
        uploads.limit(now.uploadBitsPerSecond(), now.queueBytes());
        downloads.limit(now.downloadBitsPerSecond(), now.queueBytes());
    }

    /**
     * Cuts all links, open or to come: frames vanish both ways, those under way too; a closed end is not told to the
     * other before {@link #restore()}; dials fail after 5 s.
     */
    public void cut() {
        allCut = true;
    }

    /**
     * Cuts the links to one remote, open or to come, as {@link #cut()} does.
     *
     * @param remote as in {@link Link#remote()}
     */
    public void cut(String remote) {
        cutRemotes.add(remote);
    }

    /** Ends every cut, of one remote or of all. */
    public void restore() {
        allCut = false;
        cutRemotes.clear();
        links.values().forEach(ImpairedLink::restored);
    }

    /**
     * Ends the cut of one remote.
     *
     * @param remote as in {@link Link#remote()}
     */
    public void restore(String remote) {
        cutRemotes.remove(remote);
        links.values().forEach(ImpairedLink::restored);
    }

    /**
     * How many frames did not fit into {@link LinkConditions#queueBytes()} or {@link AccessLink#queueBytes()}.
     *
     * @return a count over all links, since the start
     */
    public long droppedFrames() {
        return droppedFrames.get();
    }

    LinkConditions conditionsOf(String remote) {
        return conditionsByRemote.isEmpty() ? conditions : conditionsByRemote.getOrDefault(remote, conditions);
    }

    boolean isCut(String remote) {
        return allCut || (!cutRemotes.isEmpty() && cutRemotes.contains(remote));
    }

    SharedQueue uploads() {
        return uploads;
    }

    SharedQueue downloads() {
        return downloads;
    }

    void dropped() {
        droppedFrames.incrementAndGet();
    }

    void forget(ImpairedLink link) {
        links.remove(link.number());
    }

    @Override
    public Kind kind(String remote) {
        return transport.kind(remote);
    }

    @Override
    public Mono<Link> dial(String address) {
        Mono<Link> dial = transport.dial(address).map(this::impair);
        Mono<Link> unanswered = Mono.delay(DIAL_TIMEOUT, scheduler)
                .then(Mono.error(() -> new LinkException(address, "no answer within " + DIAL_TIMEOUT, null)));
        return Mono.defer(() -> isCut(address) ? unanswered : dial);
    }

    @Override
    public List<String> dialable(String listening) {
        return transport.dialable(listening);
    }

    @Override
    public Mono<Listener> listen(String address, Consumer<? super Link> accept) {
        return transport.listen(address, link -> accept.accept(impair(link)));
    }

    private Link impair(Link link) {
        long number = opened.incrementAndGet();
        ImpairedLink impaired = new ImpairedLink(this, number, link, scheduler, seed + number * GOLDEN_GAMMA);
        links.put(number, impaired);
        impaired.follow();
        return impaired;
    }
}
