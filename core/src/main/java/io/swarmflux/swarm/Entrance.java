package io.swarmflux.swarm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is let in where only so many are served.
 *
 * <p><b>The problem.</b> Who finds a peer full can go elsewhere, as long as it gets the stream from somebody. Who has no path to the
 * stream at all may find everybody full, although some of those who are served there need not be.
 *
 * <p><b>The idea.</b> For somebody without a path room is made. A downstream that takes nothing goes first: it keeps a place it does not
 * need. When there is none, one downstream after the other, first who passes least on, is asked to take everything from others; one that can does, takes
 * nothing then, and goes. Until that happens whoever has no path waits, and nobody else gets the place.
 */
public final class Entrance {
    private static final long WAITS_NS = 2_500_000_000L;
    private static final long ASK_EVERY_NS = 250_000_000L;
    /** Who has just come takes nothing yet. */
    private static final long IDLE_NS = 1_000_000_000L;

    private static final long REST_NS = 5_000_000_000L;

    private final int places;
    private final Map<String, Long> waiting = new LinkedHashMap<>();
    private final Map<String, Long> asked = new HashMap<>();
    private long askedAtNs = Long.MIN_VALUE / 2;

    /** How a request went. */
    public enum Answer {
        /** It is let in. */
        ADMITTED,
        /** There is no place for it. */
        FULL,
        /** Room is being made: it may ask again soon. */
        WAITING
    }

    /**
     * Somebody who is served.
     *
     * @param name its id
     * @param idleNs since how long it takes nothing; negative while it takes something
     * @param reach how many peers get what it takes, itself included, over all sub-streams: who passes nothing on has the least
     */
    public record Guest(String name, long idleNs, long reach) {}

    /** What to do to make room. */
    public sealed interface Step {
        /**
         * Whom it is about.
         *
         * @return its id
         */
        String name();
    }

    /**
     * It takes nothing: serve it no more.
     *
     * @param name its id
     */
    public record Drop(String name) implements Step {}

    /**
     * Ask it to take everything from others, if it can.
     *
     * @param name its id
     */
    public record AskToGo(String name) implements Step {}

    /**
     * Nobody is here.
     *
     * @param places how many are served at most
     */
    public Entrance(int places) {
        this.places = places;
    }

    /**
     * Somebody wants to be served.
     *
     * @param name its id
     * @param withoutPath whether nobody brings it anything
     * @param present how many are served
     * @param nowNs the time
     * @return whether it is let in
     */
    public Answer ask(String name, boolean withoutPath, int present, long nowNs) {
        waiting.values().removeIf(atNs -> nowNs - atNs > WAITS_NS);
        int before = 0;
        for (String other : waiting.keySet()) {
            if (other.equals(name)) {
                break;
            }
            before++;
        }
        if (present + before < places) {
            waiting.remove(name);
            return Answer.ADMITTED;
        }
        if (!withoutPath || places == 0) {
            waiting.remove(name);
            return Answer.FULL;
        }
        waiting.put(name, nowNs); // keeps its turn when it has asked before
        return Answer.WAITING;
    }

    /**
     * Whether room is to be made for somebody.
     *
     * @return false when nobody waits
     */
    public boolean anybodyWaits() {
        return !waiting.isEmpty();
    }

    /**
     * What to do for those who wait.
     *
     * @param present everybody who is served
     * @param nowNs the time
     * @return the steps, in order; none while nobody waits in vain
     */
    public List<Step> plan(List<Guest> present, long nowNs) {
        waiting.values().removeIf(atNs -> nowNs - atNs > WAITS_NS);
        asked.values().removeIf(atNs -> nowNs - atNs > REST_NS);
        int wanted = waiting.size() - (places - present.size());
        List<Step> steps = new ArrayList<>();
        if (waiting.isEmpty() || wanted <= 0) {
            return steps;
        }
        present.stream()
                .filter(one -> one.idleNs() >= (asked.containsKey(one.name()) ? 0 : IDLE_NS))
                .sorted(Comparator.comparingLong(one -> -one.idleNs()))
                .limit(wanted)
                .forEach(one -> steps.add(new Drop(one.name())));
        if (steps.size() < wanted && nowNs - askedAtNs >= ASK_EVERY_NS) {
            present.stream()
                    .filter(one -> one.idleNs() < 0 && !asked.containsKey(one.name()))
                    .min(Comparator.comparingLong(Guest::reach))
                    .ifPresent(one -> {
                        askedAtNs = nowNs;
                        asked.put(one.name(), nowNs);
                        steps.add(new AskToGo(one.name()));
                    });
        }
        return steps;
    }
}
