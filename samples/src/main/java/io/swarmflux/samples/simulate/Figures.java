package io.swarmflux.samples.simulate;

import io.swarmflux.peer.PeerSnapshot;
import io.swarmflux.topology.Simulation;
import io.swarmflux.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What came out of one run. {@code docs/simulate.md} says what each figure means and what it counts.
 *
 * @param seed of the run
 * @param peers of each seeder and peer
 * @param spread over all peers
 * @param kills of each event that removed peers
 * @param load the part of the highest possible rate that the stream has; negative when nothing limits it
 * @param sentByKind bytes sent by the type of their frames
 * @param islands of each island
 * @param seederCopies how often the stream left its seeders over links
 */
record Figures(
        long seed,
        List<PeerFigures> peers,
        Spread spread,
        List<Survivors> kills,
        double load,
        Map<Integer, Long> sentByKind,
        List<IslandFigures> islands,
        double seederCopies) {

    /**
     * Who stayed after a kill.
     *
     * @param atSeconds when it happened
     * @param killed how many left
     * @param stayed how many stayed to the end
     * @param complete how many of those got every segment made since then that was due
     * @param onTime how many of those had every segment at its deadline
     */
    record Survivors(double atSeconds, int killed, int stayed, int complete, int onTime) {
        /** The share of survivors that lost nothing. */
        double share() {
            return stayed == 0 ? 1 : (double) complete / stayed;
        }
    }

    /** Measures a run. */
    static Figures of(long seed, Run run) {
        return new Measure(run).figures(seed);
    }

    // ------------------------------------------------------------------ over all peers

    private List<PeerFigures> receivers() {
        return peers.stream().filter(peer -> !peer.seeder()).toList();
    }

    /** Whether there was anything to measure. */
    boolean measured() {
        return receivers().stream().anyMatch(peer -> peer.due() > 0);
    }

    int survivors() {
        return (int) receivers().stream().filter(PeerFigures::survived).count();
    }

    double continuity() {
        long due = receivers().stream().mapToLong(PeerFigures::due).sum();
        long onTime = receivers().stream().mapToLong(PeerFigures::onTime).sum();
        return due == 0 ? 1 : (double) onTime / due;
    }

    double worstContinuity() {
        return receivers().stream().mapToDouble(PeerFigures::continuity).min().orElse(1);
    }

    /** How many peers had every segment at its deadline. */
    long flawless() {
        return receivers().stream().filter(peer -> peer.onTime() == peer.due()).count();
    }

    long missing() {
        return receivers().stream().mapToLong(PeerFigures::missing).sum();
    }

    long skipped() {
        return survivorsOnly().stream().mapToLong(PeerFigures::skipped).sum();
    }

    private List<PeerFigures> survivorsOnly() {
        return receivers().stream().filter(PeerFigures::survived).toList();
    }

    long damaged() {
        return peers.stream().mapToLong(PeerFigures::damaged).sum();
    }

    double duplicates() {
        long received = receivers().stream().mapToLong(PeerFigures::received).sum();
        long duplicates =
                receivers().stream().mapToLong(PeerFigures::duplicates).sum();
        return received == 0 ? 0 : (double) duplicates / received;
    }

    double control() {
        long sent = peers.stream().mapToLong(PeerFigures::sentBytes).sum();
        long control = peers.stream().mapToLong(PeerFigures::controlBytes).sum();
        return sent == 0 ? 0 : (double) control / sent;
    }

    double meanUploadMbit() {
        return receivers().stream()
                .mapToDouble(PeerFigures::uploadMbit)
                .average()
                .orElse(0);
    }

    /** The greatest part of its limit that anybody used; negative when nobody has one. */
    double mostUploadShare() {
        return peers.stream().mapToDouble(PeerFigures::uploadShare).max().orElse(-1);
    }

    /** Pairs of a surviving peer and a sub-stream that nobody is asked for. */
    long orphans() {
        return survivorsOnly().stream().mapToLong(PeerFigures::orphans).sum();
    }

    double worstStartupMillis() {
        boolean never = receivers().stream().anyMatch(peer -> peer.startupMillis() < 0 && peer.survived());
        return never
                ? -1
                : receivers().stream()
                        .mapToDouble(PeerFigures::startupMillis)
                        .max()
                        .orElse(0);
    }

    long repaired() {
        return receivers().stream().mapToLong(PeerFigures::repaired).sum();
    }

    long violations() {
        return peers.stream().mapToLong(PeerFigures::violations).sum();
    }

    /** The least share of survivors that lost nothing, over all kills; 1 without a kill. */
    double leastSurvivors() {
        return kills.stream().mapToDouble(Survivors::share).min().orElse(1);
    }

    /** The goals that were missed, in words. */
    List<String> missed(Simulation.Goals goals) {
        List<String> missed = new ArrayList<>();
        goals.continuity().ifPresent(least -> check(missed, "continuity", continuity(), least, continuity() >= least));
        goals.skipped().ifPresent(most -> check(missed, "skipped", (double) skipped(), most, skipped() <= most));
        goals.survivors()
                .ifPresent(least -> check(missed, "survivors", leastSurvivors(), least, leastSurvivors() >= least));
        goals.duplicates().ifPresent(most -> check(missed, "duplicates", duplicates(), most, duplicates() <= most));
        goals.control().ifPresent(most -> check(missed, "control", control(), most, control() <= most));
        goals.median()
                .ifPresent(most -> check(missed, "median", spread.quantile(0.5), most, spread.quantile(0.5) <= most));
        goals.missing().ifPresent(most -> check(missed, "missing", (double) missing(), most, missing() <= most));
        missed(goals.islands(), missed);
        goals.p99().ifPresent(most -> check(missed, "p99", spread.quantile(0.99), most, spread.quantile(0.99) <= most));
        return missed;
    }

    private void missed(Simulation.IslandGoals goals, List<String> missed) {
        atMost(missed, "naks-per-loss", naksPerLoss(), goals.naksPerLoss());
        atMost(missed, "uplink-copies", uplinkCopies(), goals.uplinkCopies());
        atMost(missed, "seeder-copies", seederCopies, goals.seederCopies());
        atMost(missed, "group-control", groupControl(), goals.groupControl());
        goals.pause()
                .ifPresent(most -> atMost(missed, "pause", pauseMillis(), OptionalDouble.of(most.toNanos() / 1e6)));
    }

    private static void atMost(List<String> missed, String what, double was, OptionalDouble goal) {
        goal.ifPresent(most -> check(missed, what, was, most, was <= most));
    }

    /** The most pieces asked for of any island, for each frame that all of it have lost; -1 when there was none. */
    double naksPerLoss() {
        return most(IslandFigures::naksPerLoss);
    }

    double uplinkCopies() {
        return most(IslandFigures::uplinkCopies);
    }

    double groupControl() {
        return most(IslandFigures::control);
    }

    double pauseMillis() {
        return most(IslandFigures::pauseMillis);
    }

    private double most(ToDoubleFunction<IslandFigures> figure) {
        return islands.stream().mapToDouble(figure).max().orElse(-1);
    }

    private static void check(List<String> missed, String what, double was, double goal, boolean reached) {
        if (!reached) {
            missed.add(what + " was " + Results.number(was) + ", the goal is " + Results.number(goal));
        }
    }

    /** Works out the figures of one run. */
    private static final class Measure {
        private final Run run;
        private final Map<String, long[]> births = new HashMap<>();
        private final Map<String, Topology.Peer> peers = new HashMap<>();
        private final Spread all = new Spread();
        private final Map<Trace, long[]> faultNs = new HashMap<>();

        Measure(Run run) {
            this.run = run;
            run.topology().peers().forEach(peer -> peers.put(peer.name(), peer));
            for (Topology.Stream stream : run.topology().streams()) {
                births.put(stream.id().name(), births(stream));
            }
        }

        /** When each sequence was made, by whichever seeder made it first. */
        private long[] births(Topology.Stream stream) {
            List<Trace> seeders = run.traces().stream()
                    .filter(trace -> trace.seeder() && trace.stream().equals(stream))
                    .toList();
            int made = 0;
            while (firstArrival(seeders, made) != Long.MAX_VALUE) {
                made++;
            }
            long[] bornNs = new long[made];
            for (int sequence = 0; sequence < made; sequence++) {
                bornNs[sequence] = firstArrival(seeders, sequence);
            }
            return bornNs;
        }

        private static long firstArrival(List<Trace> traces, long sequence) {
            return traces.stream()
                    .mapToLong(trace -> trace.arrivalNs(sequence))
                    .filter(atNs -> atNs >= 0)
                    .min()
                    .orElse(Long.MAX_VALUE);
        }

        Figures figures(long seed) {
            List<PeerFigures> figures = new ArrayList<>();
            Map<Integer, Long> byKind = new TreeMap<>();
            for (Trace trace : run.traces()) {
                figures.add(peer(trace));
                long[] sent = trace.sentBytes();
                for (int kind = 0; kind < sent.length; kind++) {
                    if (sent[kind] > 0) {
                        byKind.merge(kind, sent[kind], Long::sum);
                    }
                }
            }
            List<Survivors> survivors =
                    run.kills().stream().map(this::survivors).toList();
            long made = births.values().stream().mapToLong(this::measured).sum();
            long given = run.traces().stream()
                    .filter(Trace::seeder)
                    .mapToLong(Trace::given)
                    .sum();
            List<IslandFigures> islands = run.islands().stream()
                    .map(island -> island.figures(made(island)))
                    .toList();
            double copies = made == 0 ? 0 : (double) given / made;
            return new Figures(seed, figures, all, survivors, Load.of(run.topology()), byKind, islands, copies);
        }

        /** How many segments of a stream were made in the time that counts. */
        private long measured(long[] born) {
            return Arrays.stream(born)
                    .filter(bornNs -> bornNs >= run.simulation().measureFrom().toNanos())
                    .count();
        }

        private long made(IslandMeter island) {
            return run.traces().stream()
                    .filter(trace -> trace.island() == island)
                    .findFirst()
                    .map(trace -> measured(Objects.requireNonNull(
                            births.get(trace.stream().id().name()))))
                    .orElse(0L);
        }

        private PeerFigures peer(Trace trace) {
            Topology.Peer peer = peers.get(trace.name());
            long[] born = Objects.requireNonNull(births.get(trace.stream().id().name()));
            Slots slots = peer == null ? new Slots(1) : Slots.of(run.topology(), peer);
            Duration deadline = peer == null ? Duration.ZERO : slots.deadline(run.simulation(), peer);
            long endNs = Math.min(run.endNs(), trace.leftNs());
            Spread mine = new Spread();
            long[] counts = new long[4];
            long[] worstNs = {-1, -1};
            long hops = 0;
            for (int sequence = 0; sequence < born.length && peer != null; sequence++) {
                long bornNs = born[sequence];
                if (bornNs < run.simulation().measureFrom().toNanos()
                        || (trace.firstPlayed() >= 0 && sequence < trace.firstPlayed())
                        || bornNs + deadline.toNanos() > endNs) {
                    continue;
                }
                counts[0]++;
                long cameNs = trace.arrivalNs(sequence);
                boolean came = cameNs >= 0 && cameNs <= endNs;
                boolean onTime = came && cameNs - bornNs <= deadline.toNanos();
                counts[onTime ? 1 : came ? 2 : 3]++;
                worstNs[0] = came ? worstNs[0] : bornNs;
                worstNs[1] = onTime ? worstNs[1] : bornNs;
                if (came) {
                    double delay = (double) Math.max(0, cameNs - bornNs) / slots.ns();
                    mine.add(delay, trace.hops(sequence));
                    all.add(delay, trace.hops(sequence));
                    hops += trace.hops(sequence);
                }
            }
            faultNs.put(trace, worstNs);
            return figures(trace, counts, mine, hops, endNs);
        }

        private PeerFigures figures(Trace trace, long[] counts, Spread mine, long hops, long endNs) {
            PeerSnapshot snapshot = run.snapshots().get(trace.name());
            long[] sent = trace.sentBytes();
            long sentBytes = Arrays.stream(sent).sum();
            double seconds = (endNs - run.simulation().measureFrom().toNanos()) / 1e9;
            double mbit = seconds <= 0 ? 0 : sentBytes * 8 / seconds / 1e6;
            long limit = trace.limits().upload();
            return new PeerFigures(
                    trace.name(),
                    trace.seeder(),
                    trace.leftNs() == Long.MAX_VALUE,
                    counts[0],
                    counts[1],
                    counts[2],
                    counts[3],
                    mine.quantile(0.5),
                    mine.quantile(0.99),
                    mine.count() == 0 ? 0 : (double) hops / mine.count(),
                    trace.received(),
                    trace.duplicates(),
                    mbit,
                    limit == 0 ? -1 : mbit * 1e6 / limit,
                    sentBytes - sent[Tap.SEGMENT] - sent[IslandMeter.CHUNK],
                    sentBytes,
                    trace.orphans(),
                    trace.firstPlayedNs() < 0 ? -1 : trace.firstPlayedNs() / 1e6,
                    trace.played(),
                    trace.skipped(),
                    trace.damaged(),
                    snapshot == null ? 0 : snapshot.repair().answered(),
                    snapshot == null ? 0 : snapshot.violations());
        }

        private Survivors survivors(SimulatedSwarm.Kill kill) {
            int stayed = 0;
            int complete = 0;
            int onTime = 0;
            for (Trace trace : run.traces()) {
                if (trace.seeder() || trace.leftNs() != Long.MAX_VALUE) {
                    continue;
                }
                long[] worst = Objects.requireNonNull(faultNs.get(trace));
                boolean plays = trace.firstPlayed() >= 0;
                stayed++;
                complete += plays && worst[0] < kill.atNs() ? 1 : 0;
                onTime += plays && worst[1] < kill.atNs() ? 1 : 0;
            }
            return new Survivors(kill.atNs() / 1e9, kill.peers(), stayed, complete, onTime);
        }
    }
}
