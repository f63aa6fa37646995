package io.swarmflux;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Who may use whom inside core. A package that does not exist yet has its arrows already. */
@AnalyzeClasses(packages = "io.swarmflux", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
    @ArchTest
    static final ArchRule segmentUsesNothingOfOurs = arrows("segment");

    @ArchTest
    static final ArchRule fluxUsesNothingOfOurs = arrows("flux");

    @ArchTest
    static final ArchRule linkUsesNothingOfOurs = arrows("link");

    @ArchTest
    static final ArchRule wireUsesSegments = arrows("wire", "segment");

    @ArchTest
    static final ArchRule swarmUsesSegments = arrows("swarm", "segment");

    @ArchTest
    static final ArchRule topologyUsesSegments = arrows("topology", "segment");

    @ArchTest
    static final ArchRule directoryUsesSegments = arrows("directory", "segment");

    @ArchTest
    static final ArchRule peerUsesCore =
            arrows("peer", "segment", "flux", "link", "wire", "swarm", "topology", "directory");

    @ArchTest
    static final ArchRule observeUsesPeersAndWhatTheyCount =
            arrows("observe", "segment", "flux", "link", "wire", "peer");

    @ArchTest
    static final ArchRule onlyMetersKnowMicrometer = noClasses()
            .that()
            .haveNameNotMatching("io\\.swarmflux\\.observe\\.(PeerMeters|PeerTimers|OwnMeters)")
            .should()
            .dependOnClassesThat(resideInAPackage("io.micrometer.."))
            .because("it is an optional dependency");

    @ArchTest
    static final ArchRule noPackageUsesItselfThroughAnother =
            slices().matching("io.swarmflux.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule coreKnowsNoNetty = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("io.netty.."))
            .because("all of Netty lives in the transports");

    @ArchTest
    static final ArchRule swarmReadsNoClock = swarm().should()
            .accessTargetWhere(clockRead())
            .orShould()
            .dependOnClassesThat(type(Clock.class))
            .because("time is an argument")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule swarmThrowsNoDice = swarm().should()
            .dependOnClassesThat(type(Random.class)
                    .or(type(ThreadLocalRandom.class))
                    .or(type(SplittableRandom.class))
                    .or(type(SecureRandom.class)))
            .orShould()
            .callMethod(Math.class, "random")
            .because("randomness is an argument")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule swarmKnowsNoReactor = swarm().should()
            .dependOnClassesThat(resideInAnyPackage("reactor..", "org.reactivestreams.."))
            .because("it decides, and leaves the doing to peer")
            .allowEmptyShould(true);

    private static ArchRule arrows(String from, String... to) {
        String[] allowed = Stream.concat(Stream.of(from), Arrays.stream(to))
                .map(name -> "io.swarmflux." + name + "..")
                .toArray(String[]::new);
        DescribedPredicate<JavaClass> others =
                resideInAPackage("io.swarmflux..").and(DescribedPredicate.not(resideInAnyPackage(allowed)));
        return noClasses()
                .that()
                .resideInAPackage("io.swarmflux." + from + "..")
                .should()
                .dependOnClassesThat(others)
                .because(from + " may use of ours only " + (to.length == 0 ? "itself" : String.join(", ", to)))
                .allowEmptyShould(true);
    }

    private static GivenClassesConjunction swarm() {
        return noClasses().that().resideInAPackage("io.swarmflux.swarm..");
    }

    private static DescribedPredicate<JavaAccess<?>> clockRead() {
        return DescribedPredicate.describe("reads a clock", access -> {
            JavaClass owner = access.getTargetOwner();
            String name = access.getName();
            if (owner.isEquivalentTo(System.class)) {
                return name.equals("nanoTime") || name.equals("currentTimeMillis");
            }
            return owner.getPackageName().equals("java.time") && name.equals("now");
        });
    }
}
