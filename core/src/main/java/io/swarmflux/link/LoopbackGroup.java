package io.swarmflux.link;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.scheduler.Scheduler;

/**
 * A group inside one process: what one member sends, every other one may get. Members join with {@link LoopbackTransport#dial}
 * and the group's address. Frames are lost, delayed and kept from single members as told here, each member by its own chance;
 * what all members are to lose together, an {@link ImpairedTransport} of the sender drops.
 */
public final class LoopbackGroup {
    /** How much a member gets before anybody receives there; what is more is lost, as in a socket's buffer. */
    static final int HELD_BYTES = 1 << 20;

    private final String address;
    private final Scheduler scheduler;
    private final int maxFrameBytes;
    private final List<LoopbackGroupLink> members = new CopyOnWriteArrayList<>();
    private final Set<Way> blocked = ConcurrentHashMap.newKeySet();
    private final AtomicLong frames = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final Random random;
    private volatile double loss;
    private volatile int longest = Integer.MAX_VALUE;
    private volatile long delayNs;
    private volatile long jitterNs;

    private record Way(String from, String to) {}

    LoopbackGroup(String address, Scheduler scheduler, int maxFrameBytes) {
        this.address = address;
        this.scheduler = scheduler;
        this.maxFrameBytes = maxFrameBytes;
        this.random = new Random(address.hashCode());
    }

    /**
     * Loses frames, at each member by its own chance.
     *
     * @param probability 0 to 1, for the frames sent from now on; default 0
     * @return this group
     */
    public LoopbackGroup loss(double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("a loss is 0 to 1, was " + probability);
        }
        loss = probability;
        return this;
    }

    /**
     * Loses long frames, as somewhere on the way with a smaller MTU.
     *
     * @param bytes the longest frame that comes, from now on; default all
     * @return this group
     */
    public LoopbackGroup loseLongerThan(int bytes) {
        longest = bytes;
        return this;
    }

    /**
     * Delays frames.
     *
     * @param least every frame by at least so much; default 0
     * @param jitter and by up to so much more, by chance, so that frames overtake each other; default 0
     * @return this group
     */
    public LoopbackGroup delay(Duration least, Duration jitter) {
        if (least.isNegative() || jitter.isNegative()) {
            throw new IllegalArgumentException("a delay is not negative, was " + least + " and up to " + jitter);
        }
        delayNs = least.toNanos();
        jitterNs = jitter.toNanos();
        return this;
    }

    /**
     * Keeps what one member sends from another, until {@link #unblock}.
     *
     * @param from the name of the sender's transport, see {@link LoopbackTransport#named}; {@code *} for everybody's
     * @param to the name of the receiver's; {@code *} for everybody's
     */
    public void block(String from, String to) {
        blocked.add(new Way(from, to));
    }

    /** Ends every {@link #block}. */
    public void unblock() {
        blocked.clear();
    }

    /**
     * How many frames were sent to the group so far.
     *
     * @return a count, whoever got them
     */
    public long frames() {
        return frames.get();
    }

    /**
     * How many bytes those frames had.
     *
     * @return bytes
     */
    public long bytes() {
        return bytes.get();
    }

    LoopbackGroupLink join(String name) {
        LoopbackGroupLink link = new LoopbackGroupLink(this, name, new LoopbackLane(scheduler, maxFrameBytes));
        members.add(link);
        return link;
    }

    void leave(LoopbackGroupLink link) {
        members.remove(link);
    }

    String address() {
        return address;
    }

    void send(LoopbackGroupLink from, ByteBuffer[] parts, int size) {
        frames.incrementAndGet();
        bytes.addAndGet(size);
        if (size > longest) {
            return;
        }
        List<LoopbackGroupLink> together = new ArrayList<>(members.size());
        for (LoopbackGroupLink to : members) {
            if (to == from || isBlocked(from.name(), to.name()) || isLost()) {
                continue;
            }
            if (jitterNs == 0) {
                together.add(to);
            } else {
                deliver(List.of(to), parts, size, delayNs + drawnJitterNs());
            }
        }
        deliver(together, parts, size, delayNs);
    }

    private boolean isLost() {
        synchronized (random) { // one sequence of chances, so that a run in virtual time can be done again
            return loss > 0 && random.nextDouble() < loss;
        }
    }

    private long drawnJitterNs() {
        synchronized (random) {
            return (long) (random.nextDouble() * jitterNs);
        }
    }

    /** What arrives at one moment is one task, be the group ever so large. */
    private void deliver(List<LoopbackGroupLink> together, ByteBuffer[] parts, int size, long waitNs) {
        if (waitNs == 0) {
            together.forEach(to -> to.lane().send(parts, size));
            return;
        }
        ByteBuffer[] own = new ByteBuffer[parts.length]; // the sender may move the positions meanwhile
        for (int i = 0; i < parts.length; i++) {
            own[i] = parts[i].duplicate();
        }
        scheduler.schedule(() -> together.forEach(to -> to.lane().send(own, size)), waitNs, TimeUnit.NANOSECONDS);
    }

    private boolean isBlocked(String from, String to) {
        return !blocked.isEmpty()
                && (blocked.contains(new Way(from, to))
                        || blocked.contains(new Way("*", to))
                        || blocked.contains(new Way(from, "*")));
    }
}
