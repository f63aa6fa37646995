package io.swarmflux.benchmarks.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.swarmflux.samples.bench.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Runs what goes over sockets, both ends in one process: in each round each contender in turn, in a JVM of its own. Writes
 * {@code sockets.json} and a table, {@code sockets.md}.
 */
public final class Sockets {
    private static final String QUICK = "quick";
    private static final int ROUNDS = 5;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The same for everybody; the packages are what Aeron asks for. */
    private static final List<String> JVM = List.of(
            "-Xms2g",
            "-Xmx2g",
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "-Djava.util.logging.config.file=/dev/null");

    private final Path folder;
    private final boolean quick;
    private final Map<String, SocketScore> scores = new LinkedHashMap<>();

    private Sockets(Path folder, boolean quick) {
        this.folder = folder;
        this.quick = quick;
    }

    /**
     * Runs all: {@code full}, five rounds, takes an hour; {@code quick}, one short round, four minutes.
     *
     * @param args the folder to write to, {@code full} or {@code quick}, and, in the processes that this one starts, who is to run
     * @throws Exception when that fails
     */
    public static void main(String[] args) throws Exception {
        if (args.length < 2 || !List.of(QUICK, "full").contains(args[1])) {
            System.err.println("give the folder to write to, and full or quick: Sockets FOLDER full|quick");
            System.exit(2);
        }
        Sockets all = new Sockets(Files.createDirectories(Path.of(args[0])), args[1].equals(QUICK));
        if (args.length == 3) {
            all.run(args[2]);
            System.exit(0); // some contenders leave threads
        }
        for (int round = 0; round < (all.quick ? 1 : ROUNDS); round++) {
            for (String contender : SocketWork.contenders()) {
                all.fork(contender);
            }
        }
        all.write();
    }

    /** What one trial brought, as the process that ran it tells it. */
    record Told(String work, int bytes, Outcome outcome) {}

    private void run(String contender) throws Exception {
        List<Told> told = new ArrayList<>();
        for (SocketWork work : SocketWork.of(contender, quick)) {
            Outcome outcome = work.trial().run(work.carrier());
            if (!work.isFirst()) {
                told.add(new Told(work.name(), work.trial().feed().bytes(), outcome));
            }
        }
        JSON.writeValue(report(contender).toFile(), told);
    }

    private Path report(String contender) {
        return folder.resolve(contender + ".json");
    }

    private void fork(String contender) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(JVM);
        command.addAll(List.of("-classpath", System.getProperty("java.class.path"), Sockets.class.getName()));
        command.addAll(List.of(folder.toString(), quick ? QUICK : "full", contender));
        int code = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (code != 0) {
            throw new IllegalStateException(contender + " ended with exit code " + code);
        }
        String name = contender.substring(contender.indexOf('-') + 1);
        for (Told told : JSON.readValue(report(contender).toFile(), Told[].class)) {
            scores.computeIfAbsent(
                            told.work() + "|" + name,
                            key -> new SocketScore(told.work(), name, told.bytes(), new ArrayList<>()))
                    .outcomes()
                    .add(told.outcome());
            System.err.printf("%s, %s: %s%n", told.work(), name, told.outcome());
        }
        Files.delete(report(contender));
    }

    private void write() throws IOException {
        JSON.writerWithDefaultPrettyPrinter()
                .writeValue(
                        folder.resolve("sockets.json").toFile(),
                        Map.of("machine", machine(), "scores", scores.values()));
        Files.write(
                folder.resolve("sockets.md"),
                Stream.concat(
                                Stream.concat(Stream.of(machine(), ""), SocketScore.HEAD.stream()),
                                scores.values().stream()
                                        .sorted((a, b) -> a.work().compareTo(b.work()))
                                        .map(this::row))
                        .toList());
    }

    private String row(SocketScore score) {
        return score.row(Objects.requireNonNull(scores.get(score.work() + "|SWARMFLUX"), score.work()));
    }

    private static String machine() {
        return String.format(
                "%s, %d processors, %s %s, %s %s",
                LocalDate.now(ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("java.vm.name"),
                System.getProperty("java.version"));
    }
}
