package io.swarmflux.swarm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that others have named, and which of them may be dialled when.
 *
 * <p><b>The problem.</b> A neighbour names addresses that this peer dials. One that means harm could so have this peer knock at
 * any door, as often as it likes, also behind a firewall.
 *
 * <p><b>The bounds.</b> At most three redirects are followed in a row, and four addresses are dialled in a second in all. What failed
 * is not dialled again for 60 s, whoever names it. An address that is reachable only from near by is taken, and told, only
 * when the neighbour is at least as near: a neighbour on a private network may name addresses of private networks, but only one
 * on this host may name this host. A name could stand for any address, so it counts as private. Addresses that are no {@code host:port}
 * are judged by the transport alone.
 */
public final class Hints {
    /** How many redirects are followed in a row. */
    public static final int MAX_ROW = 3;

    private static final int DIALS = 4;
    private static final long DIALS_NS = 1_000_000_000L;
    private static final long FAILED_NS = 60_000_000_000L;
    private static final long STALE_NS = 10_000_000_000L;
    private static final int MAX_WAITING = 64;

    private final Map<String, Waiting> waiting = new LinkedHashMap<>();
    private final Map<String, Long> failedAtNs = new LinkedHashMap<>();
    private final Deque<Long> dialledAtNs = new ArrayDeque<>();

    /**
     * An address that somebody named.
     *
     * @param peer who is said to listen there
     * @param address in the transport's form
     * @param row by how many redirects in a row it was found, from 1
     */
    public record Hint(String peer, String address, int row) {}

    private record Waiting(Hint hint, long dueNs) {}

    /** Nothing was named yet. */
    public Hints() {}

    /**
     * Whether an address may be told to a neighbour, or be taken from it.
     *
     * @param address what is named
     * @param neighbour the neighbour's own address, as the transport sees it
     * @return false when only somebody nearer could reach it
     */
    public static boolean mayPass(String address, String neighbour) {
        Locality named = Locality.of(address);
        Locality near = Locality.of(neighbour);
        if (named == Locality.NOBODY) {
            return false;
        }
        if (near == Locality.OTHER && Locality.host(address) != null) {
            // the transport has addresses of its own, and some of them may look like a name and a port
            String host = String.valueOf(Locality.host(address));
            boolean ip = host.startsWith("[") || Locality.ipv4(host) != null;
            return !ip || named == Locality.GLOBAL;
        }
        return named.compareTo(Locality.GLOBAL) <= 0 || named.compareTo(near) <= 0;
    }

    /**
     * Where a neighbour can be dialled that listens on all addresses of its host: at the one it is seen at.
     *
     * @param advertised what it says
     * @param seen its address, as the transport sees it
     * @return the same, but for {@code 0.0.0.0} and {@code [::]}
     */
    public static String at(String advertised, String seen) {
        String host = Locality.host(advertised);
        String other = Locality.host(seen);
        boolean wildcard = host != null && (host.equals("0.0.0.0") || host.equals("[::]"));
        return wildcard && other != null ? other + advertised.substring(advertised.lastIndexOf(':')) : advertised;
    }

    /**
     * A neighbour has named an address.
     *
     * @param hint what it said
     * @param neighbour its own address, as the transport sees it
     * @param dueNs when it may be dialled at the earliest
     * @param nowNs the time
     * @return whether it may be dialled then
     */
    public boolean offer(Hint hint, String neighbour, long dueNs, long nowNs) {
        forget(nowNs);
        if (hint.row() > MAX_ROW
                || waiting.size() >= MAX_WAITING
                || waiting.containsKey(hint.address())
                || failedAtNs.containsKey(hint.address())
                || !mayPass(hint.address(), neighbour)) {
            return false;
        }
        waiting.put(hint.address(), new Waiting(hint, dueNs));
        return true;
    }

    /**
     * What to dial now, if anything; it counts as dialled.
     *
     * @param nowNs the time
     * @return null when nothing was named that is due, or enough was dialled within this second
     */
    public @Nullable Hint poll(long nowNs) {
        forget(nowNs);
        if (dialledAtNs.size() >= DIALS) {
            return null;
        }
        for (Waiting one : waiting.values()) {
            if (nowNs >= one.dueNs()) {
                waiting.remove(one.hint().address());
                dialledAtNs.add(nowNs);
                return one.hint();
            }
        }
        return null;
    }

    /**
     * Whether an address that was found in another way may be dialled now; it counts as dialled then.
     *
     * @param nowNs the time
     * @return false when enough was dialled within this second
     */
    public boolean tryDial(long nowNs) {
        forget(nowNs);
        return dialledAtNs.size() < DIALS && dialledAtNs.add(nowNs);
    }

    /**
     * An address led to nothing.
     *
     * @param address what was dialled
     * @param nowNs the time
     */
    public void failed(String address, long nowNs) {
        failedAtNs.remove(address);
        failedAtNs.put(address, nowNs);
    }

    /** Nothing more is wanted of those who were named. */
    public void clear() {
        waiting.clear();
    }

    private void forget(long nowNs) {
        while (!dialledAtNs.isEmpty() && nowNs - dialledAtNs.element() >= DIALS_NS) {
            dialledAtNs.remove();
        }
        failedAtNs.values().removeIf(atNs -> nowNs - atNs >= FAILED_NS);
        waiting.values().removeIf(one -> nowNs - one.dueNs() >= STALE_NS);
    }

    /**
     * Whether nothing waits to be dialled.
     *
     * @return whether {@link #poll} has nothing to give, now or later
     */
    public boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * What waits to be dialled.
     *
     * @return in the order in which it was named
     */
    public List<Hint> waiting() {
        List<Hint> hints = new ArrayList<>();
        waiting.values().forEach(one -> hints.add(one.hint()));
        return hints;
    }
}
