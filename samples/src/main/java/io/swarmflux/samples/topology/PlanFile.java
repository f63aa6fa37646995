package io.swarmflux.samples.topology;

import io.swarmflux.peer.Discovery;
import io.swarmflux.peer.MeshPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A topology file that a strategy builds, for {@code topology draw} and {@code simulate}.
 *
 * @param strategy whom each peer chooses
 * @param peers how many there are beside the seeder, from 1
 * @param upstreams how many each takes
 * @param rate of the stream, in bits a second
 * @param uploads what the peers can send, in turn; the seeder can send three times the stream
 * @param islandSize how many peers are in each island, in turn with those in none; 0 for no islands
 * @param regions in how many places peers are, 1 for all in one: each place further costs 20 ms
 * @param seed of what is left to chance
 */
public record PlanFile(
        Discovery.Strategy strategy,
        int peers,
        int upstreams,
        long rate,
        List<Long> uploads,
        int islandSize,
        int regions,
        long seed) {
    private static final int NEAR_MS = 5;
    private static final int STEP_MS = 20;
    private static final int DEADLINE_SECONDS = 4;

    /** Checks the numbers. */
    public PlanFile {
        uploads = List.copyOf(uploads);
        check("peers", peers, 1, 9_999);
        check("upstreams", upstreams, 1, 64);
        check("island-size", islandSize, 0, 1_000);
        check("regions", regions, 1, 100);
        if (rate < 1 || uploads.isEmpty()) {
            throw new IllegalArgumentException("a plan has a rate and an upload, was " + rate + " and " + uploads);
        }
    }

    private static void check(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " is " + least + " to " + most + ", was " + value);
        }
    }

    private List<MeshPlan.Member> members() {
        List<MeshPlan.Member> members = new ArrayList<>();
        members.add(new MeshPlan.Member("source", 3 * rate, null, 0));
        for (int i = 0; i < peers; i++) {
            members.add(new MeshPlan.Member("p" + (i + 1), uploads.get(i % uploads.size()), island(i), i % regions));
        }
        return members;
    }

    /** Every second handful of peers is an island. */
    private @Nullable String island(int peer) {
        int handful = islandSize == 0 ? 0 : peer / islandSize;
        return handful % 2 == 0 ? null : "lan" + (handful / 2 + 1);
    }

    /**
     * The file.
     *
     * @return its text
     */
    public String text() {
        List<MeshPlan.Member> members = members();
        Map<String, List<String>> upstreamsOf = MeshPlan.of(strategy, members, upstreams, rate, seed);
        StringBuilder text = new StringBuilder();
        line(
                text,
                "# %d peers, each with %d upstreams, as the strategy %s chooses them; seed %d.",
                peers,
                upstreams,
                name(),
                seed);
        line(text, "streams:%n  channel: {mode: live}");
        line(
                text,
                "seeders:%n  source: {counter: 1000000, pace: %s, segment-size: 16k, upload-limit: %s}",
                bits(rate),
                bits(3 * rate));
        line(text, "peers:");
        for (MeshPlan.Member one : members.subList(1, members.size())) {
            long upload = one.uploadBitsPerSecond();
            line(
                    text,
                    "  %s: {upstreams: [%s]%s}",
                    one.name(),
                    String.join(", ", Objects.requireNonNull(upstreamsOf.get(one.name()))),
                    upload == 0 ? "" : ", upload-limit: " + bits(upload));
        }
        islands(text, members);
        links(text, members, upstreamsOf);
        line(text, "simulation: {for: 90s, delay: %dms, deadline: %ds, measure-from: 20s}", NEAR_MS, DEADLINE_SECONDS);
        return text.toString();
    }

    private void islands(StringBuilder text, List<MeshPlan.Member> members) {
        Map<String, List<String>> islands = new LinkedHashMap<>();
        for (MeshPlan.Member one : members) {
            if (one.island() != null) {
                islands.computeIfAbsent(one.island(), name -> new ArrayList<>()).add(one.name());
            }
        }
        islands.values().removeIf(some -> some.size() < 2);
        if (!islands.isEmpty()) {
            line(text, "islands:");
            islands.forEach(
                    (name, some) -> line(text, "  %s: {delay: 1ms, members: [%s]}", name, String.join(", ", some)));
        }
    }

    private void links(StringBuilder text, List<MeshPlan.Member> members, Map<String, List<String>> upstreamsOf) {
        if (regions == 1) {
            return;
        }
        Map<String, Integer> regionOf = new LinkedHashMap<>();
        members.forEach(one -> regionOf.put(one.name(), one.region()));
        line(text, "links:");
        upstreamsOf.forEach((name, some) -> {
            for (String up : some) {
                int apart =
                        Math.abs(Objects.requireNonNull(regionOf.get(name)) - Objects.requireNonNull(regionOf.get(up)));
                line(text, "  - {between: [%s, %s], delay: %dms}", name, up, NEAR_MS + STEP_MS * apart);
            }
        });
    }

    private String name() {
        return strategy.name().toLowerCase(Locale.ROOT);
    }

    private static String bits(long perSecond) {
        return perSecond % 1_000 == 0 ? perSecond / 1_000 + "kbit" : perSecond + "bit";
    }

    private static void line(StringBuilder text, String form, Object... values) {
        text.append(String.format(Locale.ROOT, form, values)).append('\n');
    }
}
