package io.swarmflux.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AcceptanceTest {
    private static final AcceptanceFigure OLD = figure(7, "start-up", "3 s", false);
    private static final AcceptanceFigure NEW = figure(7, "start-up", "1 s", true);
    private static final AcceptanceFigure OTHER = figure(3, "continuity", "99.9 %", true);

    @TempDir
    Path root;

    @BeforeEach
    void makesTheFolders() throws IOException {
        Files.createDirectories(root.resolve("docs"));
        Files.createDirectories(root.resolve("target/acceptance"));
    }

    @Test
    void replacesTheRowOfAnEarlierRunAndKeepsTheOthers() throws IOException {
        Files.writeString(
                page(),
                AcceptanceFigure.page(AcceptanceFigure.merge(AcceptanceFigure.parse(OLD.row()), List.of(OTHER))));
        Files.writeString(measured(), NEW.row() + "\n");
        Acceptance.publish(root);
        assertThat(AcceptanceFigure.parse(Files.readString(page()))).containsExactly(OTHER, NEW);
        assertThat(measured()).doesNotExist();
    }

    @Test
    void failsOnAMissedGoalAfterWritingIt() throws IOException {
        Files.writeString(measured(), OLD.row() + "\n");
        assertThatIllegalStateException()
                .isThrownBy(() -> Acceptance.publish(root))
                .withMessageContaining("start-up");
        assertThat(AcceptanceFigure.parse(Files.readString(page()))).containsExactly(OLD);
    }

    @Test
    void leavesThePageAloneWhenNothingWasMeasured() throws IOException {
        Acceptance.publish(root);
        assertThat(page()).doesNotExist();
    }

    @Test
    void refusesACellThatWouldBreakTheTable() {
        assertThatIllegalArgumentException().isThrownBy(() -> figure(1, "a | b", "1 s", true));
    }

    private Path page() {
        return root.resolve("docs/acceptance.md");
    }

    private Path measured() {
        return root.resolve("target/acceptance/figures.md");
    }

    private static AcceptanceFigure figure(int issue, String what, String measured, boolean met) {
        return new AcceptanceFigure(issue, what, "the goal", measured, met, "abc1234", "2026-01-31");
    }
}
