package io.swarmflux.media.segmenter;

import io.swarmflux.segment.CodecHeaders;
import io.swarmflux.segment.Segment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Cuts a fragmented MP4 (CMAF among them) before each fragment with which a decoder may start, and in between into pieces of one size or
 * of a quarter of a second. What comes before the {@code moof} of a fragment belongs to it.
 *
 * <pre>
 *  boxes    ftyp moov | styp prft moof mdat...........| moof mdat.... | emsg moof mdat
 *  pieces   R         | R        | -     | -    | -   | -    | -      | R
 *           headers     a fragment with a key frame     one without
 * </pre>
 *
 * {@code ftyp} and {@code moov} are a piece of their own, and the codec headers of all that come behind. Fragments that say where their
 * samples are from the beginning of the file say so from their own beginning afterwards, unless every byte is to stay.
 */
final class Mp4Cutter implements Cutter {
    private static final int FTYP = Mp4Box.type("ftyp");
    private static final int STYP = Mp4Box.type("styp");
    private static final int MOOV = Mp4Box.type("moov");
    private static final int MVHD = Mp4Box.type("mvhd");
    private static final int MOOF = Mp4Box.type("moof");
    private static final int MFHD = Mp4Box.type("mfhd");
    private static final int MDAT = Mp4Box.type("mdat");

    /** The largest box that is held to be looked at, with what is held before it: less than a segment, which may begin with it. */
    private static final int MAX_HELD = 224 * 1024;

    /** The most that is held before it. */
    private static final int MAX_LEAD = 64 * 1024;
    /** The largest box of samples, and the largest other one that goes through. */
    private static final long MAX_SAMPLES = 64L << 20;

    private static final long MAX_OTHER = 1L << 20;
    private static final int SLACK = 64 * 1024;
    private static final int LONGEST_TYPE_BOX = 1024;
    private static final int SURE = 16;

    private final Cutting how;
    private final PieceFlow flow;
    private final HeldBytes held = new HeldBytes();
    private final Mp4Clock clock = new Mp4Clock();
    private Mp4Tracks tracks = Mp4Tracks.unknown();
    private boolean known;
    private boolean inSync = true;

    /** Whole boxes that are held, because what comes next decides where they go. */
    private int lead;

    /** What is left of a box that goes through. */
    private long passing;

    /** How many bytes the samples have that the last fragment told of; −1 for unknown. */
    private long expected = -1;

    Mp4Cutter(Cutting how) {
        this.how = how;
        this.flow = new PieceFlow(how, "MP4");
    }

    @Override
    public void take(ByteBuffer bytes, Consumer<Piece> whole) {
        flow.to(whole);
        held.take(bytes);
        go(false);
    }

    @Override
    public void end(Consumer<Piece> whole) {
        flow.to(whole);
        go(true);
        passLead();
        if (held.size() > 0) {
            flow.garbage(held, held.size()); // a box that was cut off
        }
        flow.end();
    }

    private void go(boolean last) {
        boolean more = true;
        while (more && held.size() > 0) {
            if (passing > 0) {
                int part = (int) Math.min(passing, held.size());
                flow.add(held, part);
                passing -= part;
            } else {
                more = inSync ? box() : find(last);
            }
        }
    }

    private void passLead() {
        flow.add(held, lead);
        lead = 0;
    }

    // ------------------------------------------------------------------ the next box

    /** Deals with the next box; false when more of it has to come. */
    private boolean box() {
        int at = held.from + lead;
        int there = held.until - at;
        if (there < Mp4Box.HEADER) {
            return false;
        }
        int type = Mp4Box.typeAt(held.array, at);
        long size = Mp4Box.intAt(held.array, at) & 0xffff_ffffL;
        if (size == 1 && type == MDAT) {
            if (there < SURE) {
                return false;
            }
            size = (Mp4Box.intAt(held.array, at + 8) & 0xffff_ffffL) << 32
                    | (Mp4Box.intAt(held.array, at + 12) & 0xffff_ffffL);
        }
        if (!plausible(type, size)) {
            lost(type, size);
            return true;
        }
        if (type == MDAT) {
            samples(size);
            return true;
        }
        if (size > MAX_HELD) {
            if (type == MOOV) {
                notFragmented("its moov box has " + size + " bytes, as many as only a list of all samples has");
            }
            passLead();
            passing = size;
            return true;
        }
        if (lead > 0 && (type == FTYP || lead + size > MAX_HELD || (type != MOOF && lead > MAX_LEAD))) {
            passLead();
            return true;
        }
        if (there < size) {
            return false;
        }
        if (type == MOOV) {
            headers((int) size);
        } else if (type == MOOF) {
            fragment((int) size);
        } else {
            lead += (int) size;
        }
        return true;
    }

    private boolean plausible(int type, long size) {
        boolean letters = true;
        for (int shift = 0; shift < 32; shift += 8) {
            int letter = type >> shift & 0xff;
            letters &= (letter >= ' ' && letter < 0x7f) || letter == 0xa9;
        }
        return letters && size >= Mp4Box.HEADER && size <= most(type);
    }

    private long most(int type) {
        if (type == MOOV && !known && flow.position() == 0) {
            return MAX_SAMPLES; // of one that is not fragmented, which is told
        }
        if (type == MOOV || type == MOOF) {
            return MAX_HELD;
        }
        if (how.exact() && !(known && tracks.fragmented())) {
            return Long.MAX_VALUE; // one that is not fragmented has one box of samples
        }
        return type != MDAT ? MAX_OTHER : expected < 0 ? MAX_SAMPLES : Math.min(MAX_SAMPLES, expected + SLACK);
    }

    private void lost(int type, long size) {
        passLead();
        how.notices()
                .tell(
                        "box",
                        "no box of an MP4 at byte " + flow.position() + ": " + size + " bytes of type '"
                                + Mp4Box.name(type).replaceAll("[^ -~]", "?") + "'; going on with the next fragment");
        inSync = false;
        expected = -1;
        flow.garbage(held, 1);
    }

    /** Goes to the next place where a fragment or headers surely begin; false when more has to come. */
    private boolean find(boolean last) {
        inSync = flow.find(held, this::begins, SURE, last);
        return inSync;
    }

    private boolean begins(int at) {
        int type = Mp4Box.typeAt(held.array, at);
        long size = Mp4Box.intAt(held.array, at) & 0xffff_ffffL;
        int inner = Mp4Box.intAt(held.array, at + 12);
        boolean sure = type == MOOF ? inner == MFHD : type == MOOV && inner == MVHD;
        boolean named = (type == FTYP || type == STYP) && size <= LONGEST_TYPE_BOX;
        return size >= SURE && size <= MAX_HELD && (sure || named);
    }

    // ------------------------------------------------------------------ what boxes mean

    private void headers(int size) {
        boolean withType = lead > 0 && Mp4Box.typeAt(held.array, held.from) == FTYP;
        if (!withType) {
            passLead();
        }
        int whole = lead + size;
        Mp4Box moov = new Mp4Box(held.array, held.from + lead, held.from + whole);
        Mp4Tracks told = Mp4Tracks.of(moov);
        if (!told.fragmented()) {
            notFragmented("its moov box lists all samples");
        }
        CodecHeaders before = flow.piece().headers();
        CodecHeaders now = Mp4Headers.of(held.array, held.from, lead, size, before, how.notices());
        boolean changed = known && !now.equals(before);
        if (changed) {
            how.notices()
                    .tell("headers", "the MP4 has other tracks from byte " + flow.position() + " on (a new moov box)");
        }
        tracks = told;
        known = true;
        clock.anew();
        flow.flush();
        flow.piece().headers(now);
        flow.line(clock.nextUs(), 0, whole);
        flow.begin(Segment.RANDOM_ACCESS | (changed ? Segment.DISCONTINUITY : 0));
        flow.addWhole(held, whole, 0);
        flow.flush();
        lead = 0;
        expected = -1;
    }

    private void fragment(int size) {
        int whole = lead + size;
        Mp4Box moof = new Mp4Box(held.array, held.from + lead, held.from + whole);
        Mp4Fragment fragment = Mp4Fragment.of(moof, tracks);
        if (!known) {
            how.notices()
                    .tell("moov", "no moov box before the fragments of the MP4: nobody knows where a player may start");
        }
        boolean jumps = fragment.main() && clock.fragment(fragment.decodeUs(), fragment.lastsUs());
        if (jumps) {
            flow.sayJump(clock);
        }
        expected = fragment.sampleBytes() > 0 ? fragment.sampleBytes() : -1;
        long bytes = whole + Math.min(MAX_SAMPLES, Math.max(0, expected));
        if (fragment.main()) {
            flow.line(clock.beganUs(), clock.lastsUs(), bytes);
        } else {
            flow.line(flow.nowUs(), 0, bytes);
        }
        boolean start = fragment.start() && (flow.piece().headers().version() > 0);
        if (start || jumps) {
            flow.begin((start ? Segment.RANDOM_ACCESS : 0) | (jumps ? Segment.DISCONTINUITY : 0));
        }
        if (fragment.absolute() && !how.exact()) {
            byte[] relative = Arrays.copyOfRange(held.array, held.from, held.from + whole);
            Mp4Fragment.makeRelative(new Mp4Box(relative, lead, whole), flow.position() + lead);
            flow.replace(relative, 0);
            held.from += whole;
        } else {
            flow.addWhole(held, whole, 0);
        }
        lead = 0;
    }

    private void samples(long size) {
        if (!known && flow.position() == 0 && lead > 0) {
            notFragmented("its mdat box comes before the moov box");
        }
        passLead();
        passing = size;
        expected = -1;
    }

    private void notFragmented(String why) {
        NotFragmentedException failure = new NotFragmentedException(why);
        if (!how.exact() && flow.position() == 0) {
            throw failure;
        }
        how.notices().tell("not fragmented", String.valueOf(failure.getMessage()));
    }
}
