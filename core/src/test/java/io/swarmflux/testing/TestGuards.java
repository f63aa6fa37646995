package io.swarmflux.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import reactor.test.StepVerifier;

/**
 * What holds in every test of every module: no {@code StepVerifier} waits for ever, no non-blocking thread blocks, none is
 * left busy when a test is over, no Netty buffer leaks.
 *
 * <p>A module gets the guards with the test jar of core: JUnit finds them by {@code META-INF/services}. A blocking call
 * fails where it happens; and as its error may be swallowed there, it is counted too. Leaks and blocking calls that are
 * left at the end of the run are printed and end the JVM, because JUnit only logs what a listener throws.
 *
 * <p>The system property {@code swarmflux.test.guards=off} leaves only the time-out ({@code
 * swarmflux.test.step-timeout}, an ISO duration, 10 s): acceptance figures are measured so.
 */
public final class TestGuards implements LauncherSessionListener {
    private static final boolean NETTY = isPresent("io.netty.util.ResourceLeakDetectorFactory");

    /** For the service loader. */
    public TestGuards() {}

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        StepVerifier.setDefaultTimeout(Duration.parse(System.getProperty("swarmflux.test.step-timeout", "PT10S")));
        if (System.getProperty("swarmflux.test.guards", "on").equals("off")) {
            return;
        }
        BlockingCalls.install();
        if (NETTY) {
            NettyLeaks.install();
        }
        session.getLauncher().registerTestExecutionListeners(new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest()) {
                    SharedThreads.check(test);
                }
            }

            @Override
            public void testPlanExecutionFinished(TestPlan plan) {
                endIfAny(complaints());
            }
        });
    }

    private static List<String> complaints() {
        List<String> all = new ArrayList<>(BlockingCalls.take());
        if (NETTY) {
            NettyLeaks.installed().find().forEach(leak -> all.add("Netty leak: " + leak));
        }
        return all;
    }

    // The one place that may print and exit: there is no test left to blame, and Maven must hear of it.
    private static void endIfAny(List<String> complaints) {
        if (!complaints.isEmpty()) {
            complaints.forEach(System.err::println);
            System.err.println(complaints.size() + " complaint(s) of the test guards, see above: the build fails");
            System.exit(1);
        }
    }

    private static boolean isPresent(String type) {
        try {
            Class.forName(type, false, TestGuards.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }
}
