package io.swarmflux.samples.simulate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The figures of all runs as files and as a table. The same figures always give the same bytes. */
final class Results {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int CDF_SLOTS = 100;

    /** A figure over all peers of a run. Of several runs the worst is the least of some and the greatest of others. */
    private record Overall(String name, boolean moreIsBetter, ToDoubleFunction<Figures> of) {}

    private static final List<Overall> OVERALL = List.of(
            new Overall("continuity", true, Figures::continuity),
            new Overall("worstContinuity", true, Figures::worstContinuity),
            new Overall("flawlessPeers", true, Figures::flawless),
            new Overall("survivors", true, Figures::survivors),
            new Overall("medianSlots", false, f -> f.spread().quantile(0.5)),
            new Overall("p99Slots", false, f -> f.spread().quantile(0.99)),
            new Overall("maxSlots", false, f -> f.spread().quantile(1)),
            new Overall("meanSlots", false, f -> f.spread().mean()),
            new Overall("duplicates", false, Figures::duplicates),
            new Overall("control", false, Figures::control),
            new Overall("uploadMbit", false, Figures::meanUploadMbit),
            new Overall("mostUploadShare", false, Figures::mostUploadShare),
            new Overall("missing", false, Figures::missing),
            new Overall("skipped", false, Figures::skipped),
            new Overall("orphans", false, Figures::orphans),
            new Overall("repaired", false, Figures::repaired),
            new Overall("lostNothing", true, Figures::leastSurvivors),
            new Overall("startupMillis", false, Figures::worstStartupMillis),
            new Overall("violations", false, Figures::violations),
            new Overall("damaged", false, Figures::damaged),
            new Overall("load", false, Figures::load),
            new Overall("seederCopies", false, Figures::seederCopies),
            new Overall("naksPerLoss", false, Figures::naksPerLoss),
            new Overall("uplinkCopies", false, Figures::uplinkCopies),
            new Overall("groupControl", false, Figures::groupControl),
            new Overall("pauseMillis", false, Figures::pauseMillis));

    private Results() {}

    /** A number with at most 6 digits behind the point. */
    static String number(double value) {
        return BigDecimal.valueOf(value)
                .setScale(6, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    // ------------------------------------------------------------------ files

    /** Writes figures.json, runs.csv and peers.csv. */
    static void write(Path directory, String file, List<Figures> runs) throws IOException {
        Files.createDirectories(directory);
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        Files.writeString(directory.resolve("figures.json"), mapper.writeValueAsString(json(file, runs)) + "\n");
        Files.write(directory.resolve("runs.csv"), runs(runs));
        Files.write(directory.resolve("peers.csv"), peers(runs));
    }

    static ObjectNode json(String file, List<Figures> runs) {
        ObjectNode all = JSON.objectNode();
        all.put("file", file);
        ArrayNode each = all.putArray("runs");
        runs.forEach(run -> each.add(json(run)));
        ObjectNode median = all.putObject("median");
        ObjectNode worst = all.putObject("worst");
        for (Overall figure : OVERALL) {
            put(median, figure.name(), median(figure, runs));
            put(worst, figure.name(), worst(figure, runs));
        }
        return all;
    }

    private static ObjectNode json(Figures run) {
        ObjectNode node = JSON.objectNode();
        node.put("seed", run.seed());
        OVERALL.forEach(figure -> put(node, figure.name(), figure.of().applyAsDouble(run)));
        ArrayNode kills = node.putArray("kills");
        run.kills().forEach(kill -> {
            ObjectNode one = kills.addObject();
            put(one, "atSeconds", kill.atSeconds());
            one.put("killed", kill.killed());
            one.put("survivors", kill.stayed());
            one.put("lostNothing", kill.complete());
            one.put("allOnTime", kill.onTime());
        });
        ArrayNode hops = node.putArray("hops");
        for (int i = 1; i <= run.spread().mostHops(); i++) {
            ObjectNode hop = hops.addObject();
            hop.put("hops", i);
            hop.put("arrivals", run.spread().arrivals(i));
            put(hop, "meanSlots", run.spread().mean(i));
        }
        ArrayNode cdf = node.putArray("cdfSlots");
        for (int i = 0; i <= CDF_SLOTS; i++) {
            cdf.add(new BigDecimal(number(run.spread().quantile((double) i / CDF_SLOTS))));
        }
        islands(run, node.putArray("islands"));
        ObjectNode kinds = node.putObject("sentBytesByFrameType");
        run.sentByKind().forEach((kind, bytes) -> kinds.put(String.format("0x%02x", kind), bytes));
        return node;
    }

    private static void islands(Figures run, ArrayNode islands) {
        run.islands().forEach(island -> {
            ObjectNode one = islands.addObject();
            one.put("island", island.name());
            one.put("members", island.members());
            one.put("lostByAll", island.lostByAll());
            one.put("naks", island.naks());
            one.put("pieces", island.pieces());
            one.put("repairs", island.repairs());
            one.put("streamBytes", island.streamBytes());
            one.put("repairBytes", island.repairBytes());
            one.put("controlBytes", island.controlBytes());
            put(one, "naksPerLoss", island.naksPerLoss());
            put(one, "control", island.control());
            put(one, "uplinkCopies", island.uplinkCopies());
            put(one, "pauseMillis", island.pauseMillis());
        });
    }

    private static void put(ObjectNode node, String name, double value) {
        node.put(name, new BigDecimal(number(value)));
    }

    private static double[] sorted(Overall figure, List<Figures> runs) {
        return runs.stream().mapToDouble(figure.of()).sorted().toArray();
    }

    private static double median(Overall figure, List<Figures> runs) {
        double[] values = sorted(figure, runs);
        return (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
    }

    private static double worst(Overall figure, List<Figures> runs) {
        double[] values = sorted(figure, runs);
        return figure.moreIsBetter() || values[0] < 0 ? values[0] : values[values.length - 1];
    }

    static List<String> runs(List<Figures> runs) {
        List<String> lines = new ArrayList<>();
        lines.add("seed," + String.join(",", OVERALL.stream().map(Overall::name).toList()));
        for (Figures run : runs) {
            lines.add(run.seed() + ","
                    + String.join(
                            ",",
                            OVERALL.stream()
                                    .map(figure -> number(figure.of().applyAsDouble(run)))
                                    .toList()));
        }
        return lines;
    }

    static List<String> peers(List<Figures> runs) {
        List<String> lines = new ArrayList<>();
        for (Figures run : runs) {
            for (PeerFigures peer : run.peers()) {
                Map<String, String> row = row(run.seed(), peer);
                if (lines.isEmpty()) {
                    lines.add(String.join(",", row.keySet()));
                }
                lines.add(String.join(",", row.values()));
            }
        }
        return lines;
    }

    private static Map<String, String> row(long seed, PeerFigures peer) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("seed", Long.toString(seed));
        row.put("peer", peer.name());
        row.put("seeder", Boolean.toString(peer.seeder()));
        row.put("survived", Boolean.toString(peer.survived()));
        row.put("continuity", number(peer.continuity()));
        row.put("due", Long.toString(peer.due()));
        row.put("onTime", Long.toString(peer.onTime()));
        row.put("late", Long.toString(peer.late()));
        row.put("missing", Long.toString(peer.missing()));
        row.put("medianSlots", number(peer.medianSlots()));
        row.put("p99Slots", number(peer.p99Slots()));
        row.put("hops", number(peer.hops()));
        row.put("received", Long.toString(peer.received()));
        row.put("duplicates", Long.toString(peer.duplicates()));
        row.put("uploadMbit", number(peer.uploadMbit()));
        row.put("uploadShare", number(peer.uploadShare()));
        row.put("controlBytes", Long.toString(peer.controlBytes()));
        row.put("sentBytes", Long.toString(peer.sentBytes()));
        row.put("orphans", Integer.toString(peer.orphans()));
        row.put("startupMillis", number(peer.startupMillis()));
        row.put("played", Long.toString(peer.played()));
        row.put("skipped", Long.toString(peer.skipped()));
        row.put("damaged", Long.toString(peer.damaged()));
        row.put("repaired", Long.toString(peer.repaired()));
        row.put("violations", Long.toString(peer.violations()));
        return row;
    }

    // ------------------------------------------------------------------ the table

    /** A line for each figure; a column for each run, and for several runs the median and the worst. */
    static List<String> table(List<Figures> runs) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("seed"));
        runs.forEach(run -> head.add(Long.toString(run.seed())));
        if (runs.size() > 1) {
            head.addAll(List.of("median", "worst"));
        }
        rows.add(head);
        for (Overall figure : OVERALL) {
            List<String> row = new ArrayList<>(List.of(figure.name()));
            runs.forEach(run -> row.add(cell(figure.of().applyAsDouble(run))));
            if (runs.size() > 1) {
                row.add(cell(median(figure, runs)));
                row.add(cell(worst(figure, runs)));
            }
            rows.add(row);
        }
        int[] widths = new int[head.size()];
        rows.forEach(
                row -> Arrays.setAll(widths, i -> Math.max(widths[i], row.get(i).length())));
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder("  ");
            for (int i = 0; i < widths.length; i++) {
                String pad = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? row.get(i) + pad : pad + row.get(i)).append("  ");
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static String cell(double value) {
        return value == -1
                ? "-"
                : BigDecimal.valueOf(value)
                        .setScale(4, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString();
    }
}
