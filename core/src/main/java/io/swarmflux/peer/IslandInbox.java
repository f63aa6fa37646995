package io.swarmflux.peer;

import io.swarmflux.wire.GroupCodec;
import io.swarmflux.wire.GroupMessage;
import io.swarmflux.wire.WireException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Frames of the group as they come: chunks of what is played here are taken at once, everything else waits for the strand, so much of
 * it and no more.
 *
 * <p><b>Threads.</b> Frames come on the link's thread. Who plays what is said inside the strand.
 */
final class IslandInbox {
    private static final int MAX_WAITING_MESSAGES = 4096;
    private static final long NEVER = Long.MIN_VALUE / 2;

    private final Self self;
    private final Consumer<GroupMessage> strand;
    private final AtomicInteger unhandled = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();

    /** Members whose chunks are of what is played here, by what they have said; and when the last one came. */
    private final Map<Long, AtomicLong> playing = new ConcurrentHashMap<>();

    /** What is no chunk is given to {@code strand}, inside it. */
    IslandInbox(Self self, Consumer<GroupMessage> strand) {
        this.self = self;
        this.strand = strand;
    }

    /** A frame came. Answers when there is something to plan; {@link Long#MAX_VALUE} for never. */
    long onFrame(ByteBuffer frame, @Nullable IslandIn in) {
        GroupMessage message;
        try {
            message = GroupCodec.decode(frame);
        } catch (WireException violation) {
            dropped.incrementAndGet();
            return Long.MAX_VALUE;
        }
        if (message.member() == self.instance()) {
            return Long.MAX_VALUE; // some transports let one hear oneself
        }
        if (message instanceof GroupMessage.Chunk chunk) {
            return onChunk(chunk, in);
        }
        if (message instanceof GroupMessage.Heartbeat beat
                && beat.stream().equals(self.stream())
                && in != null
                && beat.epoch() == in.epoch()
                && playing.size() < IslandMembers.MAX_MEMBERS) {
            // at once: its chunks follow, and must not wait for the strand
            playing.computeIfAbsent(beat.member(), m -> new AtomicLong(NEVER));
        }
        if (unhandled.incrementAndGet() > MAX_WAITING_MESSAGES) {
            unhandled.decrementAndGet();
            dropped.incrementAndGet();
        } else {
            self.strand().execute(() -> {
                unhandled.decrementAndGet();
                strand.accept(message);
            });
        }
        return Long.MAX_VALUE;
    }

    private long onChunk(GroupMessage.Chunk chunk, @Nullable IslandIn in) {
        AtomicLong heard = playing.get(chunk.member());
        if (in == null || chunk.epoch() != in.epoch() || heard == null) {
            dropped.incrementAndGet();
            return Long.MAX_VALUE;
        }
        if (!chunk.repair()) {
            heard.lazySet(self.nowNs());
        }
        return in.onChunk(chunk);
    }

    // ------------------------------------------------------------------ inside the strand

    /** A member says what it plays; {@code epoch} is what is played here. */
    void plays(IslandMembers.Member member, long of, long epoch) {
        if (member.epoch == of && member.playing) {
            return;
        }
        if (member.epoch != of) {
            member.next = 0;
        }
        member.epoch = of;
        member.playing = true;
        if (of >= 0 && of == epoch) {
            // not all anew: a thousand come at once
            member.chunkAtNs = playing.computeIfAbsent(member.number, m -> member.chunkAtNs);
        } else {
            playing.remove(member.number);
        }
    }

    /** Another epoch is played here, or somebody has gone. */
    void among(IslandMembers members, long epoch) {
        Set<Long> now = new HashSet<>();
        for (IslandMembers.Member member : members.all()) {
            if (member.playing && member.epoch == epoch && epoch >= 0) {
                now.add(member.number);
                member.chunkAtNs = playing.computeIfAbsent(member.number, m -> member.chunkAtNs);
            }
        }
        playing.keySet().retainAll(now);
    }

    void clear() {
        playing.clear();
    }

    /** What made no sense counts too. */
    void drop(long more) {
        dropped.addAndGet(more);
    }

    /** How many frames made no sense, or were of no use here. */
    long dropped() {
        return dropped.get();
    }
}
