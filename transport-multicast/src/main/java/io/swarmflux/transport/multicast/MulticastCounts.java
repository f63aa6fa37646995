package io.swarmflux.transport.multicast;

import java.util.Map;

/**
 * What a {@link MulticastLink} has sent, received and dropped since it was opened. Every number only grows. What the network or
 * the system's receive buffer lost is in none of them: nobody here has seen it.
 *
 * @param sent frames that the system took
 * @param sentBytes their bytes
 * @param received frames that were passed to {@link MulticastLink#receive()}
 * @param receivedBytes their bytes
 * @param own datagrams of this link that came back, as all do where multicast works
 * @param dropped datagrams that were dropped, by reason; every reason is there
 */
public record MulticastCounts(
        long sent, long sentBytes, long received, long receivedBytes, long own, Map<Dropped, Long> dropped) {
    /** Copies the map. */
    public MulticastCounts {
        dropped = Map.copyOf(dropped);
    }

    /** Why a datagram was dropped. */
    public enum Dropped {
        /** To send: the send queue was full; the sender is faster than the rate of the link. */
        QUEUE_FULL,
        /** To send: the system refused it, because of a firewall or an interface that is down. */
        WRITE_FAILED,
        /** Received while nobody received frames, and too much was kept already. */
        NOT_RECEIVED,
        /** Received: no datagram of ours; another application uses the same group and port. */
        MAGIC,
        /** Received: of a version, or a kind, that is not known here. */
        VERSION,
        /** Received: shorter or longer than it says, or longer than any may be. */
        TRUNCATED,
        /** Received: plain where there is a secret, or encrypted where there is none. */
        OTHER_SECURITY,
        /** Received: from a sender that has not proved yet that it knows the secret and is there now. */
        UNBELIEVED,
        /** Received: made without the secret, or changed on its way. */
        TAG,
        /** Received: a second time, or older than the last 1,024 of its sender. */
        REPLAY,
        /** Received: from a new sender while there were as many as may be, or more than can be checked in a second. */
        TOO_MANY_SESSIONS
    }

    /**
     * How many were dropped for a reason.
     *
     * @param reason the reason
     * @return datagrams
     */
    public long dropped(Dropped reason) {
        return dropped.getOrDefault(reason, 0L);
    }

    /**
     * How many that came were dropped, for whatever reason.
     *
     * @return datagrams
     */
    public long droppedReceived() {
        long all = 0;
        for (Map.Entry<Dropped, Long> each : dropped.entrySet()) {
            boolean toSend = each.getKey() == Dropped.QUEUE_FULL || each.getKey() == Dropped.WRITE_FAILED;
            all += toSend ? 0 : each.getValue();
        }
        return all;
    }
}
