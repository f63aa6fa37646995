package io.swarmflux.samples.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.swarm.SubStreamPlan;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The simulator runs the product's own peers: when a decision of theirs is broken, its figures become bad. The source of the
 * decision is changed, compiled, and put before the right one in a class loader of its own; everything else stays as it is.
 */
@Timeout(60)
class BrokenPlanTest {
    private static final Path SOURCE = Path.of("../core/src/main/java/io/swarmflux/swarm/SubStreamPlan.java");
    private static final Pattern DECISIONS = Pattern.compile("public List<Move> \\w+\\([^{]*\\{");

    /** Nobody can feed all that know it alone: who takes which sub-stream from whom must be divided well. */
    private static final String SCENARIO = """
            streams: {channel: {mode: live, sub-streams: 8}}
            seeders: {source: {counter: 100000, pace: 1Mbit, segment-size: 4k, upload-limit: 3Mbit}}
            groups: {crowd: {peers: 16, neighbours: 6, upload-limit: 2.5Mbit}}
            simulation:
              for: 12s
              delay: 10ms
              deadline: 2s
              measure-from: 4s
              goals: {continuity: 98%, median: 6}
            """;

    /** Run through reflection in the other class loader: the faults, one on a line. */
    public static String faults() {
        return String.join("\n", SimulatorTest.simulated(SCENARIO).faults());
    }

    @Test
    void reachesTheGoalWithTheRightPlan() {
        assertThat(faults()).isEmpty();
    }

    @Test
    void missesTheGoalWithAPlanThatChoosesNobody(@TempDir Path directory) throws Exception {
        compileWithoutDecision(directory);
        try (URLClassLoader broken = new URLClassLoader(classPath(directory), ClassLoader.getPlatformClassLoader())) {
            Class<?> plan = broken.loadClass(SubStreamPlan.class.getName());
            assertThat(Path.of(Objects.requireNonNull(plan.getProtectionDomain().getCodeSource())
                            .getLocation()
                            .toURI()))
                    .isEqualTo(directory);
            Method faults = broken.loadClass(BrokenPlanTest.class.getName()).getMethod("faults");
            faults.setAccessible(true);

            assertThat((String) invoked(faults)).contains("median was");
        }
    }

    private static Object invoked(Method method) throws IllegalAccessException {
        try {
            return method.invoke(null);
        } catch (InvocationTargetException e) {
            throw new AssertionError("the simulation failed", e.getCause());
        }
    }

    private static void compileWithoutDecision(Path directory) throws IOException {
        String source = Files.readString(SOURCE);
        String broken = DECISIONS.matcher(source).replaceAll("$0 if (subStreams() > 0) { return List.of(); }");
        assertThat(broken).isNotEqualTo(source);
        Path changed = directory.resolve("SubStreamPlan.java");
        Files.writeString(changed, broken);
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int result = compiler.run(
                null,
                said,
                said,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                directory.toString(),
                changed.toString());
        assertThat(result).as(said.toString(StandardCharsets.UTF_8)).isZero();
    }

    private static URL[] classPath(Path first) throws MalformedURLException {
        List<URL> urls = new ArrayList<>(List.of(first.toUri().toURL()));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }
}
