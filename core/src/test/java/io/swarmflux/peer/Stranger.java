package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.Link;
import io.swarmflux.link.Transport;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.FrameReader;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.Message.FailureCode;
import io.swarmflux.wire.MessageCodec;
import io.swarmflux.wire.SegmentChunks;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Somebody who speaks frames: does only what a test has it do, in virtual time, and notes what it hears. */
public final class Stranger {
    private static final StreamId NEWS = StreamId.of("news");
    private static final int FRAME_BYTES = 16_000;

    /** All that was heard and is no segment. */
    final List<Message> heard = new ArrayList<>();

    /** What came of the stream, in order of arrival. */
    final List<Long> segments = new ArrayList<>();

    private final Consumer<Duration> run;
    private final FrameReader reader =
            new FrameReader(Segment.MAX_ENCODED_BYTES, (number, epoch, sequence, bytes) -> NEWS);
    private boolean answersPings;
    private boolean closed;
    private @Nullable Link link;

    private Stranger(Consumer<Duration> run) {
        this.run = run;
    }

    /**
     * Somebody who dials.
     *
     * @param transport its own way
     * @param address whom
     * @param run lets time pass
     * @return who is connected
     */
    public static Stranger dialling(Transport transport, String address, Consumer<Duration> run) {
        Stranger stranger = new Stranger(run);
        transport.dial(address).subscribe(stranger::on);
        stranger.pause();
        return stranger;
    }

    /** Somebody who listens, and talks to whoever dialled last. */
    static Stranger listening(Transport transport, String address, Consumer<Duration> run) {
        Stranger stranger = new Stranger(run);
        transport.listen(address, stranger::on).subscribe();
        return stranger;
    }

    private void on(Link opened) {
        link = opened;
        opened.receive().subscribe(this::hear, failure -> closed = true, () -> closed = true);
    }

    private void hear(ByteBuffer frame) {
        Message message = reader.read(frame);
        if (message instanceof Message.Data data) {
            segments.add(data.segment().sequence());
        } else if (message != null) {
            heard.add(message);
        }
        if (answersPings && message instanceof Message.Ping ping) {
            send(new Message.Pong(ping.stamp()));
        }
    }

    private void pause() {
        run.accept(Duration.ofMillis(10));
    }

    /**
     * Its link.
     *
     * @return the newest
     */
    public Link link() {
        Link opened = link;
        if (opened == null) {
            throw new AssertionError("not connected");
        }
        return opened;
    }

    /** Whether the other end has closed the link. */
    boolean isClosed() {
        return closed;
    }

    /** Answers every ping from now on, so that it is not taken for dead. */
    Stranger awake() {
        answersPings = true;
        return this;
    }

    /** Answers no ping from now on. */
    void asleep() {
        answersPings = false;
    }

    // ------------------------------------------------------------------ what it says

    /** Sends messages without letting time pass. */
    void send(Message... messages) {
        for (Message message : messages) {
            link().send(MessageCodec.encode(message));
        }
    }

    /**
     * Sends messages and waits until they are heard.
     *
     * @param messages which
     * @return itself
     */
    public Stranger say(Message... messages) {
        send(messages);
        pause();
        return this;
    }

    /** Sends a segment without letting time pass. */
    void push(int number, Segment segment) {
        SegmentChunks chunks = SegmentChunks.cut(number, segment, FRAME_BYTES);
        while (chunks.hasNext()) {
            link().send(chunks.next());
        }
    }

    static Message.Hello hello(String name, long instance) {
        return new Message.Hello(
                MessageCodec.VERSION, MessageCodec.VERSION, 0, name, instance, 65_536, Segment.MAX_ENCODED_BYTES, "");
    }

    /**
     * Says hello, and welcome to whoever said hello.
     *
     * @param name who it says it is
     * @return itself
     */
    public Stranger greet(String name) {
        return greet(name, name.hashCode());
    }

    Stranger greet(String name, long instance) {
        say(hello(name, instance));
        return say(new Message.Welcome(
                MessageCodec.VERSION, last(Message.Hello.class).instance()));
    }

    // ------------------------------------------------------------------ what it hears

    <M extends Message> List<M> heard(Class<M> kind) {
        return heard.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <M extends Message> M last(Class<M> kind) {
        return heard(kind).stream()
                .reduce((a, b) -> b)
                .orElseThrow(() -> new AssertionError("heard no " + kind.getSimpleName() + " in " + heard));
    }

    void isClosedFor(FailureCode code) {
        run.accept(Duration.ofMillis(1_100));
        assertThat(last(Message.Failure.class).code()).isEqualTo(code);
        assertThat(closed).isTrue();
    }
}
