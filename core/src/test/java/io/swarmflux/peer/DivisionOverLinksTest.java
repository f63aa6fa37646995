package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Mode;
import io.swarmflux.segment.Segment;
import io.swarmflux.wire.Message;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a peer and its neighbours tell each other of who brings what. The neighbours are strangers; ten segments a second, in virtual time. */
class DivisionOverLinksTest {
    private static final long EPOCH = 7;
    private static final int ALL = Description.DEFAULT_SUB_STREAMS;
    private static final int BYTES = 1_000;
    private static final long RATE = 8 * 10 * BYTES;

    private final SwarmBench bench = new SwarmBench();
    private long edge;

    private static Segment segment(long sequence) {
        byte[] payload = ByteBuffer.allocate(BYTES).putLong(sequence).array();
        int flags = sequence % 10 == 0 ? Segment.RANDOM_ACCESS : 0;
        return Segment.of(SwarmBench.NEWS, EPOCH, sequence, new Cut(payload, sequence * 100_000, flags), 0);
    }

    /** An upstream that pushes what it was assigned, unless the test says otherwise. */
    private final class Upstream {
        final Stranger stranger;
        final String name;
        /** What it does not have. */
        final Set<Long> lost = new HashSet<>();

        /** What it has, but does not push. */
        final Set<Long> kept = new HashSet<>();

        boolean silent;
        boolean declines;
        int number;
        int spare = Message.ANY;

        private final long[] from = new long[ALL];
        private final long[] until = new long[ALL];
        private final Set<Long> pushed = new HashSet<>();
        private int dealtWith;

        Upstream(String name) {
            this.name = name;
            stranger = Stranger.listening(bench.net.named("loop:" + name), "loop:" + name, bench::run)
                    .awake();
        }

        Upstream greets() {
            stranger.greet(name);
            look();
            return this;
        }

        Upstream answers(Description said) {
            stranger.say(
                    new Message.Subscribed(number, EPOCH, 0, 0, said),
                    new Message.Paths(number, EPOCH, List.of(new Message.Path(-1, List.of("source", name), -2))));
            return announces();
        }

        Upstream announces() {
            List<Message.Range> holes = Message.Range.of(
                    lost.stream().filter(one -> one < edge).sorted().toList());
            stranger.send(new Message.Announce(number, EPOCH, 0, edge, holes, -2, 0, -2, spare, 0));
            return this;
        }

        /** Says nothing at all from now on. */
        void fallsSilent() {
            silent = true;
            stranger.asleep();
        }

        void recovers() {
            silent = false;
            stranger.awake();
        }

        /** Does what it was told since it looked last. */
        void look() {
            for (; dealtWith < stranger.heard.size(); dealtWith++) {
                Message message = stranger.heard.get(dealtWith);
                if (message instanceof Message.Subscribe asked) {
                    number = asked.number();
                    Arrays.fill(until, asked.subStreams() == 0 ? 0 : Long.MAX_VALUE);
                } else if (message instanceof Message.Assign told) {
                    told.assignments().forEach(this::assigned);
                }
            }
        }

        private void assigned(Message.Assignment one) {
            if (one.wants() && declines) {
                stranger.send(new Message.Declined(number, 1L << one.subStream()));
            } else if (one.wants()) {
                from[one.subStream()] = one.from();
                until[one.subStream()] = Long.MAX_VALUE;
            } else {
                until[one.subStream()] = Math.min(until[one.subStream()], one.until());
            }
        }

        boolean wants(long sequence) {
            int subStream = (int) (sequence % ALL);
            return from[subStream] <= sequence && sequence < until[subStream];
        }

        /** The sub-streams that it is to push until further notice. */
        List<Integer> brings() {
            return LongStream.range(0, ALL)
                    .filter(i -> until[(int) i] == Long.MAX_VALUE)
                    .mapToObj(i -> (int) i)
                    .toList();
        }

        void push(long sequence) {
            pushed.add(sequence);
            stranger.push(number, segment(sequence));
        }

        private void pushAll() {
            for (long sequence = 0; sequence < edge; sequence++) {
                if (wants(sequence)
                        && !lost.contains(sequence)
                        && !kept.contains(sequence)
                        && !pushed.contains(sequence)) {
                    push(sequence);
                }
            }
        }

        boolean wasAskedFor(long sequence) {
            return names(
                    sequence,
                    stranger.heard(Message.Request.class).stream()
                            .flatMap(one -> one.ranges().stream())
                            .toList());
        }

        boolean wasToldToHave(long sequence) {
            return names(
                    sequence,
                    stranger.heard(Message.Have.class).stream()
                            .flatMap(one -> one.ranges().stream())
                            .toList());
        }

        private static boolean names(long sequence, List<Message.Range> ranges) {
            return ranges.stream().anyMatch(one -> one.from() <= sequence && sequence < one.until());
        }

        /** Whether it was told to stop anything since it had heard so many messages. */
        boolean wasStoppedSince(int heard) {
            return stranger.heard.stream()
                    .skip(heard)
                    .filter(Message.Assign.class::isInstance)
                    .flatMap(one -> ((Message.Assign) one).assignments().stream())
                    .anyMatch(one -> !one.wants());
        }
    }

    /** Time goes on, and the stream with it. */
    private void run(int segments, Upstream... upstreams) {
        run(segments, 10, upstreams);
    }

    /** The same with so many steps of 10 ms for each segment. */
    private void run(int segments, int steps, Upstream... upstreams) {
        for (int i = 0; i < segments; i++) {
            edge++;
            for (int step = 0; step < steps; step++) {
                for (Upstream one : upstreams) {
                    one.look();
                    if (!one.silent) {
                        one.pushAll();
                    }
                    if (!one.silent && step % 10 == 0) {
                        one.announces();
                    }
                }
                bench.run(10);
            }
        }
    }

    private final Upstream other = new Upstream("other");
    private final Upstream bringer = new Upstream("bringer");

    /** A peer with two upstreams that share the work by now. */
    private RunningPeer settled() {
        RunningPeer peer = bench.start(bench.peer(bench.bare("peer"), "other", "bringer"));
        ReaderSpec patient = ReaderSpec.defaults().named("player").holePatience(Duration.ofSeconds(5));
        peer.signals(patient).subscribe();
        bench.run(10);
        other.greets().answers(Description.of(Mode.LIVE));
        bringer.greets().answers(Description.of(Mode.LIVE));
        run(60, other, bringer);
        assertThat(bringer.brings()).hasSizeBetween(2, ALL - 2).doesNotContainAnyElementsOf(other.brings());
        return peer;
    }

    /** The next segment that the bringer is to push, when all before it are there. */
    private long nextOfTheBringer() {
        while (!bringer.wants(edge)) {
            run(1, other, bringer);
        }
        return edge;
    }

    // ------------------------------------------------------------------ who answers late

    @Test
    void whoAnswersAtLastIsToldToStopWhatOthersWereGivenMeanwhile() {
        bench.start(bench.seeder(new Counter(1_000_000, BYTES, true), bench.options("seed"))
                .inEpoch(EPOCH)
                .at(Pace.rate(RATE)));
        RunningPeer peer = bench.start(bench.peer(bench.bare("peer"), "bringer", "relay"));
        bench.run(10);
        bringer.greets();
        assertThat(bringer.stranger.last(Message.Subscribe.class).subStreams()).isEqualTo(-1);
        RunningPeer relay = bench.start(bench.peer(bench.options("relay"), "seed"));
        bench.run(2_000);
        assertThat(bench.look(relay).downstreams()).singleElement().satisfies(one -> assertThat(one.subStreams())
                .hasSize(ALL));

        bringer.stranger.say(new Message.Subscribed(bringer.number, EPOCH, 0, 0, Description.of(Mode.LIVE)));
        bringer.look();
        assertThat(bringer.brings()).isEmpty();
        List<Message.Assignment> told =
                bringer.stranger.last(Message.Assign.class).assignments();
        assertThat(told).hasSize(ALL).allSatisfy(one -> assertThat(one.until()).isZero());
        assertThat(bench.look(relay).downstreams()).singleElement().satisfies(one -> assertThat(one.subStreams())
                .hasSize(ALL));
        assertThat(bench.look(peer).window().duplicates()).isZero();
    }

    @Test
    void whoAnswersAtLastBringsWhatNobodyWasGivenMeanwhile() {
        RunningPeer peer = bench.start(bench.peer(bench.bare("peer"), "bringer", "other"));
        bench.run(10);
        bringer.greets();
        other.spare = 3;
        other.greets().answers(Description.of(Mode.LIVE));
        bench.run(100);
        other.spare = 0;
        run(1, other);
        List<Integer> given = other.brings();
        assertThat(given).hasSizeBetween(1, ALL - 1);
        bringer.answers(Description.of(Mode.LIVE));
        run(20, other, bringer);
        assertThat(other.brings()).isEqualTo(given);
        assertThat(bringer.brings()).hasSize(ALL - given.size()).doesNotContainAnyElementsOf(given);
        assertThat(bench.look(peer).window().edge()).isEqualTo(edge);
        assertThat(bench.look(peer).window().duplicates()).isZero();
    }

    @Test
    void whileSubStreamsMoveInASlowStreamEverySegmentIsPushedBySomebody() {
        bench.start(bench.peer(bench.bare("peer"), "other", "bringer"))
                .segments()
                .subscribe();
        bench.run(10);
        other.greets().answers(Description.of(Mode.LIVE));
        bringer.greets().answers(Description.of(Mode.LIVE));
        run(80, 40, other, bringer);
        assertThat(bringer.brings()).hasSizeBetween(2, ALL - 2);
        Set<Long> pushed = new HashSet<>(other.pushed);
        pushed.addAll(bringer.pushed);
        assertThat(pushed).containsAll(LongStream.range(0, edge).boxed().toList());
        assertThat(other.stranger.heard(Message.Request.class)).isEmpty();
        assertThat(bringer.stranger.heard(Message.Request.class)).isEmpty();
    }

    // ------------------------------------------------------------------ what is pushed no more

    @Test
    void aSubStreamOfWhichASegmentIsToldLateIsNotMovedAway() {
        settled();
        long late = nextOfTheBringer();
        int heard = bringer.stranger.heard.size();
        List<Integer> before = other.brings();
        bringer.kept.add(late);
        run(2, other, bringer); // the one after it tells that it exists
        bringer.stranger.send(
                new Message.GapNotice(bringer.number, EPOCH, late, late + 1, Message.GapNoticeReason.LATE));
        run(5, other, bringer);
        assertThat(bringer.wasStoppedSince(heard)).isFalse();
        assertThat(other.brings()).isEqualTo(before);
        assertThat(other.wasAskedFor(late)).isTrue();
    }

    @Test
    void whatIsToldLateIsAskedForSoon() {
        settled();
        long late = nextOfTheBringer();
        bringer.kept.add(late);
        run(2, other, bringer); // the one after it tells that it exists
        bringer.stranger.send(
                new Message.GapNotice(bringer.number, EPOCH, late, late + 1, Message.GapNoticeReason.LATE));
        run(2, other, bringer);
        assertThat(other.wasAskedFor(late) || bringer.wasAskedFor(late)).isTrue();
    }

    // ------------------------------------------------------------------ what came from somebody else

    /** A segment that the bringer does not push, and the other one was asked for. */
    private long lostByTheBringer() {
        settled();
        long missing = nextOfTheBringer();
        bringer.lost.add(missing);
        run(10, other, bringer);
        assertThat(other.wasAskedFor(missing)).isTrue();
        return missing;
    }

    @Test
    void whoBringsASubStreamIsToldWhatCameInAnswerFromSomebodyElse() {
        long missing = lostByTheBringer();
        assertThat(bringer.wasToldToHave(missing)).isFalse();
        other.push(missing);
        run(1, other, bringer);
        assertThat(bringer.wasToldToHave(missing)).isTrue();
        assertThat(other.stranger.heard(Message.Have.class)).isEmpty();
    }

    @Test
    void whoWasAskedIsToldWhatWasPushedAfterAll() {
        long missing = lostByTheBringer();
        bringer.push(missing);
        run(1, other, bringer);
        assertThat(other.wasToldToHave(missing)).isTrue();
        assertThat(bringer.stranger.heard(Message.Have.class)).isEmpty();
    }

    // ------------------------------------------------------------------ rescued sub-streams

    @Test
    void whoWasSilentGoesOnWhenTheOtherDeclines() {
        RunningPeer peer = settled();
        nextOfTheBringer();
        int heard = bringer.stranger.heard.size();
        List<Integer> before = bringer.brings();
        bringer.fallsSilent();
        other.declines = true;
        run(12, other, bringer);
        assertThat(other.stranger.last(Message.Assign.class).assignments()).anyMatch(Message.Assignment::wants);
        bringer.recovers();
        run(10, other, bringer);
        assertThat(bringer.wasStoppedSince(heard)).isFalse();
        assertThat(bringer.brings()).isEqualTo(before);
        assertThat(bench.look(peer).window().edge()).isEqualTo(edge);
        assertThat(bench.look(peer).window().duplicates()).isZero();
    }

    @Test
    void whoWasSilentIsToldToStopWhenTheOtherPushes() {
        settled();
        nextOfTheBringer();
        List<Integer> before = bringer.brings();
        bringer.fallsSilent();
        run(12, other, bringer);
        assertThat(bringer.brings()).doesNotContainAnyElementsOf(other.brings()).hasSizeLessThan(before.size());
    }

    @Test
    void whoSaysNothingIsLeftEvenWhereNobodyHasWhatIsMissing() {
        settled();
        long missing = nextOfTheBringer();
        for (long sequence = missing; sequence < missing + 200; sequence++) {
            if (bringer.wants(sequence)) {
                other.lost.add(sequence);
            }
        }
        bringer.fallsSilent();
        run(12, other, bringer);
        assertThat(other.brings()).hasSize(ALL);
    }

    @Test
    void whoWasBusyItselfLeavesNobodyForItsSilence() {
        settled();
        nextOfTheBringer();
        List<Integer> before = bringer.brings();
        bringer.fallsSilent();
        other.fallsSilent();
        run(15, other, bringer);
        bringer.recovers();
        other.recovers();
        bringer.announces();
        run(1, other, bringer);
        assertThat(bringer.brings()).isEqualTo(before);
    }

    // ------------------------------------------------------------------ as upstream

    /** Somebody who takes the whole stream from the seeder, from its beginning, with so much credit at first. */
    private Stranger taker(Message.Start start, int segments, long bytes) {
        return taker("taker", start, segments, bytes);
    }

    private Stranger taker(String name, Message.Start start, int segments, long bytes) {
        return Stranger.dialling(bench.net.named("loop:" + name), "loop:seed", bench::run)
                .awake()
                .greet(name)
                .say(new Message.Subscribe(1, SwarmBench.NEWS, -1, -1, start, 0, -1, segments, bytes, false));
    }

    private static Message.Credit credit(Stranger taker) {
        long received = taker.segments.size() * (long) (Segment.HEADER_BYTES + BYTES);
        return new Message.Credit(1, Long.MAX_VALUE, Long.MAX_VALUE, 0, received, false);
    }

    private void seed(Pace pace, Serving serving) {
        bench.start(bench.seeder(
                        new Counter(pace.equals(Pace.none()) ? 200 : 1_000_000, BYTES, true),
                        bench.options("seed").serving(serving).lingering(Duration.ofMinutes(1)))
                .at(pace));
    }

    private static Message.Range one(long sequence) {
        return new Message.Range(sequence, sequence + 1);
    }

    @Test
    void whatADownstreamHasIsNotPushedToIt() {
        seed(Pace.rate(RATE), Serving.defaults());
        Stranger taker = taker(Message.Start.OLDEST, 1_000, 0);
        bench.run(3_000);
        taker.say(new Message.Have(1, List.of(one(5), one(17)))).say(credit(taker));
        assertThat(taker.segments).hasSizeGreaterThan(20).contains(4L, 6L, 16L, 18L);
        assertThat(taker.segments).doesNotContain(5L, 17L);
    }

    @Test
    void whatADownstreamHasIsNotGivenInAnswerToAnOlderRequest() {
        seed(Pace.rate(20 * RATE), Serving.defaults());
        Stranger taker = taker(Message.Start.OLDEST, 1_000, 1L << 30);
        bench.run(3_000); // nothing was reported, so nothing more may leave, not even an answer
        assertThat(taker.segments).hasSizeBetween(60, 70);
        taker.say(new Message.Request(1, List.of(one(5), one(7), one(9))));
        taker.say(new Message.Have(1, List.of(one(7))));
        assertThat(taker.segments).hasSizeBetween(60, 70);
        taker.say(credit(taker));
        assertThat(taker.segments).filteredOn(n -> n == 5 || n == 9).hasSize(4);
        assertThat(taker.segments).containsOnlyOnce(7L);
        taker.say(new Message.Request(1, List.of(one(7))), credit(taker)); // it has lost it again
        assertThat(taker.segments).filteredOn(n -> n == 7).hasSize(2);
    }

    @Test
    void whatADownstreamHasChangesNothingInALosslessStream() {
        seed(Pace.none(), Serving.defaults());
        Stranger taker = taker(Message.Start.OLDEST, 100_000, 1L << 30);
        bench.run(100);
        assertThat(taker.segments).hasSizeBetween(60, 70); // as above
        taker.say(new Message.Request(1, List.of(one(7))));
        taker.say(new Message.Have(1, List.of(one(7), one(100))));
        for (int i = 0; i < 10; i++) {
            taker.say(credit(taker));
        }
        assertThat(taker.segments).filteredOn(n -> n == 7).hasSize(2);
        assertThat(taker.segments).hasSize(201).contains(100L);
    }

    @Test
    void whatWaitsForTooLongIsToldLateAndGivenWhenItIsAskedFor() {
        seed(Pace.rate(RATE), Serving.defaults().upload(RATE / 2));
        Stranger taker = taker(Message.Start.LIVE_EDGE, 100_000, 1L << 30);
        for (int i = 0; i < ALL; i++) {
            taker.say(new Message.Assign(
                    1, List.of(new Message.Assignment(i, 0, Long.MAX_VALUE, 1, Message.Need.ALONE))));
        }
        for (int i = 0; i < 50; i++) {
            bench.run(100);
            taker.say(credit(taker));
        }
        List<Long> late = taker.heard(Message.GapNotice.class).stream()
                .filter(gap -> gap.reason() == Message.GapNoticeReason.LATE)
                .flatMap(gap -> LongStream.range(gap.from(), gap.until()).boxed())
                .toList();
        assertThat(late).isNotEmpty().doesNotContainAnyElementsOf(taker.segments);
        long wanted = late.get(late.size() - 1);
        taker.say(new Message.Request(1, List.of(one(wanted))));
        bench.run(900);
        assertThat(taker.segments).contains(wanted);
    }

    private static Message.Assign everything() {
        return new Message.Assign(
                1,
                LongStream.range(0, ALL)
                        .mapToObj(i -> new Message.Assignment((int) i, 0, Long.MAX_VALUE, 1, Message.Need.ALONE))
                        .toList());
    }

    @Test
    void whatOnlySomebodyGotWhoIsSilentNowIsNoRepairForTheSeeder() {
        seed(Pace.rate(RATE), Serving.defaults().upload(RATE * 11 / 10));
        Stranger first = taker("first", Message.Start.OLDEST, 100_000, 1L << 30);
        first.say(everything());
        bench.run(2_000);
        assertThat(first.segments).contains(3L, 4L, 5L, 6L, 7L);
        Stranger next = taker("next", Message.Start.LIVE_EDGE, 100_000, 1L << 30);
        next.say(everything());
        next.say(new Message.Request(1, List.of(new Message.Range(3, 8))));
        bench.run(500);
        assertThat(next.segments).doesNotContain(5L, 6L, 7L); // it can have them from the first one
        first.asleep();
        bench.run(1_500);
        next.say(new Message.Request(1, List.of(new Message.Range(3, 8))), credit(next));
        bench.run(900);
        assertThat(next.segments).contains(3L, 4L, 5L, 6L, 7L);
    }

    // ------------------------------------------------------------------ credit

    private long creditLeft() {
        long granted = bringer.stranger.heard(Message.Credit.class).stream()
                .mapToLong(Message.Credit::byteLimit)
                .max()
                .orElseGet(() -> bringer.stranger.last(Message.Subscribe.class).creditBytes());
        return granted - bringer.pushed.size() * (long) segment(0).encodedBytes();
    }

    /** A peer that lacks the first segment of a lossless stream, and has been sent what it granted but for so many segments. */
    private RunningPeer lacksTheFirst(int leftOver) {
        int size = segment(0).encodedBytes();
        PeerOptions.Window small = new PeerOptions.Window(16_384, 2 << 20, Duration.ofSeconds(10));
        RunningPeer peer = bench.start(bench.peer(bench.bare("peer").within(small), "bringer"));
        bench.play(peer, 0); // so that nothing makes room
        bench.run(10);
        bringer.greets().answers(new Description(0, Mode.LOSSLESS, ALL, size, 0, "", new byte[0], new byte[0]));
        edge = 1;
        for (int idle = 0; idle < 5; idle++) {
            while (creditLeft() >= (leftOver + 1L) * size) {
                bringer.push(edge++);
                idle = 0;
            }
            bringer.announces();
            bench.run(10);
        }
        assertThat(edge).isGreaterThan(1_500);
        assertThat(creditLeft()).isBetween((long) leftOver * size, (leftOver + 1L) * size - 1);
        return peer;
    }

    private void waitForRequests(int count) {
        for (int i = 0; i < 200 && bringer.stranger.heard(Message.Request.class).size() < count; i++) {
            bringer.announces();
            bench.run(10);
        }
        assertThat(bringer.stranger.heard(Message.Request.class)).hasSize(count);
    }

    private void nothingIsViolated(RunningPeer peer) {
        bench.run(500);
        assertThat(bringer.stranger.heard(Message.Failure.class)).isEmpty();
        assertThat(bringer.stranger.isClosed()).isFalse();
        assertThat(bench.look(peer).violations()).isZero();
        assertThat(bench.look(peer).window().duplicates()).isEqualTo(1);
    }

    @Test
    void whatIsAskedForTwiceMayBeAnsweredTwiceWithoutCredit() {
        RunningPeer peer = lacksTheFirst(0);
        waitForRequests(2);
        bringer.push(0);
        bringer.push(0);
        nothingIsViolated(peer);
    }

    @Test
    void whatIsPushedWhileItsRequestIsUnderWayMayBeAnsweredWithoutCredit() {
        RunningPeer peer = lacksTheFirst(1);
        waitForRequests(1);
        bringer.push(0); // with the last of the credit
        bringer.push(0);
        nothingIsViolated(peer);
    }
}
