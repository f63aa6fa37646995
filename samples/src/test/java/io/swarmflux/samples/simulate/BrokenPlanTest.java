package io.swarmflux.samples.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.swarm.NakBackoff;
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
    private static final Path BACK_OFF = Path.of("../core/src/main/java/io/swarmflux/swarm/NakBackoff.java");
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

    /** Everything that ten members lose, they all lose. */
    private static final String ISLAND = """
            streams: {channel: {mode: live, sub-streams: 4}}
            seeders: {source: {counter: 1000000, pace: 200kbit, segment-size: 250}}
            groups: {gates: {peers: 2, upstreams: source}, lan: {peers: 8}}
            islands: {site: {members: [gates, lan], gateways: 1, delay: 5ms, common-loss: 4%}}
            simulation:
              for: 66s
              delay: 5ms
              measure-from: 6s
              deadline: 2s
              goals: {missing: 0, naks-per-loss: 2.05}
            """;

    /** Run through reflection in the other class loader. */
    public static String islandFaults() {
        return String.join("\n", SimulatorTest.simulated(ISLAND).faults());
    }

    @Test
    void fewMembersAskWithTheRightBackOff() {
        assertThat(islandFaults()).isEmpty();
    }

    @Test
    void allMembersAskWithoutBackOff(@TempDir Path directory) throws Exception {
        String source = Files.readString(BACK_OFF);
        compile(
                directory,
                BACK_OFF,
                source,
                source.replace("= NakBackoff::truncatedExponentialNs;", "= (u, r, t) -> 0;"));
        assertThat((String) invoked(directory, NakBackoff.class, "islandFaults"))
                .contains("naks-per-loss was");
    }

    @Test
    void reachesTheGoalWithTheRightPlan() {
        assertThat(faults()).isEmpty();
    }

    @Test
    void missesTheGoalWithAPlanThatChoosesNobody(@TempDir Path directory) throws Exception {
        String source = Files.readString(SOURCE);
        compile(
                directory,
                SOURCE,
                source,
                DECISIONS.matcher(source).replaceAll("$0 if (subStreams() > 0) { return List.of(); }"));
        assertThat((String) invoked(directory, SubStreamPlan.class, "faults")).contains("median was");
    }

    /** What a method of this class answers when a class of the product is replaced. */
    private static Object invoked(Path directory, Class<?> replaced, String method) throws Exception {
        try (URLClassLoader broken = new URLClassLoader(classPath(directory), ClassLoader.getPlatformClassLoader())) {
            Class<?> plan = broken.loadClass(replaced.getName());
            assertThat(Path.of(Objects.requireNonNull(plan.getProtectionDomain().getCodeSource())
                            .getLocation()
                            .toURI()))
                    .isEqualTo(directory);
            Method faults = broken.loadClass(BrokenPlanTest.class.getName()).getMethod(method);
            faults.setAccessible(true);
            return invoked(faults);
        }
    }

    private static Object invoked(Method method) throws IllegalAccessException {
        try {
            return method.invoke(null);
        } catch (InvocationTargetException e) {
            throw new AssertionError("the simulation failed", e.getCause());
        }
    }

    private static void compile(Path directory, Path file, String source, String broken) throws IOException {
        assertThat(broken).isNotEqualTo(source);
        Path changed = directory.resolve(file.getFileName());
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
