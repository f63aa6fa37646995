package io.swarmflux.samples.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

class FileOverTcpTest {
    @TempDir
    Path dir;

    @Test
    void copiesEveryByte() throws IOException {
        byte[] bytes = new byte[3_000_001];
        new Random(5).nextBytes(bytes);
        Path from = Files.write(dir.resolve("from.bin"), bytes);
        Path to = dir.resolve("to.bin");

        StepVerifier.create(FileOverTcp.copy(from, to))
                .assertNext(report -> {
                    assertThat(report.consistent()).isTrue();
                    assertThat(report.bytes()).isEqualTo(bytes.length);
                })
                .verifyComplete();
        assertThat(Files.mismatch(from, to)).isEqualTo(-1);
    }
}
