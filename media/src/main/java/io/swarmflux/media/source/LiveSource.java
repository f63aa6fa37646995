package io.swarmflux.media.source;

import io.swarmflux.media.segmenter.MediaFormat;
import io.swarmflux.media.segmenter.MediaSegmenter;
import io.swarmflux.media.segmenter.NotFragmentedException;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.Segmenter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * An input from outside, which may break off, stand still and come back. Such a break never ends the stream: it is told, tried again after
 * 0.2 s and then ever more seldom, up to each 10 s, and the first piece behind it has the flag
 * {@link io.swarmflux.segment.Segment#DISCONTINUITY}. Media time goes on by as much as the break has lasted.
 *
 * <p>{@link #cuts} can be read from the beginning only, which is wherever the input is then; each subscription is a reading of its own. It ends
 * when the input has ended for good, and does not fail.
 */
public final class LiveSource implements SegmentSource {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SHORTEST_PATIENCE = Duration.ofMillis(100);

    private final Feed feed;
    private final Segmenter segmenter;
    private final Consumer<String> notices;
    private final Duration patience;

    private LiveSource(Feed feed, Segmenter segmenter, Consumer<String> notices, Duration patience) {
        this.feed = feed;
        this.segmenter = segmenter;
        this.notices = notices;
        this.patience = patience;
    }

    /**
     * An input by its URL.
     *
     * <ul>
     *   <li>{@code http://HOST[:PORT]/PATH}, {@code https://…}: what is there. Redirects are followed; an answer with a length is a file, which is
     *       read on at the same byte after a break and has an end
     *   <li>{@code udp://@GROUP:PORT[?interface=NAME]}, {@code udp://SENDER@GROUP:PORT}, {@code udp://ADDRESS:PORT}, {@code udp://@:PORT}: a
     *       transport stream in datagrams. It is taken as it comes; a sender that says nothing is told and waited for
     *   <li>{@code ffmpeg:ARGUMENTS}: what an {@code ffmpeg} process makes of anything else, for example {@code ffmpeg:-i rtsp://…}. Its output is
     *       added, as a transport stream with the codecs as they are; with H.264 and AAC, if they cannot be. It is ended with the reading, started
     *       again when it fails, and its good end is the end
     * </ul>
     *
     * @param url which one
     * @return the input, in raw pieces of 16 KiB, telling nobody
     * @throws IllegalArgumentException when it is none; the message names the value and the cure
     */
    public static LiveSource of(String url) {
        String scheme = url.substring(0, Math.max(0, url.indexOf(':'))).toLowerCase(Locale.ROOT);
        Feed feed =
                switch (scheme) {
                    case "http", "https" -> HttpFeed.of(url);
                    case "udp" -> UdpFeed.of(url);
                    case "ffmpeg" -> FfmpegFeed.of(url.substring(url.indexOf(':') + 1));
                    default ->
                        throw new IllegalArgumentException("found '" + url
                                + "', expected http://, https://, udp:// or ffmpeg:ARGUMENTS, which reads anything else: 'ffmpeg:-i "
                                + url + "'");
                };
        return new LiveSource(feed, RawSegmenter.create(), notice -> {}, PATIENCE);
    }

    /**
     * Whether a text is meant as the URL of an input, right or wrong, and not as the name of a file.
     *
     * @param text what somebody wrote
     * @return true when {@link #of} should take it
     */
    public static boolean isUrl(String text) {
        return text.matches("(?is)(https?|udp|ffmpeg):.*|[a-z][a-z0-9+.-]+://.*");
    }

    /**
     * Sets what cuts the bytes.
     *
     * @param cutter by default a {@link RawSegmenter}
     * @return the source with the segmenter
     */
    public LiveSource cutBy(Segmenter cutter) {
        return new LiveSource(feed, cutter, notices, patience);
    }

    /**
     * Sets who is told of breaks, and when the input is back.
     *
     * @param reader takes a line that names the input, on the thread that sees it
     * @return the source that tells
     */
    public LiveSource telling(Consumer<String> reader) {
        return new LiveSource(feed, segmenter, reader, patience);
    }

    /**
     * Sets how long nothing may come from an input that is waited for.
     *
     * @param longest at least 100 ms; default 10 s. {@code ffmpeg}, which is slow to begin, has three times as long
     * @return the source with the patience
     */
    public LiveSource patience(Duration longest) {
        if (longest.compareTo(SHORTEST_PATIENCE) < 0) {
            throw new IllegalArgumentException("patience is at least 100 ms, was " + longest);
        }
        return new LiveSource(feed, segmenter, notices, longest);
    }

    /**
     * Looks whether the input is there, and what it is.
     *
     * @return emits the format, {@link MediaFormat#RAW} when it is none that is known; fails with {@link UncheckedIOException}, whose message
     *     names the input and what is wrong, when it is not there
     */
    public Mono<MediaFormat> format() {
        return feed.look(patience)
                .onErrorMap(IOException.class, e -> new UncheckedIOException(feed.name() + ": " + e.getMessage(), e));
    }

    /**
     * Whether the input waits while nobody asks for more. What does not wait cannot be slowed down: it takes a live stream in real time.
     *
     * @return false for datagrams
     */
    public boolean waits() {
        return feed.waits();
    }

    @Override
    public Flux<Cut> cuts(long from) {
        if (from != 0) {
            return Flux.error(new IllegalArgumentException(this + " can only be read from sequence 0, was " + from));
        }
        return Flux.defer(() -> {
            Scheduler timer = Schedulers.parallel();
            LiveTime time = new LiveTime(feed.waits());
            Outage outage = new Outage(feed.name(), notices, timer);
            return Flux.defer(() -> reading(time, outage, timer))
                    .retryWhen(outage.retry(e -> !(e instanceof NotFragmentedException)));
        });
    }

    /** From one beginning to the next break, whose failure comes after everything that was read before. */
    private Flux<Cut> reading(LiveTime time, Outage outage, Scheduler timer) {
        AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
        time.begins();
        Flux<ByteBuffer> bytes = outage.watch(feed.bytes(outage, patience)).onErrorResume(e -> {
            broken.set(Exceptions.unwrap(e));
            return Flux.empty();
        });
        return segmenter
                .cut(bytes)
                .map(cut -> time.place(cut, timer.now(TimeUnit.MICROSECONDS)))
                .concatWith(Mono.defer(() -> {
                    Throwable failure = broken.get();
                    return failure == null ? Mono.empty() : Mono.error(failure);
                }));
    }

    @Override
    public boolean rereadable() {
        return false;
    }

    @Override
    public String mediaType() {
        return segmenter instanceof MediaSegmenter media ? media.format().mediaType() : SegmentSource.super.mediaType();
    }

    @Override
    public String toString() {
        return feed.name();
    }
}
