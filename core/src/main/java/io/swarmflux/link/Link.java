package io.swarmflux.link;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One conversation that carries whole frames both ways, whatever the transport. A frame is opaque bytes, 1 to
 * {@link #maxFrameBytes()} long; the transport never looks inside.
 *
 * <p>The receiving side is always read: a link knows no back-pressure of its own, because the peers on top grant each
 * other credit. The sending side accepts what it is given and tells how much of it has not left yet; whoever sends
 * keeps that small.
 */
public interface Link extends Disposable {
    /** The longest that {@link #close()} takes, whatever the other end does: 2 s. */
    Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    /**
     * The other end, for people: an address or a name.
     *
     * @return for example {@code 192.0.2.7:9000}
     */
    String remote();

    /**
     * Whether this end opened the link.
     *
     * @return true when it came from {@link Transport#dial}, false when a {@link Listener} accepted it
     */
    boolean dialled();

    /**
     * The longest frame this link carries.
     *
     * @return bytes
     */
    int maxFrameBytes();

    /**
     * The frames that come in, in the order sent.
     *
     * @return emits each frame as a read-only view, from its position to its limit, that is <em>valid only during {@code onNext}</em>; demand must be
     *     unbounded; completes when the link is closed by either side, fails with {@link LinkException} when it broke or
     *     the other end violated the framing; one subscriber, and nothing is lost before it subscribes; emits on
     *     the transport's thread, one frame at a time
     */
    Flux<ByteBuffer> receive();

    /**
     * Sends one frame, given in parts so that a prefix and a shared body need not be copied together. Never blocks. The
     * parts' bytes must not change afterwards; their positions are not moved. May be called from any thread; frames
     * leave in the order of the calls.
     *
     * @param parts the frame's bytes, in order
     * @return false when the link is closed and the frame was dropped
     * @throws IllegalArgumentException when the frame is empty or longer than {@link #maxFrameBytes()}
     */
    boolean send(ByteBuffer... parts);

    /**
     * How many bytes were accepted by {@link #send} and have not been handed to the network yet.
     *
     * @return bytes, an estimate when read from another thread
     */
    long unsentBytes();

    /**
     * How many frames have come that were not passed on to {@link #receive()}: of strangers where there is a secret, sent a second time, or
     * nothing of ours at all.
     *
     * @return a number that only grows; 0 where the network brings nothing but what the other end has sent
     */
    default long droppedFrames() {
        return 0;
    }

    /**
     * The end of the link.
     *
     * @return completes once when the link is closed, by either side or by failure; any number of subscribers, late ones
     *     are answered at once
     */
    Mono<Void> onClose();

    /**
     * Sends what was accepted, then closes. Frames sent afterwards are dropped. An end that does not read cannot hold
     * the link open: after {@link #CLOSE_LIMIT} it is cut as by {@link #dispose()}, and what has not left is lost. Does
     * nothing when closed already.
     *
     * @return completes when the link is closed, everything sent or not, {@link #CLOSE_LIMIT} after the first
     *     subscription at the latest
     */
    Mono<Void> close();

    /**
     * The subject of the certificate that the other end proved to own.
     *
     * @return the common name under mutual TLS, null everywhere else
     */
    default @Nullable String provenName() {
        return null;
    }

    /** Closes at once; what has not left is dropped. */
    @Override
    void dispose();

    /**
     * The size of a frame given in parts, for those who write {@link #send}.
     *
     * @param maxFrameBytes the longest frame allowed
     * @param parts the frame's bytes, in order
     * @return bytes, at least one
     * @throws IllegalArgumentException when the frame is empty or too long
     */
    static int frameBytes(int maxFrameBytes, ByteBuffer... parts) {
        long size = 0;
        for (ByteBuffer part : parts) {
            size += part.remaining();
        }
        if (size == 0) {
            throw new IllegalArgumentException("a frame must not be empty");
        }
        if (size > maxFrameBytes) {
            throw new IllegalArgumentException("a frame must be at most " + maxFrameBytes + " bytes, was " + size);
        }
        return (int) size;
    }
}
