package io.swarmflux.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.directory.VirtualTimeDirectoryTest.Faulty;
import io.swarmflux.segment.StreamId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Several directories, of which some fail. */
class DirectoriesTest {
    private static final StreamId NEWS = StreamId.of("news");
    private static final Duration LEASE = Duration.ofSeconds(60);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Random random = new Random(1);
    private final Faulty one = new Faulty(memory());
    private final Faulty other = new Faulty(memory());
    private final Directories both = Directories.merged(one, other).on(time, random::nextDouble);

    private InMemoryDirectory memory() {
        return InMemoryDirectory.create(time, DirectoryLimits.defaults(), random::nextDouble);
    }

    @AfterEach
    void stop() {
        time.dispose();
    }

    private static PeerRecord peer(String name, long incarnation) {
        return PeerRecord.of(NEWS, name, incarnation, name + ":9000");
    }

    private static void register(LeaseDirectory directory, PeerRecord peer) {
        directory.register(peer, LEASE).subscribe();
    }

    /** The names found by the time {@code within} has passed; fails when there is no answer by then. */
    private List<String> found(Duration within) {
        List<List<PeerRecord>> answers = new ArrayList<>();
        both.find(NEWS, 10).subscribe(answers::add);
        time.advanceTimeBy(within);
        assertThat(answers).hasSize(1);
        return answers.get(0).stream().map(PeerRecord::name).sorted().toList();
    }

    @Test
    void mergesWhatAllSayAndBelievesTheNewestIncarnation() {
        register(one, peer("a", 1));
        register(one, peer("b", 5));
        register(other, peer("b", 6));
        register(other, peer("c", 1));
        List<PeerRecord> all = new ArrayList<>();
        both.find(NEWS, 10).subscribe(all::addAll);
        assertThat(all).extracting(PeerRecord::name).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(all)
                .filteredOn(peer -> peer.name().equals("b"))
                .singleElement()
                .satisfies(peer -> assertThat(peer.incarnation()).isEqualTo(6));
    }

    @Test
    void anAddressThatMayNotBeBelievedIsLeftOutAndWhoHasNoOther() {
        register(one, PeerRecord.of(NEWS, "a", 1, "near:1", "far:1"));
        register(one, PeerRecord.of(NEWS, "b", 1, "near:2"));
        register(other, PeerRecord.of(NEWS, "c", 1, "near:3"));
        Directories judged = Directories.merged(one, other)
                .on(time, random::nextDouble)
                .believing((from, address) -> from == other || !address.startsWith("near"));
        List<PeerRecord> all = new ArrayList<>();
        judged.find(NEWS, 10).subscribe(all::addAll);
        assertThat(all).extracting(PeerRecord::name).containsExactlyInAnyOrder("a", "c");
        assertThat(all)
                .filteredOn(peer -> peer.name().equals("a"))
                .singleElement()
                .satisfies(peer -> assertThat(peer.addresses()).containsExactly("far:1"));
        List<DirectoryEvent> events = new ArrayList<>();
        judged.watch(NEWS).subscribe(events::add);
        time.advanceTimeBy(Duration.ofSeconds(1));
        events.clear();
        register(one, PeerRecord.of(NEWS, "a", 2, "near:1"));
        register(one, PeerRecord.of(NEWS, "d", 1, "near:4"));
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(events).containsExactly(new DirectoryEvent.Left("a", 1));
    }

    @Test
    void oneThatHangsIsWaitedForOnceAndOnlyForAMoment() {
        register(one, peer("a", 1));
        other.hanging = true;
        assertThat(found(Duration.ofMillis(200))).containsExactly("a");
        assertThat(found(Duration.ZERO)).containsExactly("a");
        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(both.failing()).extracting(DirectoryException::directory).containsExactly("faulty");
        assertThat(found(Duration.ZERO)).containsExactly("a");
    }

    @Test
    void whatAFailingOneLastSaidIsStillUsed() {
        register(one, peer("a", 1));
        register(other, peer("b", 1));
        assertThat(found(Duration.ZERO)).containsExactly("a", "b");
        other.broken = true;
        assertThat(found(Duration.ZERO)).containsExactly("a", "b");
        one.broken = true;
        assertThat(found(Duration.ZERO)).containsExactly("a", "b");
    }

    @Test
    void oneThatFailsIsLeftAloneForLongerAndLonger() {
        register(one, peer("a", 1));
        other.broken = true;
        for (int i = 0; i < 600; i++) {
            register(one, peer("a", 1));
            assertThat(found(Duration.ZERO)).containsExactly("a");
            time.advanceTimeBy(Duration.ofSeconds(1));
        }
        assertThat(other.finds).isBetween(15, 50);
        other.broken = false;
        time.advanceTimeBy(Duration.ofSeconds(45));
        found(Duration.ZERO);
        assertThat(both.failing()).isEmpty();
    }

    @Test
    void saysWhatIsWrongWithEachWhenNoneAnswers() {
        one.broken = true;
        other.hanging = true;
        StepVerifier.create(both.find(NEWS, 10))
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(2)))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .hasMessageContaining("no directory answers")
                        .hasMessageContaining("out of order")
                        .hasMessageContaining("does not answer in time"))
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void isAnnouncedEverywhereAlsoWhereADirectoryComesLater() {
        other.broken = true;
        List<LeaseEvent> events = new ArrayList<>();
        Sinks.Empty<Void> end = Sinks.empty();
        Announcement announcement = Announcement.of(peer("a", 1))
                .on(time)
                .jitter(random::nextDouble)
                .until(end.asMono());
        both.announce(announcement).subscribe(events::add);
        time.advanceTimeBy(Duration.ofSeconds(30));
        other.broken = false;
        one.broken = true;
        time.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(names(other)).containsExactly("a");
        one.broken = false;
        time.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(names(one)).containsExactly("a");
        end.tryEmitEmpty();
        assertThat(names(one)).isEmpty();
        assertThat(names(other)).isEmpty();
    }

    private static List<String> names(Directory directory) {
        List<String> names = new ArrayList<>();
        directory.find(NEWS, 10).subscribe(found -> found.forEach(peer -> names.add(peer.name())));
        return names;
    }

    @Test
    void aRefusalOfOneDoesNotEndTheAnnouncementAtTheOther() {
        register(other, peer("a", 9));
        List<LeaseEvent> events = new ArrayList<>();
        both.announce(Announcement.of(peer("a", 1)).on(time).jitter(random::nextDouble))
                .subscribe(events::add);
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(events)
                .filteredOn(event -> event instanceof LeaseEvent.Refused)
                .hasSize(1);
        assertThat(events).last().isInstanceOf(LeaseEvent.Held.class);
    }

    @Test
    void aPeerHasLeftWhenNobodyThatWorksKnowsIt() {
        List<DirectoryEvent> events = new ArrayList<>();
        both.watch(NEWS).subscribe(events::add);
        register(one, peer("a", 1));
        register(other, peer("a", 1));
        one.withdraw(peer("a", 1)).subscribe();
        assertThat(events).noneMatch(event -> event instanceof DirectoryEvent.Left);
        register(other, peer("a", 2));
        other.withdraw(peer("a", 2)).subscribe();
        assertThat(events)
                .containsExactly(
                        new DirectoryEvent.Snapshot(List.of()),
                        new DirectoryEvent.Joined(peer("a", 1)),
                        new DirectoryEvent.Joined(peer("a", 2)),
                        new DirectoryEvent.Left("a", 2));
    }

    @Test
    void aBrokenWatchIsBelievedUntilOneThatWorksSaysOtherwise() {
        MergedView view = new MergedView(2);
        Source first = new Source(one, time, random::nextDouble, address -> true);
        Source second = new Source(other, time, random::nextDouble, address -> true);
        DirectoryException why = new DirectoryException(DirectoryException.Reason.UNAVAILABLE, "x", "is away");
        PeerRecord a = peer("a", 1);
        PeerRecord b = peer("b", 1);
        assertThat(view.apply(first, new DirectoryEvent.Snapshot(List.of(a, b))))
                .hasSize(1);
        assertThat(view.apply(second, new DirectoryEvent.Snapshot(List.of(a)))).isEmpty();
        assertThat(view.apply(first, new DirectoryEvent.Broken(why))).isEmpty();
        assertThat(view.apply(second, new DirectoryEvent.Left("a", 1)))
                .containsExactly(new DirectoryEvent.Left("a", 1));
        assertThat(view.apply(second, new DirectoryEvent.Broken(why))).containsExactly(new DirectoryEvent.Broken(why));
        assertThat(view.apply(second, new DirectoryEvent.Broken(why))).isEmpty();
        assertThat(view.apply(first, new DirectoryEvent.Snapshot(List.of(a))))
                .containsExactly(new DirectoryEvent.Snapshot(List.of(a)));
    }

    @Test
    void keepsTheLastAnswerOnDisk(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("peers.txt");
        PeerRecord full = peer("a", 7).withFreePlaces(2).withUpload(1_000).withIsland("home");
        one.register(full, LEASE).block();
        register(one, peer("b", 1));
        Directories keeping = both.keeping(file);
        assertThat(keeping.find(NEWS, 10).block()).hasSize(2);
        StepVerifier.create(Flux.interval(Duration.ofMillis(10)).filter(tick -> Files.exists(file)))
                .expectNextCount(1)
                .thenCancel()
                .verify();
        Files.writeString(file, Files.readString(file) + "news broken x\n");
        one.broken = true;
        other.broken = true;
        List<PeerRecord> last = both.keeping(file).find(NEWS, 10).block();
        assertThat(last).extracting(PeerRecord::name).containsExactlyInAnyOrder("a", "b");
        assertThat(last).anyMatch(peer -> peer.saysTheSame(full));
    }

    @Test
    void aFileOfAnotherFormIsNotRead(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("peers.txt"), "{\"peers\":[]}\n");
        register(one, peer("a", 1));
        assertThat(both.keeping(file).find(NEWS, 10).block()).hasSize(1);
    }
}
