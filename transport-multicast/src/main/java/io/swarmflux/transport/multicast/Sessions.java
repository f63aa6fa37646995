package io.swarmflux.transport.multicast;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The senders that are believed: each has answered a random number of ours with a key that only who knows the secret can have.
 * Bounded in all and for each address; one that was silent for {@value #SILENT_SECONDS} s is forgotten and must answer again.
 */
final class Sessions {
    static final int SILENT_SECONDS = 10;

    private static final long SILENT_NS = SILENT_SECONDS * 1_000_000_000L;

    private final Map<Long, Session> bySession = new HashMap<>();
    private final Map<InetAddress, Integer> byAddress = new HashMap<>();
    private final InetAddress own;
    private final Limits limits;

    /** How many there may be. From an address of one's own there may be more: many members in a host is a test or a demonstration. */
    record Limits(int inAll, int perAddress, int perOwnAddress) {
        static final Limits DEFAULT = new Limits(4_096, 8, 64);
    }

    /** A sender that is believed. */
    static final class Session {
        final SecretKeySpec key;
        final ReplayWindow window;
        private final InetAddress from;
        private long heardNs;

        private Session(SecretKeySpec key, long number, InetAddress from, long nowNs) {
            this.key = key;
            this.window = new ReplayWindow(number);
            this.from = from;
            this.heardNs = nowNs;
        }

        void heard(long nowNs) {
            heardNs = nowNs;
        }
    }

    Sessions(InetAddress own, Limits limits) {
        this.own = own;
        this.limits = limits;
    }

    @Nullable
    Session get(long session) {
        return bySession.get(session);
    }

    /** Whether there is room for one more from an address, beside some that are not believed yet. */
    boolean hasRoom(InetAddress from, int others) {
        int most = from.equals(own) ? limits.perOwnAddress() : limits.perAddress();
        return bySession.size() < limits.inAll() && byAddress.getOrDefault(from, 0) + others < most;
    }

    /** Believes a sender from here on: what it sent up to this number counts as seen. */
    void add(long session, SecretKeySpec key, long number, InetAddress from, long nowNs) {
        bySession.put(session, new Session(key, number, from, nowNs));
        byAddress.merge(from, 1, Integer::sum);
    }

    void forgetSilent(long nowNs) {
        for (Iterator<Session> each = bySession.values().iterator(); each.hasNext(); ) {
            Session one = each.next();
            if (nowNs - one.heardNs > SILENT_NS) {
                each.remove();
                byAddress.computeIfPresent(one.from, (from, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    int size() {
        return bySession.size();
    }
}
