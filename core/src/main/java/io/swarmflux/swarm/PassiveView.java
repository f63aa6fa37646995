package io.swarmflux.swarm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The peers that are known and not neighbours now, from whom one that fails is replaced: the passive view of HyParView (Leitão, Pereira,
 * Rodrigues, 2007), filled from directories and by neighbours.
 *
 * <p><b>Bounds.</b> So many are kept, and at most half of them on the word of neighbours alone where directories know others: a liar
 * cannot push out everybody else. Who comes when it is full takes the place of one that failed, else of one drawn by chance, so that
 * what is kept stays a sample of all. Who failed is left alone, longer each time, and forgotten after the third time in a row.
 */
public final class PassiveView {
    private static final long FIRST_PAUSE_NS = 2_000_000_000L;
    private static final long LONGEST_PAUSE_NS = 60_000_000_000L;
    private static final int MOST_FAILURES = 3;

    private final int places;
    private final DoubleSupplier dice;
    private final Map<String, Entry> entries = new HashMap<>();
    private final List<String> order = new ArrayList<>(); // the same names, so that chance can draw one

    /** Who said so. */
    public enum Source {
        /** A directory: whoever it does not name any more is gone. */
        DIRECTORY,
        /** A neighbour has, or had, a link to it. */
        NEIGHBOUR
    }

    private static final class Entry {
        Prospect prospect;
        Source source;
        int failures;
        int address;
        long notBeforeNs = Long.MIN_VALUE;

        Entry(Prospect prospect, Source source) {
            this.prospect = prospect;
            this.source = source;
        }
    }

    /**
     * Nobody is known.
     *
     * @param places how many are kept
     * @param dice numbers from 0 to 1
     */
    public PassiveView(int places, DoubleSupplier dice) {
        this.places = places;
        this.dice = dice;
    }

    /**
     * Somebody was named.
     *
     * @param named who
     * @param by whose word it is
     */
    public void heard(Prospect named, Source by) {
        Entry known = entries.get(named.peer());
        if (known != null) {
            again(known, named, by);
            return;
        }
        if (entries.size() >= places) {
            forget(victim(by));
        }
        entries.put(named.peer(), new Entry(named, by));
        order.add(named.peer());
    }

    private static void again(Entry known, Prospect named, Source by) {
        if (by == Source.NEIGHBOUR && known.source == Source.DIRECTORY) {
            return; // it says less
        }
        boolean restarted = named.incarnation() > known.prospect.incarnation();
        boolean moved = !named.addresses().equals(known.prospect.addresses());
        if (named.incarnation() < known.prospect.incarnation()) {
            return;
        }
        known.prospect = named.roundTripUs() < 0 ? named.withRoundTrip(known.prospect.roundTripUs()) : named;
        known.source = by;
        if (by == Source.DIRECTORY && (restarted || moved)) {
            known.failures = 0;
            known.address = 0;
            known.notBeforeNs = Long.MIN_VALUE;
        }
    }

    /** Who makes room: hearsay while that has more than its half or another takes its place, one that failed before others. */
    private String victim(Source by) {
        long hearsay = entries.values().stream()
                .filter(one -> one.source == Source.NEIGHBOUR)
                .count();
        boolean onlyHearsay = hearsay > places / 2 || (by == Source.NEIGHBOUR && hearsay == places / 2);
        List<String> from = order.stream()
                .filter(name -> !onlyHearsay || entry(name).source == Source.NEIGHBOUR)
                .toList();
        List<String> failed =
                from.stream().filter(name -> entry(name).failures > 0).toList();
        List<String> drawn = failed.isEmpty() ? from.isEmpty() ? order : from : failed;
        return drawn.get((int) (dice.getAsDouble() * drawn.size()));
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalStateException(name + " is not known");
        }
        return entry;
    }

    /**
     * Somebody is gone, as a directory says. Who was named by a neighbour as well is kept only if that says so again.
     *
     * @param peer its name
     */
    public void left(String peer) {
        Entry known = entries.get(peer);
        if (known != null && known.source == Source.DIRECTORY) {
            forget(peer);
        }
    }

    /**
     * Whoever a directory named before and does not name now is gone.
     *
     * @param named the names of all that it knows
     */
    public void onlyThese(Set<String> named) {
        for (String name : List.copyOf(order)) {
            if (!named.contains(name)) {
                left(name);
            }
        }
    }

    /**
     * Somebody could not be reached, or did not serve.
     *
     * @param peer its name
     * @param nowNs the time
     */
    public void failed(String peer, long nowNs) {
        Entry known = entries.get(peer);
        if (known == null) {
            return;
        }
        known.failures++;
        known.address++;
        if (known.failures >= MOST_FAILURES * known.prospect.addresses().size() && known.source == Source.NEIGHBOUR) {
            forget(peer);
            return;
        }
        boolean another = known.address % known.prospect.addresses().size() != 0;
        int rounds = (known.failures - 1) / known.prospect.addresses().size();
        long pauseNs = Math.min(LONGEST_PAUSE_NS, FIRST_PAUSE_NS << Math.min(rounds, 10));
        if (known.source == Source.NEIGHBOUR) {
            pauseNs = LONGEST_PAUSE_NS; // it was a hint, and led to nothing
        }
        known.notBeforeNs = another ? nowNs : nowNs + (long) (pauseNs * (0.75 + dice.getAsDouble() / 2));
    }

    /**
     * Somebody has served this peer: what failed before does not count any more. Its link may be lost later.
     *
     * @param peer its name
     * @param pauseNs how long it is left alone when it is dialled again
     * @param nowNs the time
     */
    public void served(String peer, long pauseNs, long nowNs) {
        Entry known = entries.get(peer);
        if (known != null) {
            known.failures = 0;
            known.notBeforeNs = nowNs + pauseNs;
        }
    }

    /**
     * How far away somebody is was measured.
     *
     * @param peer its name
     * @param leastUs the least round trip in microseconds
     */
    public void measured(String peer, long leastUs) {
        Entry known = entries.get(peer);
        if (known != null) {
            known.prospect = known.prospect.withRoundTrip(leastUs);
        }
    }

    private void forget(String peer) {
        entries.remove(peer);
        order.remove(peer);
    }

    /**
     * Where to dial somebody.
     *
     * @param prospect who
     * @return one of its addresses, a different one after each failure
     */
    public String address(Prospect prospect) {
        Entry known = entries.get(prospect.peer());
        List<String> addresses = prospect.addresses();
        return addresses.get(known == null ? 0 : known.address % addresses.size());
    }

    /**
     * Everybody who could be dialled now.
     *
     * @param usable whether somebody may be picked
     * @param nowNs the time
     * @return in the order in which they were first named
     */
    public List<Prospect> ready(Predicate<Prospect> usable, long nowNs) {
        List<Prospect> prospects = new ArrayList<>();
        for (String name : order) {
            Entry one = entry(name);
            if (one.notBeforeNs <= nowNs && usable.test(one.prospect)) {
                prospects.add(one.prospect);
            }
        }
        return prospects;
    }

    /**
     * Whether somebody is known.
     *
     * @param peer its name
     * @return what is known of it; null when nothing is
     */
    public @Nullable Prospect get(String peer) {
        Entry known = entries.get(peer);
        return known == null ? null : known.prospect;
    }

    /**
     * Everybody that is known.
     *
     * @return in the order in which they were first named
     */
    public List<Prospect> all() {
        return order.stream().map(name -> entry(name).prospect).toList();
    }
}
