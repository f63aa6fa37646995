package io.swarmflux.samples.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class IslandCommandTest {
    @TempDir
    private Path directory = Path.of("");

    private final StringWriter errors = new StringWriter();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private int run(String... args) {
        PrintStream before = System.out;
        System.setOut(new PrintStream(printed, true, UTF_8));
        try {
            CommandLine line = SwarmFlux.line();
            line.setErr(new PrintWriter(errors, true));
            return line.execute(args);
        } finally {
            System.setOut(before);
        }
    }

    /** A group of its own on the loopback interface. */
    private static String loopback() throws SocketException {
        NetworkInterface loopback =
                Objects.requireNonNull(NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()));
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return "239.83." + random.nextInt(256) + "." + random.nextInt(1, 255) + ":" + random.nextInt(20_000, 30_000)
                + "@" + loopback.getName();
    }

    @Test
    void worksOnTheLoopbackInterface() throws Exception {
        assertThat(run("island", "probe", loopback(), "--for", "500ms")).isZero();
        assertThat(printed.toString(UTF_8))
                .contains("10 probes", "10 came back through a second socket")
                .contains("on the loopback interface only this host can hear")
                .endsWith("works on this host; nobody else was heard\n");
    }

    @Test
    void worksWithASecret() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "correct horse battery\n");
        assertThat(run("island", "probe", loopback(), "--for", "1s", "--island-secret-file", secret.toString()))
                .isZero();
    }

    @Test
    void anInterfaceThatIsNotThereIsBadUsageAndThoseThatAreAreTold() {
        assertThat(run("island", "probe", "nosuch0")).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(errors.toString())
                .startsWith("swarmflux: there is no interface 'nosuch0'; these can carry multicast: ");
    }

    @Test
    void badUsageIsNamed() throws Exception {
        assertThat(run("island", "probe", "10.1.2.3:5000@lo")).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(run("island", "probe", loopback(), "--for", "1ms")).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(run("island", "probe", loopback(), "--island-secret-file", "no.such"))
                .isEqualTo(ExitCode.BAD_USAGE);
        assertThat(run("island")).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(errors.toString())
                .contains("'10.1.2.3:5000@lo' is no [GROUP:PORT@]INTERFACE", "--for is 500ms to 1h", "no.such");
    }
}
