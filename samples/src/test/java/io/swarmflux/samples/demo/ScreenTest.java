package io.swarmflux.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void drawsOverWhatItDrewBefore() {
        Screen screen = new Screen(out, true, true, 100);

        screen.draw(Map.of());
        int linesOfOneFrame = (int) drawn().lines().count();
        screen.draw(Map.of());

        assertThat(linesOfOneFrame).isEqualTo(1 + Mesh.peers().size());
        assertThat(drawn()).containsOnlyOnce("\u001b[" + linesOfOneFrame + "A");
    }

    @Test
    void writesNoEscapesWhereThereIsNoTerminal() {
        Screen screen = new Screen(out, false, false, 100);

        screen.title("demo");
        screen.draw(Map.of());
        screen.draw(Map.of());

        assertThat(drawn()).doesNotContain("\u001b");
    }

    private String drawn() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
