package io.swarmflux.transport.multicast;

import io.swarmflux.link.Link;

/**
 * A link into a multicast group: what is sent goes to all other members, and {@link #receive()} emits what any of them sent, never
 * one's own. Frames may be lost and come in another order, a link is not told who else is there, and it does not end when the others
 * leave. Joining a group is dialling it: {@link MulticastTransport#join}.
 *
 * <p>{@link #send} drops a frame, and counts it, when it does not fit into the send queue; {@link #unsentBytes()} tells how full
 * that is.
 */
public sealed interface MulticastLink extends Link permits GroupLink {
    /**
     * What was sent, received and dropped up to now.
     *
     * @return the counts
     */
    MulticastCounts counts();

    /**
     * Where it sends and receives.
     *
     * @return the interface, as it was when the group was joined
     */
    MulticastInterface networkInterface();

    /**
     * How much the system keeps of what was not read yet. What comes beyond is lost, and nobody is told.
     *
     * @return bytes; less than {@link MulticastTransport#receiveBuffer} asked for where the system has a limit
     */
    int receiveBufferBytes();

    /**
     * How fast it may send.
     *
     * @return bits per second on the wire, headers included
     */
    long rate();

    /**
     * Changes how fast it may send, at once and also for what waits.
     *
     * @param bitsPerSecond on the wire, headers included; at least 8,000
     */
    void rate(long bitsPerSecond);
}
