package io.swarmflux.media.http;

import io.swarmflux.flux.StreamSignal;
import io.swarmflux.media.player.HeadersFirst;
import io.swarmflux.media.segmenter.MediaFormat;
import io.swarmflux.segment.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The newest part of a stream as an HLS playlist and its media segments (RFC 8216), which are called parts here. A part begins where a
 * player may start, and lasts until the next such place a second or more later; where there is none in time, it ends all the same.
 *
 * <pre>
 *  segments   R - - - R - -  gap  - - R - - R - -
 *  parts      |---0---|--1--|         |--2--|--- (filling)
 *                                     ^ EXT-X-DISCONTINUITY: after a gap, an epoch, a jump of the clock
 * </pre>
 *
 * After a gap nothing is added until a player may start again. What the playlist does not list any more is kept for as long again, because
 * somebody may be about to fetch it. Of a fragmented MP4 a part consists of whole fragments, and names the headers that it needs. Segments are kept as they came, nothing is copied; both halves together never hold more than
 * {@value #MAX_BYTES} bytes.
 */
final class HlsWindow {
    /** The most that is kept, in payload bytes. */
    static final long MAX_BYTES = 64L << 20;

    private static final long LISTED_US = 24_000_000;
    private static final int LISTED_AT_LEAST = 3;
    private static final long LEAST_US = 1_000_000;
    private static final long LONGEST_US = 6_000_000;
    private static final long HALF_SECOND_US = 500_000;
    private static final int LEAST_HEAD = 3 * 188;
    private static final int LARGEST_BYTES = 8 << 20;

    private final Deque<Part> parts = new ArrayDeque<>();
    private long firstListed;
    private long nextNumber;
    private long discontinuitiesBefore;
    private long keptBytes;
    private int targetSeconds;
    private boolean ended;

    private List<Segment> filling = new ArrayList<>();
    private int fillingBytes;
    private @Nullable Init filledInit;
    private boolean waiting = true; // for a place where a player may start
    private boolean discontinuous;
    private boolean nextDiscontinuous;
    private long usualUs;
    private @Nullable Segment last;
    private @Nullable MediaFormat format;
    private final Function<Segment, byte[]> headers;
    private @Nullable Init init;

    /** A window for a stream whose segments need these headers. */
    HlsWindow(Function<Segment, byte[]> headers) {
        this.headers = headers;
    }

    /**
     * One media segment.
     *
     * @param number its place in the playlist, counted from the first ever
     * @param durationUs how long it lasts
     * @param discontinuous whether it does not go on from the one before
     * @param segments what it consists of
     * @param bytes their payload bytes
     * @param init the headers that a player needs before it; null for none
     */
    record Part(
            long number,
            long durationUs,
            boolean discontinuous,
            List<Segment> segments,
            long bytes,
            @Nullable Init init) {}

    /** Codec headers, counted from the first ever. */
    @SuppressWarnings("ArrayRecordComponent") // compared as objects
    record Init(long number, long epoch, int version, byte[] bytes) {
        boolean isOf(Segment segment) {
            return epoch == segment.epoch() && version == segment.descriptionVersion();
        }
    }

    /** Takes what a reader is given. */
    synchronized void take(StreamSignal<Segment> signal) {
        if (signal instanceof StreamSignal.Element<Segment> element) {
            take(element.value());
        } else {
            breakOff(false);
        }
    }

    private void take(Segment segment) {
        Segment before = last;
        if (before != null && segment.epoch() == before.epoch() && segment.sequence() <= before.sequence()) {
            return;
        }
        boolean goesOn = before != null
                && segment.epoch() == before.epoch()
                && segment.sequence() == before.sequence() + 1
                && (segment.flags() & Segment.DISCONTINUITY) == 0;
        if (!goesOn && before != null) {
            breakOff(segment.epoch() == before.epoch() && segment.sequence() == before.sequence() + 1);
        }
        if (before != null && goesOn) {
            long stepUs = segment.mediaTimeUs() - before.mediaTimeUs();
            long boundedUs = Math.max(0, Math.min(stepUs, LEAST_US));
            usualUs = usualUs == 0 ? boundedUs : usualUs + (boundedUs - usualUs) / 8;
        }
        last = segment;
        look(segment);
        Init needed = init;
        if (!listable() || (needed != null && HeadersFirst.beginsWith(segment, needed.bytes()))) {
            return; // there is no HLS of it, or it is what is listed as headers
        }
        if (!filling.isEmpty() && isFull(segment)) {
            close(segment.mediaTimeUs() - filling.get(0).mediaTimeUs());
        }
        if (filling.isEmpty() && waiting && !segment.randomAccess()) {
            return;
        }
        if (filling.isEmpty()) {
            discontinuous = nextDiscontinuous;
            nextDiscontinuous = false;
            waiting = false;
            filledInit = init;
        }
        if (fillingBytes + segment.payloadBytes() > LARGEST_BYTES) {
            breakOff(false); // a fragment that is larger than any part
            return;
        }
        filling.add(segment);
        fillingBytes += segment.payloadBytes();
    }

    /** Finds out what the stream is and which headers a segment needs. */
    private void look(Segment segment) {
        Init before = init;
        if (before == null || !before.isOf(segment)) {
            byte[] needed = headers.apply(segment);
            long number = before == null ? 0 : before.number() + 1;
            if (before != null && !filling.isEmpty()) {
                breakOff(true);
            }
            init = new Init(number, segment.epoch(), segment.descriptionVersion(), needed);
            if (needed.length > 0) {
                format = MediaFormat.of(ByteBuffer.wrap(needed));
            }
        }
        if (format == null && segment.payloadBytes() >= LEAST_HEAD) {
            format = MediaFormat.of(segment.payload());
        }
    }

    private boolean isFull(Segment next) {
        if (format == MediaFormat.MP4 && !next.randomAccess()) {
            return false; // a part has whole fragments
        }
        long lastsUs = next.mediaTimeUs() - filling.get(0).mediaTimeUs();
        long longestUs = targetSeconds == 0 ? LONGEST_US : targetSeconds * 1_000_000L + HALF_SECOND_US - 100_000;
        return (next.randomAccess() && lastsUs >= LEAST_US)
                || lastsUs + usualUs > longestUs
                || fillingBytes + next.payloadBytes() > LARGEST_BYTES;
    }

    /** What comes next does not go on from here, and begins where a player may start; {@code whole} when nothing is missing before it. */
    private void breakOff(boolean whole) {
        if (format == MediaFormat.MP4 && !whole) {
            filling = new ArrayList<>(); // a fragment of which something is missing is no use
            fillingBytes = 0;
        }
        if (!filling.isEmpty()) {
            close(filling.get(filling.size() - 1).mediaTimeUs() - filling.get(0).mediaTimeUs() + usualUs);
        }
        nextDiscontinuous = nextDiscontinuous || nextNumber > 0;
        waiting = true;
    }

    /** Nothing more comes. */
    synchronized void end() {
        ended = true;
        breakOff(true);
    }

    private void close(long durationUs) {
        long lastsUs = Math.max(1_000, durationUs);
        if (targetSeconds == 0) {
            targetSeconds = (int) Math.max(2, Math.round(Math.min(lastsUs, LONGEST_US) / 1e6));
        }
        if (format == MediaFormat.MP4) {
            targetSeconds = (int) Math.max(targetSeconds, Math.round(lastsUs / 1e6));
        }
        parts.add(new Part(nextNumber++, lastsUs, discontinuous, List.copyOf(filling), fillingBytes, filledInit));
        keptBytes += fillingBytes;
        filling = new ArrayList<>();
        fillingBytes = 0;
        discontinuous = false;
        slide();
    }

    private void slide() {
        long listedUs = 0;
        long listedBytes = 0;
        long from = nextNumber;
        for (var newest = parts.descendingIterator(); newest.hasNext(); ) {
            Part part = newest.next();
            listedUs += part.durationUs();
            listedBytes += part.bytes();
            boolean few = nextNumber - part.number() <= LISTED_AT_LEAST;
            if (!few && (listedUs > LISTED_US || listedBytes > MAX_BYTES / 2)) {
                break;
            }
            from = part.number();
        }
        for (Part part : parts) {
            if (part.number() >= firstListed && part.number() < from && part.discontinuous()) {
                discontinuitiesBefore++;
            }
        }
        firstListed = Math.max(firstListed, from);
        long keptFrom = Math.max(0, 2 * firstListed - nextNumber);
        while (!parts.isEmpty()
                && parts.getFirst().number() < firstListed
                && (parts.getFirst().number() < keptFrom || keptBytes > MAX_BYTES)) {
            keptBytes -= parts.removeFirst().bytes();
        }
    }

    /** The part with a number; null when it is gone or not there yet. */
    synchronized @Nullable Part part(long number) {
        for (Part part : parts) {
            if (part.number() == number) {
                return part;
            }
        }
        return null;
    }

    /** The headers with a number; null when no part needs them any more or yet. */
    synchronized byte @Nullable [] headers(long number) {
        for (Part part : parts) {
            Init needed = part.init();
            if (needed != null && needed.number() == number) {
                return needed.bytes();
            }
        }
        return null;
    }

    /** Whether there is HLS of such a stream. */
    synchronized boolean listable() {
        return format == MediaFormat.MPEG_TS || format == MediaFormat.MP4;
    }

    /** The playlist; null when there is nothing to list yet. */
    synchronized @Nullable String playlist() {
        if (parts.isEmpty()) {
            return null;
        }
        boolean mp4 = format == MediaFormat.MP4;
        Init told = null;
        StringBuilder list = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:" + (mp4 ? 7 : 3) + "\n")
                .append("#EXT-X-TARGETDURATION:")
                .append(targetSeconds)
                .append("\n#EXT-X-MEDIA-SEQUENCE:")
                .append(firstListed)
                .append("\n#EXT-X-DISCONTINUITY-SEQUENCE:")
                .append(discontinuitiesBefore)
                .append('\n');
        for (Part part : parts) {
            if (part.number() >= firstListed) {
                if (part.discontinuous()) {
                    list.append("#EXT-X-DISCONTINUITY\n");
                }
                Init needed = part.init();
                if (mp4 && needed != null && (told == null || needed.number() != told.number())) {
                    list.append("#EXT-X-MAP:URI=\"init/")
                            .append(needed.number())
                            .append(".mp4\"\n");
                    told = needed;
                }
                list.append(String.format(Locale.ROOT, "#EXTINF:%.3f,", part.durationUs() / 1e6))
                        .append('\n')
                        .append("part/")
                        .append(part.number())
                        .append(mp4 ? ".m4s\n" : ".ts\n");
            }
        }
        return ended ? list.append("#EXT-X-ENDLIST\n").toString() : list.toString();
    }

    /** What is kept, in payload bytes. */
    synchronized long keptBytes() {
        return keptBytes + fillingBytes;
    }

    /** What the stream is; null before anything came that tells. */
    synchronized @Nullable MediaFormat format() {
        return format;
    }
}
