package io.swarmflux.peer;

import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import java.util.List;
import java.util.OptionalLong;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A seeder or peer that has been started. */
public interface RunningPeer extends Disposable {
    /**
     * Its id in the swarm.
     *
     * @return the name it was given, or made up
     */
    String name();

    /**
     * What it plays or seeds.
     *
     * @return the one stream it carries
     */
    StreamId stream();

    /**
     * Where it listens, with the ports really taken.
     *
     * @return the addresses, in the order of {@link PeerOptions#listen()}
     */
    List<String> addresses();

    /**
     * The stream in order, as it is natural for it: a live one from the newest random-access segment, skipping when this reader lags; a
     * lossless one from the first segment this peer has, at this reader's pace. Gaps show as jumps of the sequence.
     *
     * @return emits segments; ends after the last segment of the last epoch, fails never in a live stream, and with
     *     {@link io.swarmflux.flux.LaggedException} in a lossless one when this reader does not advance for 10 s; any
     *     number of subscribers, each on its own; emits on the thread that brought the segment, which must not be blocked
     */
    Flux<Segment> segments();

    /**
     * The stream in order, with the gaps in band, as the spec says.
     *
     * @param spec place, lag policy, patience and thread
     * @return emits segments and gaps; ends and fails like {@link #segments()}; in a lossless stream the lag policy is always
     *     to wait
     */
    Flux<StreamSignal<Segment>> signals(ReaderSpec spec);

    /**
     * Adds a publisher in this process as an upstream, beside the links.
     *
     * @param name for events and snapshots; no two upstreams have one name
     * @param upstream segments of this stream, in any order
     * @return takes it away again when disposed
     */
    Disposable attach(String name, Publisher<Segment> upstream);

    /**
     * What it looks like now.
     *
     * @return one snapshot for each subscription
     */
    Mono<PeerSnapshot> snapshot();

    /**
     * What time it is in the stream: the seeder's own clock since it began, as {@link Segment#mediaTimeUs} counts where it paces by media
     * time. It goes on evenly between what is heard of it. May be asked from any thread.
     *
     * @return microseconds; empty while nobody has said so, and in a stream without a pace
     */
    default OptionalLong streamTimeUs() {
        return OptionalLong.empty();
    }

    /**
     * What a player that starts with a segment must be given before it, unless the segment begins with it. May be asked from any thread.
     *
     * @param segment one of this stream
     * @return its codec headers; empty when it needs none, or none are known
     */
    default byte[] headers(Segment segment) {
        return new byte[0];
    }

    /**
     * Measures single segments, links and readers from now on, until the peer ends.
     *
     * @param recorder takes the measurements, on the peer's threads; once only, until what it was answered is disposed
     * @return ends the recording when disposed; a measurement that is under way may still come
     */
    Disposable record(StreamMetricsRecorder recorder);

    /**
     * What happens to it.
     *
     * @return emits from the subscription on, to the first subscriber also the first 64 events before; a subscriber that lags misses the oldest; ends with the peer; any number of
     *     subscribers
     */
    Flux<PeerEvent> events();

    /**
     * The end: everything was played or gapped up to the final sequence, and every downstream has confirmed it, or none
     * has come any further for the linger time. In a lossless stream that time does not run while a downstream says that its own readers or
     * downstreams hold it up; who is held up for a minute is closed.
     *
     * @return completes once the peer has said goodbye and closed; also after {@link #leave()} and {@link #dispose()}
     */
    Mono<Void> onDone();

    /**
     * Leaves: asks every downstream to take the stream from others, names this peer's own upstreams to it, and serves it on
     * until it does; then says goodbye on every link and closes. Without a downstream that takes anything that is at once.
     * Otherwise a live stream is served for 1 s at most; a lossless one for as long as its downstreams come any further within each
     * second, and at most the linger time.
     *
     * @return completes when everything is closed
     */
    Mono<Void> leave();

    /** Leaves at once: says goodbye on every link and closes. Downstreams find others by themselves, if they can. */
    @Override
    void dispose();
}
