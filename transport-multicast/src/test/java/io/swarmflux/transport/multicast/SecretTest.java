package io.swarmflux.transport.multicast;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretTest {
    @TempDir
    private Path folder = Path.of("");

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("secret"), content);
    }

    @Test
    void oneLineEndAfterItIsNotPartOfIt() throws Exception {
        assertThat(Secret.read(file("0123456789abcdef\n")).bytes()).isEqualTo("0123456789abcdef".getBytes(UTF_8));
        assertThat(Secret.read(file("0123456789abcdef\r\n")).bytes()).isEqualTo("0123456789abcdef".getBytes(UTF_8));
        assertThat(Secret.read(file("0123456789abcdef\n\n")).bytes()).hasSize(17);
    }

    @Test
    void whatIsTooShortIsRefusedAndNeverShown() throws Exception {
        Path file = file("0123456789abcde\n");
        assertThatThrownBy(() -> MulticastTransport.create().secret(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the secret file " + file + " has 15 bytes without its line end")
                .hasMessageNotContaining("0123");
        assertThatThrownBy(() -> MulticastTransport.create().secret(new byte[15]))
                .hasMessage("a secret has at least 16 bytes, this one has 15");
        assertThat(Secret.of("0123456789abcdef".getBytes(UTF_8))).hasToString("secret of 16 bytes");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Path file = folder.resolve("none");
        assertThatThrownBy(() -> MulticastTransport.create().secret(file))
                .hasMessage("cannot read the secret file " + file + ": there is no such file");
    }
}
