package io.swarmflux.samples.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SwarmFluxTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path dir;

    /** What was typed, the flag or word that the line names, and the cure it holds. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        seed --listen 127.0.0.1:0 --counter 5                                     | --stream           | swarmflux seed --help
        seed --stream news --counter 5                                            | --listen           | swarmflux seed --help
        seed --stream news --listen 127.0.0.1:0                                   | --counter N        | give one of
        seed --stream news --listen 127.0.0.1:0 --counter 5 --input f             | several sources    | give one of
        seed --stream news --listen 127.0.0.1:0 --counter five                    | --counter          | a whole number
        seed --stream news --listen 127.0.0.1:0 --counter -5                      | --counter          | not negative
        seed --stream news --listen 127.0.0.1 --counter 5                         | --listen           | HOST:PORT
        seed --stream news --listen 127.0.0.1:70000 --counter 5                   | --listen           | HOST:PORT
        seed --stream news --listen 127.0.0.1:0 --counter 5 --loop                | --loop             | --input FILE
        seed --stream news --listen 127.0.0.1:0 --counter 5 --segment-size 1k     | --segment-size     | --input FILE
        seed --stream news --listen 127.0.0.1:0 --counter 5 --pace quick          | --pace             | 2Mbit
        seed --stream news --listen 127.0.0.1:0 --counter 5 --linger 5x           | --linger           | 200ms
        seed --stream news --listen 127.0.0.1:0 --counter 5 --wait-for -1         | --wait-for         | a whole number from 0
        seed --stream news --listen 127.0.0.1:0 --counter 5 --wait 2              | --wait             | did you mean --wait-for
        seed --stream news --listen 127.0.0.1:0 --counter 5 --upload-limit 2MB    | --upload-limit     | 2.5Mbit
        seed --stream news --listen 127.0.0.1:0 --counter 5 --sub-streams 3       | --sub-streams      | 4 to 64
        seed --stream news --listen 127.0.0.1:0 --counter 5 --tls-key pom.xml     | --tls-key          | --tls-cert
        seed --stream news --listen 127.0.0.1:0 --counter 5 --tls-ca no.pem       | --tls-ca           | PEM
        seed --stream news --listen 127.0.0.1:0 --counter 5 --status 0            | --status           | 10ms
        seed --stream news --listen 127.0.0.1:0 --counter 5 --report no/r.json    | --report           | a directory that exists
        seed --stream news --listen 127.0.0.1:0 --input no.ts --pace none         | no.ts              | give a file
        seed --stream news --listen 127.0.0.1:0 --input pom.xml                   | --pace             | --pace 2Mbit
        seed --stream news --listen 127.0.0.1:0 --input pom.xml --pace realtime   | --pace realtime    | --pace 2Mbit
        seed --stream news --listen 127.0.0.1:0 --input pom.xml --pace none --segment-size 1M | --segment-size | 256k
        seed --stream news --listen 127.0.0.1:0 --input http:/a.ts                | --input            | http://192.0.2.7:8080/live.ts
        seed --stream news --listen 127.0.0.1:0 --input http://a.b:0/c            | http://a.b:0/c     | a port from 1 to 65535
        seed --stream news --listen 127.0.0.1:0 --input http://127.0.0.1:9/a.ts --loop | --loop        | --input FILE
        seed --stream news --listen 127.0.0.1:0 --input udp://@10.0.0.1:5000      | 10.0.0.1           | udp://ADDRESS:PORT
        seed --stream news --listen 127.0.0.1:0 --input udp://127.0.0.1:5000 --pace none | --pace none | leave it out
        seed --stream news --listen 127.0.0.1:0 --input rtsp://camera/1           | rtsp://camera/1    | ffmpeg:-i rtsp://camera/1
        seed --stream news --listen 127.0.0.1:0 --input ffmpeg:film.mkv           | ffmpeg:film.mkv    | with an input
        seed --stream news --listen 127.0.0.1:0 - --pace none --loop              | --loop             | --input FILE
        seed --stream news --listen 127.0.0.1:0 file.ts --pace none               | file.ts            | --input FILE
        directory                                                                 | --listen           | swarmflux directory --help
        directory --listen 127.0.0.1                                              | --listen           | HOST:PORT
        directory --listen 127.0.0.1:0 --store http://127.0.0.1:6379              | --store            | redis://HOST:PORT
        directory --listen 127.0.0.1:0 --token-file no.txt                        | --token-file       | give a file
        directory --listen 127.0.0.1:0 --token-file pom.xml                       | pom.xml:1          | announce TOKEN
        directory --listen 127.0.0.1:0 --requests-per-second 0                    | --requests-per-second | from 1
        directory --listen 127.0.0.1:0 --tls-key pom.xml                          | --tls-key          | --tls-cert
        directory --listen 127.0.0.1:0 --tls-ca pom.xml                           | --tls-ca           | BEGIN CERTIFICATE
        peer --stream news --play check                                           | --upstream         | swarmflux peer --help
        peer --upstream 127.0.0.1:9                                               | --stream           | swarmflux peer --help
        peer --stream news --upstream 127.0.0.1                                   | --upstream         | HOST:PORT
        peer --stream news --upstream 127.0.0.1:9 --play http:70000               | --play             | http:8080
        peer --stream news --upstream 127.0.0.1:9 --play check --in-sync          | --in-sync          | --playout-delay
        peer --stream news --upstream 127.0.0.1:9 --play no/out.ts                | --play             | a directory that exists
        peer --stream news --upstream 127.0.0.1:9 --max-downstreams few           | --max-downstreams  | a whole number
        seed --stream news --listen 127.0.0.1:0 --counter 5 --epoch -1            | --epoch            | not negative
        seed --stream news --listen 127.0.0.1:0 --counter 5 --tls-ca pom.xml      | --tls-ca           | BEGIN CERTIFICATE
        seed --stream news --listen 127.0.0.1:0 --counter 5 --wait-for 3 --max-downstreams 2 | --wait-for | --max-downstreams 2
        peer --stream news --upstream 127.0.0.1:0                                 | --upstream         | port 0 is only to listen
        peer --stream news --upstream 127.0.0.1:9 --play - --play -               | --play -           | an output of its own
        peer --stream news --upstream 127.0.0.1:9 --wait-for 1                    | --wait-for         | --listen HOST:PORT
        topology                                                                  | check FILE         | say what to do
        seed --stream news --counter 5                                            | --listen           | --listen 0.0.0.0:9000
        seed --stream news --counter 5 --directory ftp://127.0.0.1:8480           | --directory        | http://HOST:PORT
        peer --stream news --directory 127.0.0.1:8480                             | --directory        | http://HOST:PORT
        peer --stream news --upstream 127.0.0.1:9 --directory-cache peers.txt     | --directory-cache  | --directory URL
        peer --stream news --directory http://127.0.0.1:9 --directory-cache no/peers.txt | --directory-cache | a folder that exists
        peer --stream news --directory http://127.0.0.1:9 --directory-token-file no | --directory-token-file | a file that this user may read
        peer --stream news --directory http://127.0.0.1:9 --neighbours 0          | --neighbours       | 1 to 64
        peer --stream news --directory http://127.0.0.1:9 --strategy best         | --strategy         | nearby
        topology plan --strategy best --peers 3                                   | --strategy         | nearby
        topology plan --strategy random --peers 0                                 | peers              | 1 to 9999
        topology plan --strategy random --peers 3 --upstreams 65                  | upstreams          | 1 to 64
        topology check no.yaml                                                    | no.yaml            | there is no such file
        demo --for 3parsec                                                        | --for              | 200ms
        demo --for 10ms                                                           | --for              | 1s to 1h
        dance                                                                     | dance              | swarmflux --help
        """)
    void saysInOneLineWhatIsWrongAndHowToMendIt(String typed, String named, String cure) {
        assertThat(execute(typed.split(" "))).isEqualTo(ExitCode.BAD_USAGE);

        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString()).startsWith("swarmflux: ").contains(named).contains(cure);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void namesThePlaceInAWrongTopologyFile() throws IOException {
        Path file = Files.writeString(dir.resolve("bad.yaml"), """
                streams:
                  numbers:
                seeders:
                  seed: {counter: 5}
                peers:
                  p1: {upstreams: [sede]}
                """);

        assertThat(execute("topology", "check", file.toString())).isEqualTo(ExitCode.BAD_USAGE);

        assertThat(err.toString()).startsWith(file + ":6:20: found the upstream 'sede', expected ");
    }

    @Test
    void helpsWithEveryCommand() {
        for (String command : new String[] {"seed", "peer", "topology", "demo"}) {
            assertThat(execute(command, "--help")).isZero();
        }

        assertThat(out.toString()).contains("--wait-for", "--play", "check", "--for");
        assertThat(err.toString()).isEmpty();
    }

    private int execute(String... args) {
        return SwarmFlux.line()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
