package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.peer.SwarmBench.Playing;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Mode;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.Message.FailureCode;
import io.swarmflux.wire.MessageCodec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Strangers that send what they should not, to a peer that serves somebody else meanwhile. */
class HostileLinkTest {
    private final SwarmBench bench = new SwarmBench();
    private final RunningPeer seed;
    private final Playing bystander;

    HostileLinkTest() {
        seed = bench.start(bench.seeder(new Counter(1_000_000, 100, true), bench.options("seed")));
        bystander = bench.play(bench.start(bench.peer(bench.bare("bystander"), "seed")));
    }

    @BeforeEach
    void begin() {
        bench.run(2_000);
    }

    private Stranger stranger(String address) {
        return Stranger.dialling(bench.net.named("loop:stranger"), address, bench::run);
    }

    private static Message.Subscribe subscribe(int number, Message.Start start, long from, long credit) {
        return new Message.Subscribe(
                number, SwarmBench.NEWS, -1, -1, start, from, -1, Integer.MAX_VALUE, credit, false);
    }

    private void nobodyElseNoticed(int violations) {
        bench.run(2_000);
        bystander.hasExactly(bystander.first(), bystander.last() + 1);
        assertThat(bystander.last()).isGreaterThan(bench.look(seed).window().edge() - 10);
        assertThat(bench.look(seed).violations()).isEqualTo(violations);
    }

    @Test
    void randomFramesCloseTheLinkWithAFailure() {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            Stranger stranger = stranger("loop:seed");
            byte[] junk = new byte[1 + random.nextInt(100)];
            random.nextBytes(junk);
            junk[0] = (byte) random.nextInt(0x30);
            if (i % 2 == 0) {
                stranger.greet("stranger" + i, i);
            }
            stranger.link().send(ByteBuffer.wrap(junk));
            bench.run(20);
            stranger.link().dispose();
        }
        bench.run(2_000);
        bystander.hasExactly(bystander.first(), bystander.last() + 1);
        assertThat(bench.look(seed).violations()).isBetween(50L, 200L);
    }

    @Test
    void aWrongMagicIsNamed() {
        ByteBuffer frame = MessageCodec.encode(Stranger.hello("stranger", 1));
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        bytes[2] ^= 1;
        Stranger stranger = stranger("loop:seed");
        stranger.link().send(ByteBuffer.wrap(bytes));
        stranger.isClosedFor(FailureCode.MAGIC);
        nobodyElseNoticed(1);
    }

    @Test
    void aNewerVersionIsRejectedAsSuch() {
        Stranger stranger = stranger("loop:seed");
        stranger.say(new Message.Hello(9, 9, 0, "stranger", 1, 65_536, Segment.MAX_ENCODED_BYTES, ""));
        bench.run(1_100);
        assertThat(stranger.last(Message.Reject.class).reason()).isEqualTo(Message.RejectReason.VERSION);
        assertThat(stranger.isClosed()).isTrue();
        nobodyElseNoticed(1);
    }

    @Test
    void messagesBeforeTheGreetingAndDataWithoutASubscriptionCloseTheLink() {
        stranger("loop:seed").say(subscribe(1, Message.Start.NATURAL, 0, 1000)).isClosedFor(FailureCode.UNEXPECTED);
        Stranger stranger = stranger("loop:seed").greet("stranger", 1);
        sendSegment(stranger, 1, 0, 0, 100);
        stranger.isClosedFor(FailureCode.UNEXPECTED);
        nobodyElseNoticed(2);
    }

    private static void sendSegment(Stranger from, int number, long epoch, long sequence, int bytes) {
        Cut cut = new Cut(ByteBuffer.allocate(bytes).putLong(sequence).array(), 0, Segment.RANDOM_ACCESS);
        from.push(number, Segment.of(SwarmBench.NEWS, epoch, sequence, cut, 0));
    }

    @Test
    void whoDoesNotGreetIsClosedAfterFiveSeconds() {
        Stranger stranger = stranger("loop:seed");
        bench.run(4_900);
        assertThat(stranger.isClosed()).isFalse();
        bench.run(300);
        stranger.isClosedFor(FailureCode.TIMEOUT);
        nobodyElseNoticed(1);
    }

    @Test
    void aSecondPeerOfANameIsRefusedAndTheFirstStays() {
        Stranger stranger = stranger("loop:seed").say(Stranger.hello("bystander", 99));
        assertThat(stranger.last(Message.Reject.class).reason()).isEqualTo(Message.RejectReason.DUPLICATE_PEER);
        assertThat(bench.told("bystander", PeerEvent.LinkDown.class)).isEmpty();
        nobodyElseNoticed(0);
    }

    @Test
    void whoDialsItselfIsRefused() {
        RunningPeer self = bench.start(bench.peer(bench.options("self"), "self", "seed"));
        bench.run(5_000);
        assertThat(bench.told("self", PeerEvent.Unreachable.class))
                .singleElement()
                .satisfies(told -> assertThat(told.reason()).contains("SELF"));
        assertThat(bench.look(self).window().edge()).isGreaterThan(6_000);
    }

    @Test
    void absurdRequestsAreBounded() {
        Stranger stranger = stranger("loop:seed").greet("stranger", 1);
        stranger.say(subscribe(1, Message.Start.SEQUENCE, 1L << 60, 0));
        List<Message.Range> far = List.of(new Message.Range(0, Long.MAX_VALUE));
        for (int i = 0; i < 10_000; i++) {
            stranger.link().send(MessageCodec.encode(new Message.Request(1, far)));
        }
        bench.run(100);
        stranger("loop:seed")
                .greet("second", 2)
                .say(subscribe(1, Message.Start.SEQUENCE, Long.MAX_VALUE, 0))
                .isClosedFor(FailureCode.LIMIT);
        stranger.say(new Message.Credit(1, Long.MAX_VALUE, Long.MAX_VALUE, 1L << 60, Long.MAX_VALUE, false));
        bench.run(5_000);
        // 64 KiB unreported at most, however often it asks
        assertThat(stranger.segments).hasSizeLessThan(1_100);
        nobodyElseNoticed(1);
    }

    @Test
    void aFloodOfPingsAndSubscribesIsBorne() {
        Stranger stranger = stranger("loop:seed").greet("stranger", 1);
        for (int i = 1; i < 20_000; i++) {
            stranger.link().send(MessageCodec.encode(new Message.Ping(i)));
            stranger.link().send(MessageCodec.encode(subscribe(i, Message.Start.OLDEST, 0, 1000)));
        }
        bench.run(5_000);
        nobodyElseNoticed(0);
    }

    @Test
    void anEpochHeardFromAStrangerDoesNotPoisonTheNext() {
        RunningPeer waiting = bench.start(bench.seeder(
                new Counter(1_000, 100, true), bench.options("waiting").waitingFor(1)));
        Stranger stranger = stranger("loop:waiting").greet("stranger", 1);
        stranger.say(new Message.Subscribe(
                1, SwarmBench.NEWS, -1, Long.MAX_VALUE, Message.Start.NATURAL, 0, -1, 10, 1_000, false));
        bench.run(500);
        assertThat(bench.look(waiting).epoch()).isBetween(0L, Duration.ofDays(2).toMillis());
        assertThat(bench.look(waiting).window().edge()).isPositive();
    }

    // ------------------------------------------------------------------ a hostile upstream

    private Stranger upstreamOf(String victim, String... others) {
        Stranger evil = Stranger.listening(bench.net.named("loop:evil"), "loop:evil", bench::run)
                .awake();
        Peer peer = bench.peer(bench.bare(victim), others).upstream("loop:evil");
        bench.play(bench.start(peer));
        bench.run(10);
        evil.greet("evil", 66);
        bench.run(10);
        return evil;
    }

    private static Message.Subscribed subscribed(Message.Subscribe asked, long epoch, long start, long oldest) {
        return new Message.Subscribed(asked.number(), epoch, start, oldest, Description.of(Mode.LIVE));
    }

    @Test
    void anUpstreamThatSendsBeyondItsCreditIsClosed() {
        Stranger evil = upstreamOf("victim");
        Message.Subscribe asked = evil.last(Message.Subscribe.class);
        evil.say(subscribed(asked, 7, 0, 0));
        sendSegment(evil, asked.number(), 7, 0, 1_000);
        sendSegment(evil, asked.number(), 7, 1L << 40, 1_000);
        evil.isClosedFor(FailureCode.CREDIT);
    }

    @Test
    void anUpstreamThatNamesAbsurdSequencesCostsNothing() {
        Stranger evil = upstreamOf("victim", "seed");
        bench.run(500);
        Message.Subscribe asked = evil.last(Message.Subscribe.class);
        long epoch = bench.look(seed).epoch();
        evil.say(subscribed(asked, epoch, 0, 0));
        evil.say(new Message.Announce(asked.number(), epoch, 0, 1L << 60, List.of(), 1L << 60, 0, -2, 64, 0));
        evil.say(new Message.GapNotice(asked.number(), epoch, 5, 1L << 60, Message.GapNoticeReason.GONE));
        evil.say(new Message.End(asked.number(), epoch, 1L << 60));
        bench.run(3_000);
        PeerEvent.Ended none =
                bench.told("victim", PeerEvent.Ended.class).stream().findAny().orElse(null);
        assertThat(none).isNull();
        evil.say(new Message.GapNotice(asked.number(), epoch, 0, Long.MAX_VALUE, Message.GapNoticeReason.GONE));
        evil.isClosedFor(FailureCode.LIMIT);
        nobodyElseNoticed(0);
    }

    @Test
    void anotherStreamIsRefused() {
        Stranger stranger = stranger("loop:seed").greet("stranger", 1);
        stranger.say(
                new Message.Subscribe(1, StreamId.of("other"), -1, -1, Message.Start.NATURAL, 0, -1, 10, 1000, false));
        assertThat(stranger.last(Message.Refused.class).reason()).isEqualTo(Message.RefuseReason.UNKNOWN_STREAM);
        nobodyElseNoticed(0);
    }
}
