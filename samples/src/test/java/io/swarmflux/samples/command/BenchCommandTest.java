package io.swarmflux.samples.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchCommandTest {
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

    @Test
    void printsOursBesideTheLimit() {
        assertThat(run("bench", "--seconds", "0.02", "--size", "1k"))
                .as(errors::toString)
                .isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("segments of 1,024 bytes", "hop", "relay", "fan-out", "swarmflux", "sockets", "p99 ms")
                .doesNotContain("NaN");
    }

    @Test
    void saysWhatItsOptionsMayBe() {
        assertThat(run("bench", "--size", "3")).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(run("bench", "--seconds", "-1")).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(errors.toString()).contains("--size is 25 to 256k", "--seconds is 0.01 to 600");
    }
}
