package io.swarmflux.peer;

import io.swarmflux.segment.Segment;
import io.swarmflux.swarm.TokenBucket;
import io.swarmflux.wire.SegmentChunks;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What goes over the link to one downstream: how much may go now, whatever it is, and the frames of what does. Each segment is
 * charged to everybody's account here: the link's, the downstream's and the upload's. Inside the strand.
 */
final class Outgoing {
    /** What a transport adds to a frame: its length. */
    private static final int FRAME_BYTES = 3;

    private static final long MOST_UNSENT = 8 << 20;
    private static final int RECENT = 256;
    private static final long[] NONE = {};

    private final Upload upload;
    private final Conversation conversation;
    private final SegmentChunks chunks;
    private final TokenBucket rate;
    private final Sent sent;

    /** Of which sequences the segments were sent last, each at its place; empty where nobody asks. */
    private long[] recent = NONE;

    /** How much of the shared upload it has had. */
    private long share;

    /** Nothing has gone yet of the subscription with this number. */
    Outgoing(Self self, Upload upload, Conversation conversation, int number) {
        this.upload = upload;
        this.conversation = conversation;
        this.chunks = new SegmentChunks(number);
        this.rate = new TokenBucket(self.options().serving().downstreamBitsPerSecond());
        this.sent = new Sent(self.nowNs());
    }

    Sent sent() {
        return sent;
    }

    /** How many bytes may be sent before more is reported as received; 0 when nothing may. */
    long room(long nowNs) {
        if (!conversation.isOpen()) {
            return 0;
        }
        if (!rate.ready(nowNs)) {
            upload.pumpIn(rate.waitNs());
            return 0;
        }
        return sent.room();
    }

    /** Whether the link takes more, whatever the other end claims to have. */
    boolean isTaking() {
        return conversation.link().unsentBytes() < MOST_UNSENT;
    }

    void send(Segment segment, long nowNs) {
        chunks.cut(segment, conversation.maxFrameBytes());
        int bytes = 0;
        while (chunks.hasNext()) {
            ByteBuffer[] frame = chunks.next();
            for (ByteBuffer part : frame) {
                bytes += part.remaining();
            }
            bytes += FRAME_BYTES;
            conversation.link().send(frame);
        }
        remember(segment.sequence());
        sent.sent(segment.encodedBytes(), nowNs);
        conversation.carried().sent(segment.encodedBytes());
        share += bytes;
        rate.spend(bytes);
        upload.sent(bytes);
    }

    private void remember(long sequence) {
        if (upload.prefersFirstCopies()) {
            upload.gives(sequence);
            if (recent == NONE) {
                recent = new long[RECENT];
                Arrays.fill(recent, -1);
            }
            recent[(int) (sequence % RECENT)] = sequence;
        }
    }

    /** Whether a segment was sent, of the newest ones. */
    boolean gave(long sequence) {
        return recent != NONE && recent[(int) (sequence % RECENT)] == sequence;
    }

    long share() {
        return share;
    }

    void share(long bytes) {
        share = bytes;
    }
}
