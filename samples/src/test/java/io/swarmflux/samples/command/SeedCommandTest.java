package io.swarmflux.samples.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.media.source.CounterSource;
import io.swarmflux.media.source.FileSource;
import io.swarmflux.media.source.InputSource;
import io.swarmflux.media.source.Looped;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.Seeder;
import io.swarmflux.peer.Serving;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SeedCommandTest {
    @Test
    void countsInRealTimeUnlessToldOtherwise() {
        Seeder seeder = seeder("--counter", "200000");

        assertThat(seeder.source()).isEqualTo(CounterSource.of(200_000));
        assertThat(seeder.pace()).isEqualTo(Pace.realtime());
        assertThat(seeder.stream().name()).isEqualTo("news");
        assertThat(seeder.options().listen()).containsExactly("127.0.0.1:0");
    }

    @Test
    void setsEveryOption() {
        Seeder seeder = seeder(
                "--input=pom.xml",
                "--pace=2Mbit",
                "--segment-size=1k",
                "--epoch=7",
                "--sub-streams=16",
                "--name=s1",
                "--wait-for=3",
                "--linger=200ms",
                "--upload-limit=20Mbit",
                "--downstream-limit=5Mbit",
                "--max-downstreams=9",
                "--advertise=192.0.2.7:9000");

        assertThat(seeder.source()).isEqualTo(new FileSource(Path.of("pom.xml"), 1024));
        assertThat(seeder.pace()).isEqualTo(Pace.rate(2_000_000));
        assertThat(seeder.epoch()).isEqualTo(7);
        assertThat(seeder.subStreams()).isEqualTo(16);
        assertThat(seeder.options().name()).isEqualTo("s1");
        assertThat(seeder.options().waitFor()).isEqualTo(3);
        assertThat(seeder.options().linger()).isEqualTo(Duration.ofMillis(200));
        assertThat(seeder.options().serving()).isEqualTo(new Serving(20_000_000, 5_000_000, 9));
        assertThat(seeder.options().advertised()).isEqualTo("192.0.2.7:9000");
    }

    @Test
    void readsStandardInputAndLoopsFiles() {
        assertThat(seeder("-", "--pace=none").source()).isInstanceOf(InputSource.class);
        assertThat(seeder("--input=-", "--pace=none").source()).isInstanceOf(InputSource.class);
        assertThat(seeder("--input=pom.xml", "--pace=none", "--loop").source()).isInstanceOf(Looped.class);
    }

    private static Seeder seeder(String... args) {
        List<String> all = new ArrayList<>(List.of("--stream=news", "--listen=127.0.0.1:0"));
        all.addAll(List.of(args));
        SeedCommand command = new SeedCommand();
        CommandLine line = SwarmFlux.withUnits(new CommandLine(command));
        assertThat(line.parseArgs(all.toArray(String[]::new)).errors()).isEmpty();
        return command.seeder();
    }
}
