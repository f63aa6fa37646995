package io.swarmflux.media.segmenter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a {@code moov} box says of its tracks. The main one is the first with video, or else the first. */
final class Mp4Tracks {
    private static final int TRAK = Mp4Box.type("trak");
    private static final int MVEX = Mp4Box.type("mvex");
    private static final int TREX = Mp4Box.type("trex");
    private static final int TKHD = Mp4Box.type("tkhd");
    private static final int MDIA = Mp4Box.type("mdia");
    private static final int MDHD = Mp4Box.type("mdhd");
    private static final int HDLR = Mp4Box.type("hdlr");
    private static final int MINF = Mp4Box.type("minf");
    private static final int STBL = Mp4Box.type("stbl");
    private static final int STSZ = Mp4Box.type("stsz");
    private static final int VIDE = Mp4Box.type("vide");

    private final Map<Long, Track> tracks;
    private final long mainId;
    private final boolean fragmented;

    /** A track, and what holds for its samples where a fragment does not say otherwise. */
    record Track(long id, long timescale, boolean video, long duration, long size, int flags) {
        long us(long units) {
            return units / timescale * 1_000_000 + units % timescale * 1_000_000 / timescale;
        }
    }

    private Mp4Tracks(Map<Long, Track> tracks, long mainId, boolean fragmented) {
        this.tracks = tracks;
        this.mainId = mainId;
        this.fragmented = fragmented;
    }

    /** Nothing is known of any track. */
    static Mp4Tracks unknown() {
        return new Mp4Tracks(Map.of(), -1, true);
    }

    static Mp4Tracks of(Mp4Box moov) {
        Mp4Box mvex = moov.child(MVEX);
        List<Track> found = new ArrayList<>();
        long samples = 0;
        for (Mp4Box one : moov.children()) {
            if (one.is(TRAK)) {
                found.add(track(one, mvex));
                samples += samples(one);
            }
        }
        Map<Long, Track> byId = new HashMap<>();
        long main = found.isEmpty() ? -1 : found.get(0).id();
        boolean anyVideo = false;
        for (Track track : found) {
            byId.put(track.id(), track);
            if (track.video() && !anyVideo) {
                anyVideo = true;
                main = track.id();
            }
        }
        return new Mp4Tracks(byId, main, mvex != null && samples == 0);
    }

    private static Track track(Mp4Box trak, @Nullable Mp4Box mvex) {
        Mp4Box tkhd = trak.child(TKHD);
        Mp4Box mdia = trak.child(MDIA);
        Mp4Box mdhd = mdia == null ? null : mdia.child(MDHD);
        Mp4Box hdlr = mdia == null ? null : mdia.child(HDLR);
        long id = tkhd == null ? 0 : tkhd.u32(tkhd.version() == 1 ? 20 : 12);
        long timescale = mdhd == null ? 0 : mdhd.u32(mdhd.version() == 1 ? 20 : 12);
        boolean video = hdlr != null && (int) hdlr.u32(8) == VIDE;
        Mp4Box trex = null;
        if (mvex != null) {
            for (Mp4Box one : mvex.children()) {
                trex = one.is(TREX) && one.u32(4) == id ? one : trex;
            }
        }
        return trex == null
                ? new Track(id, Math.max(1, timescale), video, 0, 0, 0)
                : new Track(id, Math.max(1, timescale), video, trex.u32(12), trex.u32(16), (int) trex.u32(20));
    }

    /** How many samples the table of a track lists, which are then not in fragments. */
    private static long samples(Mp4Box trak) {
        Mp4Box at = trak.child(MDIA);
        at = at == null ? null : at.child(MINF);
        at = at == null ? null : at.child(STBL);
        at = at == null ? null : at.child(STSZ);
        return at == null ? 0 : at.u32(8);
    }

    /** Whether all samples are in fragments. */
    boolean fragmented() {
        return fragmented;
    }

    /** The track that says where a player may start and what time it is; −1 while none is known. */
    long mainId() {
        return mainId;
    }

    @Nullable
    Track track(long id) {
        return tracks.get(id);
    }
}
