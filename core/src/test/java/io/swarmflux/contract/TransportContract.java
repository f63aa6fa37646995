package io.swarmflux.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.swarmflux.link.Link;
import io.swarmflux.link.LinkException;
import io.swarmflux.link.Listener;
import io.swarmflux.link.Transport;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What every {@link Transport} keeps to. A new transport adds a class of a few lines and no new cases. */
@Timeout(10)
public abstract class TransportContract {
    private static final Duration SOON = Duration.ofSeconds(5);

    /** Lock-free: links are added on event loops. */
    private final BlockingQueue<Link> accepted = new LinkedTransferQueue<>();

    private final List<Link> dialled = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private Transport transport;

    /** The transport under test, on a real scheduler. */
    protected abstract Transport transport();

    /** An address to listen on for which the transport takes a free one, as port 0 is. */
    protected abstract String freeAddress();

    /**
     * Dials this address from an end that never reads, until closed; null when the transport has no such ends, because
     * it reads by itself.
     */
    protected @Nullable Closeable dialDeaf(String address) throws IOException {
        return null;
    }

    @BeforeEach
    void start() {
        transport = transport();
    }

    @AfterEach
    void stop() {
        dialled.forEach(Link::dispose);
        accepted.forEach(Link::dispose);
        listeners.forEach(Listener::dispose);
    }

    /** Two ends of one link. */
    private record Pair(Link dialled, Link accepted) {}

    private Listener listen(String address) {
        Listener listener = transport.listen(address, accepted::add).block(SOON);
        listeners.add(listener);
        return listener;
    }

    private Link dial(String address) {
        Link link = transport.dial(address).block(SOON);
        dialled.add(link);
        return link;
    }

    private Link accepted() throws InterruptedException {
        Link link = accepted.poll(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(link).as("an accepted link").isNotNull();
        dialled.add(link);
        return link;
    }

    private Pair open() throws InterruptedException {
        Link link = dial(listen(freeAddress()).address());
        return new Pair(link, accepted());
    }

    private static byte[] frame(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] copy(ByteBuffer view) {
        byte[] bytes = new byte[view.remaining()];
        view.get(bytes);
        return bytes;
    }

    /** The frames that come in, copied while they may be read. */
    private static Flux<byte[]> frames(Link link) {
        return link.receive().map(TransportContract::copy);
    }

    private static void send(Link link, byte[] frame) {
        assertThat(link.send(ByteBuffer.wrap(frame))).as("accepted by send").isTrue();
    }

    private static void await(String what, BooleanSupplier condition) {
        Flux.interval(Duration.ofMillis(5))
                .filter(tick -> condition.getAsBoolean())
                .next()
                .timeout(SOON, Mono.error(() -> new AssertionError("in vain: " + what)))
                .block();
    }

    @Test
    void opensALinkThatBothEndsSee() throws InterruptedException {
        Listener listener = listen(freeAddress());
        Link out = dial(listener.address());
        Link in = accepted();

        assertThat(out.dialled()).isTrue();
        assertThat(in.dialled()).isFalse();
        assertThat(out.remote()).isEqualTo(listener.address());
        assertThat(in.remote()).isNotEmpty();
        assertThat(out.isDisposed()).isFalse();
        assertThat(in.maxFrameBytes()).isEqualTo(out.maxFrameBytes());
        assertThat(out.provenName()).isNull();
        assertThat(listener.refusedLinks()).isZero();
    }

    @Test
    void reportsTheAddressItReallyTook() {
        String first = listen(freeAddress()).address();
        String second = listen(freeAddress()).address();

        assertThat(first).isNotEqualTo(freeAddress()).isNotEqualTo(second);
        dial(first);
        dial(second);
    }

    @Test
    void carriesFramesOfEverySizeBothWaysWholeAndInOrder() throws InterruptedException {
        Pair pair = open();
        int max = pair.dialled().maxFrameBytes();
        List<byte[]> sent = new ArrayList<>();
        for (int size : new int[] {1, 2, 3, 100, 1_000, 1_024, max / 2, max - 1, max, 1}) {
            sent.add(frame(size, size));
        }

        for (Link from : List.of(pair.dialled(), pair.accepted())) {
            Link to = from == pair.dialled() ? pair.accepted() : pair.dialled();
            sent.forEach(frame -> send(from, frame));
            List<byte[]> received =
                    frames(to).take(sent.size(), false).collectList().block(SOON);
            assertThat(received).usingElementComparator(Arrays::compare).isEqualTo(sent);
        }
    }

    @Test
    void gathersTheFrameFromItsParts() throws InterruptedException {
        Pair pair = open();
        byte[] whole = frame(1_000, 7);
        ByteBuffer head = ByteBuffer.wrap(whole, 0, 9);
        ByteBuffer middle =
                ByteBuffer.allocateDirect(500).put(whole, 9, 500).flip().asReadOnlyBuffer();
        ByteBuffer empty = ByteBuffer.allocate(0);
        ByteBuffer tail = ByteBuffer.wrap(whole, 509, 491);

        assertThat(pair.dialled().send(head, middle, empty, tail)).isTrue();
        assertThat(head.position()).as("positions are not moved").isZero();
        assertThat(tail.position()).isEqualTo(509);
        assertThat(middle.position()).isZero();
        head.position(5);

        StepVerifier.create(frames(pair.accepted()).take(1, false))
                .assertNext(frame -> assertThat(frame).isEqualTo(whole))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void refusesAnEmptyAndATooLongFrame() throws InterruptedException {
        Link link = open().dialled();
        int tooLong = link.maxFrameBytes() + 1;

        assertThatThrownBy(() -> link.send()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> link.send(ByteBuffer.allocate(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty");
        assertThatThrownBy(() -> link.send(ByteBuffer.allocate(1), ByteBuffer.allocate(tooLong - 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(tooLong));
        assertThat(link.unsentBytes()).isZero();
    }

    @Test
    void handsOutReadOnlyViews() throws InterruptedException {
        Pair pair = open();
        send(pair.dialled(), frame(10, 1));

        StepVerifier.create(
                        pair.accepted().receive().map(ByteBuffer::isReadOnly).take(1, false))
                .expectNext(true)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void losesNothingBeforeSomebodyReceives() throws InterruptedException {
        Pair pair = open();
        for (int i = 1; i <= 20; i++) {
            send(pair.dialled(), frame(i, i));
        }
        await("everything sent", () -> pair.dialled().unsentBytes() == 0);
        pair.dialled().close().subscribe();
        pair.accepted().onClose().block(SOON);

        StepVerifier.create(frames(pair.accepted()).map(frame -> frame.length))
                .expectNextCount(19)
                .expectNext(20)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void refusesASecondReceiver() throws InterruptedException {
        Link link = open().dialled();
        link.receive().subscribe(frame -> {}, error -> {});

        StepVerifier.create(link.receive())
                .expectError(IllegalStateException.class)
                .verify(SOON);
    }

    @Test
    void refusesAReceiverWithBoundedDemand() throws InterruptedException {
        StepVerifier.create(open().dialled().receive(), 1)
                .expectError(IllegalArgumentException.class)
                .verify(SOON);
    }

    @Test
    void closingGracefullyDeliversWhatWasAccepted() throws Exception {
        Pair pair = open();
        int size = pair.dialled().maxFrameBytes();
        Future<Long> received = frames(pair.accepted())
                .filter(frame -> frame.length == size)
                .count()
                .toFuture();
        for (int i = 0; i < 200; i++) {
            send(pair.dialled(), frame(size, i));
        }
        Mono<Void> closed = pair.dialled().close();
        assertThat(pair.dialled().isDisposed())
                .as("closing waits for a subscriber")
                .isFalse();
        closed.subscribe();

        assertThat(received.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(200);
        closed.block(SOON);
        assertThat(pair.dialled().unsentBytes()).isZero();
    }

    @Test
    void closesInTimeThoughTheOtherEndDoesNotRead() throws Exception {
        try (Closeable deaf = dialDeaf(listen(freeAddress()).address())) {
            assumeTrue(deaf != null, "has ends that do not read");
            Link link = accepted();
            // More than the network takes on the way.
            byte[] frame = frame(link.maxFrameBytes(), 1);
            for (int i = 0; i < 2_000; i++) {
                send(link, frame);
            }

            link.close().block(Link.CLOSE_LIMIT.plus(SOON));
            assertThat(link.unsentBytes()).isZero();
            StepVerifier.create(link.receive()).expectComplete().verify(SOON);
        }
    }

    @Test
    void closingEndsBothEnds() throws InterruptedException {
        Pair pair = open();
        pair.dialled().close().block(SOON);

        StepVerifier.create(pair.accepted().receive()).expectComplete().verify(SOON);
        StepVerifier.create(pair.dialled().receive()).expectComplete().verify(SOON);
        StepVerifier.create(pair.accepted().onClose()).expectComplete().verify(SOON);
        pair.accepted().close().block(SOON);
        pair.accepted().dispose();
        assertThat(pair.accepted().isDisposed()).isTrue();
        assertThat(pair.dialled().isDisposed()).isTrue();
    }

    @Test
    void disposingEndsBothEnds() throws InterruptedException {
        Pair pair = open();
        pair.accepted().dispose();

        StepVerifier.create(pair.accepted().receive()).expectComplete().verify(SOON);
        StepVerifier.create(pair.dialled().receive()).expectComplete().verify(SOON);
        StepVerifier.create(pair.accepted().onClose()).expectComplete().verify(SOON);
        StepVerifier.create(pair.dialled().onClose()).expectComplete().verify(SOON);
    }

    @Test
    void answersEveryoneWhoAsksForTheEnd() throws InterruptedException {
        Pair pair = open();
        CountDownLatch early = new CountDownLatch(2);
        pair.dialled().onClose().subscribe(null, error -> {}, early::countDown);
        pair.dialled().onClose().subscribe(null, error -> {}, early::countDown);
        pair.accepted().dispose();

        assertThat(early.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        StepVerifier.create(pair.dialled().onClose()).expectComplete().verify(SOON);
    }

    @Test
    void dropsWhatIsSentAfterTheEnd() throws InterruptedException {
        Pair pair = open();
        pair.dialled().dispose();
        assertThat(pair.dialled().send(ByteBuffer.allocate(1))).isFalse();

        pair.accepted().onClose().block(SOON);
        assertThat(pair.accepted().send(ByteBuffer.allocate(1))).isFalse();
        assertThat(pair.accepted().unsentBytes()).isZero();
    }

    @Test
    void neverThrowsAtWhoSendsWhileTheLinkEnds() throws Exception {
        Listener listener = listen(freeAddress());
        for (int i = 0; i < 10; i++) {
            Link link = dial(listener.address());
            Link other = accepted();
            // Arrives although the sender never pauses.
            other.receive().subscribe(frame -> link.dispose(), error -> {});
            Future<Boolean> sender = Mono.fromCallable(() -> {
                        while (link.send(ByteBuffer.allocate(10))) {
                            Thread.onSpinWait();
                        }
                        return true;
                    })
                    .subscribeOn(Schedulers.boundedElastic())
                    .toFuture();

            assertThat(sender.get(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            other.onClose().block(SOON);
        }
    }

    @Test
    void canBeDisposedWhileReceiving() throws InterruptedException {
        Pair pair = open();
        for (int i = 0; i < 100; i++) {
            send(pair.dialled(), frame(100, i));
        }

        StepVerifier.create(frames(pair.accepted())
                        .doOnNext(frame -> pair.accepted().dispose()))
                .expectNextCount(1)
                .thenConsumeWhile(frame -> true)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void answersFromInsideTheReceiver() throws InterruptedException {
        Pair pair = open();
        pair.accepted().receive().subscribe(frame -> pair.accepted().send(ByteBuffer.wrap(copy(frame))));
        Flux<byte[]> answers =
                frames(pair.dialled()).doOnNext(frame -> pair.dialled().send(ByteBuffer.wrap(frame)));
        send(pair.dialled(), frame(50, 3));

        StepVerifier.create(answers.take(1_000, false))
                .expectNextCount(1_000)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void namesTheAddressWhereNobodyListens() {
        Listener listener = listen(freeAddress());
        String address = listener.address();
        listener.dispose();
        listener.onClose().block(SOON);

        StepVerifier.create(transport.dial(address))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(
                                LinkException.class, e -> assertThat(e.remote()).isEqualTo(address))
                        .hasMessageContaining(address))
                .verify(SOON);
    }

    @Test
    void namesTheAddressThatIsTaken() {
        String address = listen(freeAddress()).address();

        StepVerifier.create(transport.listen(address, Link::dispose))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(LinkException.class)
                        .hasMessageContaining(address)
                        .hasMessageContaining("already in use"))
                .verify(SOON);
    }

    @Test
    void freesTheAddressButKeepsTheLinksWhenTheListenerCloses() throws InterruptedException {
        Listener listener = listen(freeAddress());
        Pair pair = new Pair(dial(listener.address()), accepted());
        listener.dispose();
        listener.onClose().block(SOON);
        assertThat(listener.isDisposed()).isTrue();
        StepVerifier.create(listener.onClose()).expectComplete().verify(SOON);

        listen(listener.address());
        send(pair.dialled(), frame(10, 1));
        StepVerifier.create(frames(pair.accepted()).take(1, false))
                .expectNextCount(1)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void dialsOncePerSubscription() throws InterruptedException {
        Mono<Link> dial = transport.dial(listen(freeAddress()).address());
        assertThat(accepted.poll(50, TimeUnit.MILLISECONDS)).isNull();
        dialled.add(dial.block(SOON));
        dialled.add(dial.block(SOON));

        assertThat(accepted()).isNotSameAs(accepted());
    }

    @Test
    void keepsFramesWholeWhenSeveralThreadsSend() throws InterruptedException {
        Pair pair = open();
        int threads = 4;
        int each = 500;
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        for (int t = 0; t < threads; t++) {
            byte id = (byte) t;
            Thread sender = new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    byte[] body = new byte[200 + i];
                    Arrays.fill(body, id);
                    pair.dialled()
                            .send(ByteBuffer.wrap(new byte[] {id, (byte) (i >> 8), (byte) i}), ByteBuffer.wrap(body));
                }
            });
            sender.setUncaughtExceptionHandler((thread, error) -> failures.add(error));
            sender.start();
        }

        int[] next = new int[threads];
        StepVerifier.create(frames(pair.accepted()).take((long) threads * each, false))
                .thenConsumeWhile(frame -> {
                    int id = frame[0];
                    int number = ((frame[1] & 0xFF) << 8) | (frame[2] & 0xFF);
                    assertThat(number).isEqualTo(next[id]++);
                    assertThat(frame).hasSize(203 + number);
                    for (int i = 3; i < frame.length; i++) {
                        assertThat(frame[i] == id).isTrue();
                    }
                    return true;
                })
                .expectComplete()
                .verify(SOON);
        assertThat(next).containsOnly(each);
        assertThat(failures).isEmpty();
    }

    @Test
    void countsWhatHasNotLeftDownToZero() throws InterruptedException {
        Pair pair = open();
        pair.accepted().receive().subscribe();
        for (int i = 0; i < 300; i++) {
            send(pair.dialled(), frame(pair.dialled().maxFrameBytes(), i));
        }

        await("nothing unsent", () -> pair.dialled().unsentBytes() == 0);
    }

    @Test
    void keepsManyLinksApart() throws InterruptedException {
        int count = 100;
        Listener listener = transport
                .listen(freeAddress(), link -> link.receive()
                        .subscribe(frame -> link.send(ByteBuffer.wrap(copy(frame)))))
                .block(SOON);
        listeners.add(listener);
        List<Link> links = Flux.range(0, count)
                .flatMap(i -> transport.dial(listener.address()))
                .collectList()
                .block(SOON);
        dialled.addAll(links);

        Flux<Boolean> answers = Flux.range(0, count)
                .flatMap(
                        i -> {
                            byte[] mine = frame(100 + i, i);
                            return Flux.defer(() -> {
                                        send(links.get(i), mine);
                                        return frames(links.get(i));
                                    })
                                    .take(1, false)
                                    .map(answer -> Arrays.equals(answer, mine));
                        },
                        count);
        StepVerifier.create(answers.filter(same -> same).count())
                .expectNext((long) count)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void closesALinkWhoseFramesNobodyReceives() throws InterruptedException {
        Pair pair = open();
        byte[] frame = frame(pair.dialled().maxFrameBytes(), 1);
        for (int i = 0; i < 100; i++) {
            pair.dialled().send(ByteBuffer.wrap(frame));
        }

        pair.accepted().onClose().block(SOON);
        StepVerifier.create(frames(pair.accepted()))
                .thenConsumeWhile(any -> true)
                .expectError(LinkException.class)
                .verify(SOON);
    }
}
