package io.swarmflux.media.segmenter;

import io.swarmflux.segment.CodecHeaders;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Segment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts an Ogg stream between pages. The pages with which it begins are a piece of their own and the codec headers of all that come
 * behind; a decoder may start with each page that does not begin in the middle of a packet. Where a chained stream begins anew, its own
 * headers hold from there on. A page whose checksum is wrong is none.
 *
 * <pre>
 *  pages    head tags | page page page | page ... | head tags | page ...
 *  pieces   R         | R              | R        | R         | R
 *           headers 1                               headers 2: a chained stream
 * </pre>
 */
final class OggCutter implements Cutter {
    private static final int MAX_LEAD = 160 * 1024;
    private static final int MAX_TRACKS = 64;
    private static final int SYNC = 4;

    private final Cutting how;
    private final PieceFlow flow;
    private final HeldBytes held = new HeldBytes();
    private final Map<Integer, OggTrack> tracks = new HashMap<>();
    private final OggClock clock = new OggClock();
    /** The track that tells the time: the first that has a clock; null for none. */
    private @Nullable OggTrack timed;

    /** Pages of headers that are held until all of them are there. */
    private int lead;

    private boolean known;

    OggCutter(Cutting how) {
        this.how = how;
        this.flow = new PieceFlow(how, "Ogg");
    }

    @Override
    public void take(ByteBuffer bytes, Consumer<Piece> whole) {
        flow.to(whole);
        held.take(bytes);
        go();
    }

    @Override
    public void end(Consumer<Piece> whole) {
        flow.to(whole);
        go();
        passLead();
        while (held.size() > 0) { // a page that was cut off may only look like one, with whole ones in it
            garbage(1);
            go();
        }
        flow.end();
    }

    private void go() {
        boolean more = true;
        while (more) {
            int at = held.from + lead;
            int next = at;
            while (next + SYNC <= held.until && !OggPage.begins(held.array, next)) {
                next++;
            }
            if (next > at) {
                garbage(next - at);
            }
            more = held.size() - lead >= SYNC && page();
        }
    }

    /** Deals with what begins like a page; false when more of it has to come. */
    private boolean page() {
        int at = held.from + lead;
        int size = OggPage.size(held.array, at, held.until);
        if (size == 0 || at + size > held.until) {
            return false;
        }
        OggPage page = new OggPage(held.array, at);
        if (!page.sound()) {
            how.notices()
                    .tell("checksum", "a page of the Ogg has a wrong checksum at byte " + (flow.position() + lead));
            garbage(1);
        } else if (isHeader(page)) {
            header(page, size);
        } else if (lead > 0) {
            headers(); // fewer than were to be expected
        } else {
            data(page, size);
        }
        return true;
    }

    private void garbage(int size) {
        passLead();
        flow.garbage(held, size);
    }

    private void passLead() {
        if (lead > 0) {
            headers();
        }
    }

    // ------------------------------------------------------------------ headers

    private boolean isHeader(OggPage page) {
        OggTrack track = tracks.get(page.serial());
        return page.first() || (track != null && track.inHeaders() && lead > 0);
    }

    private void header(OggPage page, int size) {
        if (page.first()) {
            if (lead == 0 || tracks.size() >= MAX_TRACKS) {
                tracks.clear();
                timed = null;
            }
            OggTrack track = OggTrack.of(page);
            tracks.put(page.serial(), track);
            if (timed == null && track.hasClock()) {
                timed = track;
            }
        }
        OggTrack track = tracks.get(page.serial());
        if (track != null) {
            track.header(page);
        }
        lead += size;
        if (lead > MAX_LEAD || tracks.values().stream().noneMatch(OggTrack::inHeaders)) {
            headers();
        }
    }

    private void headers() {
        byte[] bytes = Arrays.copyOfRange(held.array, held.from, held.from + lead);
        CodecHeaders before = flow.piece().headers();
        CodecHeaders now;
        if (bytes.length <= Description.MAX_HEADER_BYTES) {
            now = before.changedTo(bytes);
        } else {
            how.notices()
                    .tell(
                            "large headers",
                            "the headers of the Ogg have " + bytes.length + " bytes, more than the "
                                    + Description.MAX_HEADER_BYTES
                                    + " that a late joiner can be given: nobody can join it in the middle; leave"
                                    + " out the cover picture");
            now = before.version() == 0 ? before : before.changedTo(new byte[0]);
        }
        if (known) {
            how.notices().tell("chain", "the Ogg begins anew at byte " + flow.position());
        }
        flow.flush();
        flow.piece().headers(now);
        flow.line(clock.nextUs(), 0, lead);
        flow.begin(Segment.RANDOM_ACCESS | (known ? Segment.DISCONTINUITY : 0));
        flow.addWhole(held, lead, 0);
        flow.flush();
        lead = 0;
        known = true;
        clock.anew();
    }

    // ------------------------------------------------------------------ pages

    private void data(OggPage page, int size) {
        OggTrack track = tracks.get(page.serial());
        if (!known) {
            how.notices()
                    .tell("headers", "no headers before the pages of the Ogg: nobody knows where a player may start");
        }
        boolean tells = track != null && track == timed && page.granule() != OggPage.NO_GRANULE;
        boolean jumps = track != null && tells && clock.until(track.us(page.granule()));
        if (jumps) {
            flow.sayJump(clock);
        }
        flow.line(tells ? clock.beganUs() : clock.nextUs(), tells ? clock.lastsUs() : 0, size);
        if (jumps) {
            flow.begin(Segment.DISCONTINUITY);
        }
        boolean startable = !page.continued() && flow.piece().headers().bytes().length > 0;
        flow.addWhole(held, size, startable ? Segment.RANDOM_ACCESS : 0);
    }
}
