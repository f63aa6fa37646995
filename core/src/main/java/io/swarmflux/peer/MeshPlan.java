package io.swarmflux.peer;

import io.swarmflux.swarm.Prospect;
import io.swarmflux.swarm.Strategy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The mesh that a strategy builds when peers come one after the other: who would be upstream of whom. The same seed always gives the same
 * mesh.
 *
 * <p>Each newcomer knows a few of those who are there, drawn by chance, as it would from a directory, and chooses among them. Somebody's places
 * are the share of the stream that it can send, in parts as large as one upstream brings of it; without a known upload, twice as many as it
 * has upstreams.
 */
public final class MeshPlan {
    private static final int KNOWN = 30;

    private final Strategy strategy;
    private final int upstreams;
    private final long streamBitsPerSecond;
    private final Random random;
    private final List<Member> present = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();

    /**
     * Somebody of the swarm.
     *
     * @param name different from every other's
     * @param uploadBitsPerSecond how much it can send; 0 for no limit
     * @param island the island that it is a member of; null for none
     * @param region where it is: the round trip grows with the difference of two regions
     */
    public record Member(
            String name, long uploadBitsPerSecond, @Nullable String island, int region) {}

    private MeshPlan(Strategy strategy, int upstreams, long streamBitsPerSecond, long seed) {
        this.strategy = strategy;
        this.upstreams = upstreams;
        this.streamBitsPerSecond = streamBitsPerSecond;
        this.random = new Random(seed);
    }

    /**
     * Builds it.
     *
     * @param by the strategy
     * @param members the seeder first, the others in the order in which they come
     * @param upstreams how many each takes, from 1
     * @param streamBitsPerSecond the rate of the stream; positive
     * @param seed of what is left to chance
     * @return the upstreams of each but the seeder, by name
     */
    public static Map<String, List<String>> of(
            Discovery.Strategy by, List<Member> members, int upstreams, long streamBitsPerSecond, long seed) {
        if (members.isEmpty() || upstreams < 1 || streamBitsPerSecond < 1) {
            throw new IllegalArgumentException(
                    "a plan has a seeder, at least one upstream for each and a positive rate, was " + members.size()
                            + " members, " + upstreams + " upstreams, " + streamBitsPerSecond + " bit/s");
        }
        MeshPlan plan = new MeshPlan(Strategy.valueOf(by.name()), upstreams, streamBitsPerSecond, seed);
        Map<String, List<String>> chosen = new LinkedHashMap<>();
        plan.joins(members.get(0));
        for (Member member : members.subList(1, members.size())) {
            chosen.put(member.name(), plan.choose(member));
            plan.joins(member);
        }
        return chosen;
    }

    private void joins(Member member) {
        present.add(member);
        long upload = member.uploadBitsPerSecond();
        long all = upload == 0 ? 2L * upstreams : upload * upstreams / streamBitsPerSecond;
        places.merge(member.name(), (int) Math.min(all, Integer.MAX_VALUE / 2), Integer::sum);
    }

    private List<String> choose(Member self) {
        List<Prospect> known = known(self);
        List<Prospect> taken = new ArrayList<>();
        while (taken.size() < upstreams && !known.isEmpty()) {
            Prospect next = strategy.next(
                    known,
                    new Strategy.Eyes(self.uploadBitsPerSecond(), self.island(), taken, upstreams),
                    random::nextDouble);
            known.remove(next);
            taken.add(next);
            places.merge(next.peer(), -1, Integer::sum);
        }
        return taken.stream().map(Prospect::peer).toList();
    }

    /** Some of those who are there: whoever has a free place comes before the others. */
    private List<Prospect> known(Member self) {
        List<Member> all = new ArrayList<>(present);
        Collections.shuffle(all, random);
        List<Prospect> known = new ArrayList<>();
        for (boolean free : new boolean[] {true, false}) {
            for (Member one : all) {
                int left = places.getOrDefault(one.name(), 0);
                if (left > 0 == free && known.size() < KNOWN) {
                    known.add(prospect(one, self, Math.max(0, left)));
                }
            }
        }
        return known;
    }

    private Prospect prospect(Member one, Member self, int free) {
        return new Prospect(
                one.name(),
                -1,
                List.of(one.name()),
                free,
                one.uploadBitsPerSecond() == 0 ? -1 : one.uploadBitsPerSecond(),
                one.island(),
                Math.abs(one.region() - self.region()));
    }
}
