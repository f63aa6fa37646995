package io.swarmflux.swarm;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Whom a peer takes as upstreams: the next of those it knows, and whom it would change for another later. Who has no free place comes
 * last, whatever the strategy.
 *
 * <p>Each but the first mixes its rule with chance, half and half: a mesh in which everybody follows one rule falls into parts, or
 * leaves those that the rule does not favour without anybody (Magharei and Rejaie, 2007; HyParView).
 */
public enum Strategy {
    /** A random mesh: each as likely as the others. */
    RANDOM {
        @Override
        Prospect rule(List<Prospect> from, Eyes eyes, DoubleSupplier dice) {
            return drawn(from, dice);
        }
    },

    /**
     * Every second upstream is the strongest of those that are at least as strong as this peer: so strong peers gather near the source, and
     * the weak still have half of their upstreams among everybody. An unknown upload counts as the middle of those that are known.
     */
    BANDWIDTH {
        @Override
        Prospect rule(List<Prospect> from, Eyes eyes, DoubleSupplier dice) {
            if (eyes.chosen().size() % 2 == 1) {
                return drawn(from, dice);
            }
            long middle = middle(from);
            List<Prospect> peers = from.stream()
                    .filter(one -> upload(one, middle) >= eyes.uploadBitsPerSecond())
                    .toList();
            return peers.isEmpty() ? drawn(from, dice) : most(peers, one -> upload(one, middle), dice);
        }

        @Override
        @Nullable
        Swap rule(List<Prospect> from, Eyes eyes) {
            long middle = middle(from);
            long own = eyes.uploadBitsPerSecond();
            long strong = eyes.chosen().stream()
                    .filter(one -> upload(one, middle) >= own)
                    .count();
            Prospect weakest = eyes.chosen().stream()
                    .min(Comparator.comparingLong(one -> upload(one, middle)))
                    .orElse(null);
            Prospect strongest = from.stream()
                    .max(Comparator.comparingLong(one -> upload(one, middle)))
                    .orElse(null);
            if (weakest == null
                    || strongest == null
                    || strong * 2 >= eyes.chosen().size()) {
                return null;
            }
            long best = upload(strongest, middle);
            return best >= own && best >= CLEARLY * upload(weakest, middle) ? new Swap(weakest, strongest) : null;
        }
    },

    /**
     * A forest: each peer is at home in one tree, by its name, and takes an upstream from each. Those who are at home in a tree are the ones
     * that pass its sub-streams on; all others are its leaves.
     */
    FOREST {
        @Override
        Prospect rule(List<Prospect> from, Eyes eyes, DoubleSupplier dice) {
            Set<Integer> covered = new HashSet<>();
            eyes.chosen().forEach(one -> covered.add(home(one.peer(), eyes.wanted())));
            List<Prospect> others = from.stream()
                    .filter(one -> !covered.contains(home(one.peer(), eyes.wanted())))
                    .toList();
            return drawn(others.isEmpty() ? from : others, dice);
        }

        @Override
        @Nullable
        Swap rule(List<Prospect> from, Eyes eyes) {
            Map<Integer, Prospect> first = new HashMap<>();
            Prospect twice = null;
            for (Prospect one : eyes.chosen()) {
                if (first.putIfAbsent(home(one.peer(), eyes.wanted()), one) != null) {
                    twice = one;
                }
            }
            for (Prospect one : from) {
                if (twice != null && !first.containsKey(home(one.peer(), eyes.wanted()))) {
                    return new Swap(twice, one);
                }
            }
            return null;
        }
    },

    /** Every second upstream is the nearest by measured round trip; the others are drawn, and so measured. */
    NEARBY {
        @Override
        Prospect rule(List<Prospect> from, Eyes eyes, DoubleSupplier dice) {
            List<Prospect> measured =
                    from.stream().filter(one -> one.roundTripUs() >= 0).toList();
            boolean near = eyes.chosen().size() % 2 == 0 && !measured.isEmpty();
            return near ? most(measured, one -> -one.roundTripUs(), dice) : drawn(from, dice);
        }

        @Override
        @Nullable
        Swap rule(List<Prospect> from, Eyes eyes) {
            List<Prospect> measured = eyes.chosen().stream()
                    .filter(one -> one.roundTripUs() >= 0)
                    .sorted(Comparator.comparingLong(Prospect::roundTripUs))
                    .toList();
            Prospect nearest = from.stream()
                    .filter(one -> one.roundTripUs() >= 0)
                    .min(Comparator.comparingLong(Prospect::roundTripUs))
                    .orElse(null);
            if (nearest == null || measured.size() < 2) {
                return null;
            }
            // the nearer half is kept near, and the farther half as it was drawn
            Prospect farthest = measured.get((measured.size() - 1) / 2);
            return farthest.roundTripUs() > CLEARLY * nearest.roundTripUs() ? new Swap(farthest, nearest) : null;
        }
    },

    /**
     * Of each island one member at most, for all of them have the same; and none of the own island, whose stream comes by multicast. Chance
     * decides among the others.
     */
    ISLANDS {
        @Override
        Prospect rule(List<Prospect> from, Eyes eyes, DoubleSupplier dice) {
            List<Prospect> others =
                    from.stream().filter(one -> isNew(one, eyes)).toList();
            return drawn(others.isEmpty() ? from : others, dice);
        }

        private boolean isNew(Prospect one, Eyes eyes) {
            String island = one.island();
            return island == null
                    || (!island.equals(eyes.island())
                            && eyes.chosen().stream().noneMatch(other -> island.equals(other.island())));
        }

        @Override
        @Nullable
        Swap rule(List<Prospect> from, Eyes eyes) {
            Set<String> seen = new HashSet<>();
            Prospect twice = null;
            for (Prospect one : eyes.chosen()) {
                String island = one.island();
                if (island != null && (island.equals(eyes.island()) || !seen.add(island))) {
                    twice = one;
                }
            }
            for (Prospect one : from) {
                if (twice != null && isNew(one, eyes)) {
                    return new Swap(twice, one);
                }
            }
            return null;
        }
    };

    /** How much better somebody must be to be worth a change. */
    private static final double CLEARLY = 1.5;

    /**
     * What the peer sees that chooses.
     *
     * @param uploadBitsPerSecond how much it can send itself; 0 when it has no limit, or none is known
     * @param island its own; null for none
     * @param chosen its upstreams
     * @param wanted how many it wants, from 1
     */
    public record Eyes(long uploadBitsPerSecond, @Nullable String island, List<Prospect> chosen, int wanted) {
        /** Copies the list. */
        public Eyes {
            chosen = List.copyOf(chosen);
        }
    }

    /**
     * One upstream for another.
     *
     * @param out whom to leave
     * @param in whom to take first
     */
    public record Swap(Prospect out, Prospect in) {}

    abstract Prospect rule(List<Prospect> from, Eyes eyes, DoubleSupplier dice);

    @Nullable
    Swap rule(List<Prospect> from, Eyes eyes) {
        return null;
    }

    /**
     * The next upstream.
     *
     * @param from whom the peer knows and does not have, at least one
     * @param eyes what it sees
     * @param dice numbers from 0 to 1
     * @return one of them
     */
    public Prospect next(List<Prospect> from, Eyes eyes, DoubleSupplier dice) {
        List<Prospect> free = free(from);
        return rule(free.isEmpty() ? from : free, eyes, dice);
    }

    /**
     * A change for the better.
     *
     * @param from whom the peer knows and does not have
     * @param eyes what it sees
     * @return null when nobody is clearly better than somebody it has
     */
    public @Nullable Swap swap(List<Prospect> from, Eyes eyes) {
        List<Prospect> free = free(from);
        return free.isEmpty() || eyes.chosen().isEmpty() ? null : rule(free, eyes);
    }

    /**
     * The tree in which a peer is at home.
     *
     * @param peer its name
     * @param trees how many there are, from 1
     * @return 0 to {@code trees} - 1, the same everywhere
     */
    public static int home(String peer, int trees) {
        int hash = peer.hashCode();
        hash ^= hash >>> 16;
        hash *= 0x85ebca6b;
        hash ^= hash >>> 13;
        return Math.floorMod(hash, trees);
    }

    private static List<Prospect> free(List<Prospect> from) {
        return from.stream().filter(one -> one.freePlaces() != 0).toList();
    }

    private static Prospect drawn(List<Prospect> from, DoubleSupplier dice) {
        return from.get((int) (dice.getAsDouble() * from.size()));
    }

    private static Prospect most(List<Prospect> from, ToLongFunction<Prospect> by, DoubleSupplier dice) {
        long best = from.stream().mapToLong(by).max().orElseThrow();
        return drawn(from.stream().filter(one -> by.applyAsLong(one) == best).toList(), dice);
    }

    private static long middle(List<Prospect> from) {
        List<Long> known = from.stream()
                .map(Prospect::uploadBitsPerSecond)
                .filter(upload -> upload >= 0)
                .sorted()
                .toList();
        return known.isEmpty() ? 0 : known.get(known.size() / 2);
    }

    private static long upload(Prospect one, long middle) {
        return one.uploadBitsPerSecond() < 0 ? middle : one.uploadBitsPerSecond();
    }
}
