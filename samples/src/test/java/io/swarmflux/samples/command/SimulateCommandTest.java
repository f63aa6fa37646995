package io.swarmflux.samples.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SimulateCommandTest {
    @TempDir
    private Path directory = Path.of("");

    private final StringWriter errors = new StringWriter();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private int run(String... args) {
        PrintStream before = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            CommandLine line = SwarmFlux.line();
            line.setErr(new PrintWriter(errors, true));
            return line.execute(args);
        } finally {
            System.setOut(before);
        }
    }

    private String file(String simulation) throws IOException {
        Path file = directory.resolve("swarm.yaml");
        Files.writeString(file, """
                streams: {channel: {mode: live}}
                seeders: {source: {counter: 100000, pace: 1Mbit, segment-size: 4k}}
                groups: {crowd: {peers: 4, neighbours: 3}}
                simulation: {for: 3s, delay: 10ms, deadline: 1s, %s}
                """.formatted(simulation));
        return file.toString();
    }

    @Test
    void printsATableAndWritesFigures() throws IOException {
        String out = directory.resolve("out").toString();

        assertThat(run("simulate", file(""), "--out", out, "--seed", "7", "--seed", "8"))
                .isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("continuity", "median", " 7 ", " 8 ");
        assertThat(Files.readString(Path.of(out, "figures.json"))).contains("\"seed\" : 7");
    }

    @Test
    void answersOneWhenAGoalIsMissed() throws IOException {
        String out = directory.resolve("out").toString();

        assertThat(run("simulate", file("goals: {median: 0}"), "--out", out)).isEqualTo(1);
        assertThat(run("simulate", file(""), "--set", "simulation.goals.p99=0", "--for", "2s", "--out", out))
                .isEqualTo(1);
    }

    @Test
    void refusesBadUsageInOneLine() throws IOException {
        assertThat(run("simulate", directory.resolve("none.yaml").toString())).isEqualTo(2);
        assertThat(run("simulate", file(""), "--set", "groups.crowd.peers=none"))
                .isEqualTo(2);
        assertThat(run("simulate", file(""), "--out", file(""))).isEqualTo(2);
        assertThat(errors.toString().lines())
                .hasSize(3)
                .anyMatch(line -> line.contains("there is no such file"))
                .anyMatch(line -> line.contains("swarm.yaml:3:25: found 'none', expected a whole number"))
                .anyMatch(line -> line.contains("is a file; give a directory"));
    }
}
