package io.swarmflux.media.segmenter;

import io.swarmflux.media.source.RawSegmenter;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.Segmenter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Flux;

/**
 * Cuts a known format where a player may start, and between such places into pieces of about one size. Each piece has its
 * media time, from 0, which goes on evenly where the input's own clock wraps or jumps; pieces at which a player may start
 * have {@link Segment#RANDOM_ACCESS}, and those at which the input's clock jumps {@link Segment#DISCONTINUITY}.
 *
 * <p>What a player needs to start is repeated at the beginning of each piece with random access in a transport stream, its tables; of
 * MP4, Ogg and WAV each piece carries it as {@link Cut#headers}. Bytes that are not of the format are left out. With {@link #exact}
 * nothing is repeated and nothing left out. A broken input never fails: what is wrong is told, and cutting goes on where the input is good
 * again. Only an MP4 that is not fragmented at all fails, with {@link NotFragmentedException}, unless it is to be {@link #exact}.
 * However broken it is, at most 512 KiB of it are held.
 */
public final class MediaSegmenter implements Segmenter {
    /** The least size of a piece, in bytes. */
    public static final int MIN_SEGMENT_BYTES = 1024;

    private final MediaFormat format;
    private final int segmentBytes;
    private final boolean exact;
    private final Consumer<String> notices;

    private MediaSegmenter(MediaFormat format, int segmentBytes, boolean exact, Consumer<String> notices) {
        this.format = format;
        this.segmentBytes = segmentBytes;
        this.exact = exact;
        this.notices = notices;
    }

    /**
     * Cuts a format into pieces of about 16 KiB, for live streams, and tells nobody what is wrong.
     *
     * @param format which one; not {@link MediaFormat#RAW}, for which there is {@link RawSegmenter}
     * @return the segmenter
     */
    public static MediaSegmenter of(MediaFormat format) {
        if (format == MediaFormat.RAW) {
            throw new IllegalArgumentException("raw bytes are cut by a RawSegmenter");
        }
        return new MediaSegmenter(format, RawSegmenter.DEFAULT_SEGMENT_BYTES, false, notice -> {});
    }

    /**
     * Sets about how large a piece is, at most, where nothing else ends it before.
     *
     * @param bytes 1,024 to 262,144; default 16,384
     * @return the segmenter with the size
     */
    public MediaSegmenter segmentBytes(int bytes) {
        if (bytes < MIN_SEGMENT_BYTES || bytes > Segment.MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("pieces of " + format + " have " + MIN_SEGMENT_BYTES + " to "
                    + Segment.MAX_PAYLOAD_BYTES + " bytes, was " + bytes);
        }
        return new MediaSegmenter(format, bytes, exact, notices);
    }

    /**
     * Repeats and leaves out nothing: the pieces one after the other are the input, to the byte. For lossless streams.
     *
     * @return the segmenter that does
     */
    public MediaSegmenter exact() {
        return new MediaSegmenter(format, segmentBytes, true, notices);
    }

    /**
     * Sets who is told what is wrong with the input; the same trouble over and over ever more seldom.
     *
     * @param reader takes a sentence, on the thread that brings the bytes
     * @return the segmenter that tells
     */
    public MediaSegmenter telling(Consumer<String> reader) {
        return new MediaSegmenter(format, segmentBytes, exact, reader);
    }

    /**
     * What it cuts.
     *
     * @return the format
     */
    public MediaFormat format() {
        return format;
    }

    @Override
    public Flux<Cut> cut(Flux<ByteBuffer> bytes) {
        return cut(bytes, Piece::cut);
    }

    /**
     * Cuts a byte stream, and tells of each piece how much of it was repeated.
     *
     * @param bytes the bytes in order; each buffer is read before the next is requested and is not kept
     * @return as {@link #cut(Flux)}
     */
    public Flux<Piece> pieces(Flux<ByteBuffer> bytes) {
        return cut(bytes, piece -> piece);
    }

    private <T> Flux<T> cut(Flux<ByteBuffer> bytes, Function<Piece, T> what) {
        return Flux.defer(() -> {
            Cutter cutter = cutter();
            return bytes.concatMapIterable(buffer -> collect(whole -> cutter.take(buffer.slice(), whole), what), 1)
                    .concatWith(Flux.defer(() -> Flux.fromIterable(collect(cutter::end, what))));
        });
    }

    private static <T> List<T> collect(Consumer<Consumer<Piece>> cutting, Function<Piece, T> what) {
        List<T> whole = new ArrayList<>();
        cutting.accept(piece -> whole.add(what.apply(piece)));
        return whole;
    }

    private Cutter cutter() {
        Cutting how = new Cutting(segmentBytes, exact, new Notices(notices));
        return switch (format) {
            case MPEG_TS -> new TsCutter(how);
            case AAC -> new FrameCutter(how, new AdtsFrames());
            case MP3 -> new FrameCutter(how, new MpegAudioFrames());
            case MP4 -> new Mp4Cutter(how);
            case OGG -> new OggCutter(how);
            case WAV -> new WavCutter(how);
            case RAW -> throw new IllegalStateException("raw bytes are cut by a RawSegmenter");
        };
    }

    @Override
    public String toString() {
        return "segmenter of " + format + ", " + segmentBytes + " bytes" + (exact ? ", exact" : "");
    }
}
