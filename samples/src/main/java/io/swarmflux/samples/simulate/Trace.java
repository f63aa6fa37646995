package io.swarmflux.samples.simulate;

import io.swarmflux.topology.Topology;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was seen of one seeder or peer: what crossed its links, and what its player got. */
final class Trace {
    private static final long NEVER = -1;
    private static final int KINDS = 256;

    private final String name;
    private final Topology.Stream stream;
    private final boolean seeder;
    private final Limits limits;
    private final long measureFromNs;

    /** When each sequence came for the first time, and over how many links. */
    private long[] arrivalNs = new long[0];

    private byte[] hops = new byte[0];
    private long received;
    private long duplicates;
    private final long[] sentBytes = new long[KINDS];
    private final Map<Object, Long> asked = new LinkedHashMap<>();

    // what the player got
    private long firstPlayed = NEVER;
    private long firstPlayedNs = NEVER;
    private long played;
    private long skipped;
    private long damaged;
    private long leftNs = Long.MAX_VALUE;

    // what the island does
    private @Nullable IslandMeter island;
    private @Nullable Trace speaker;
    private long given;

    /** What a host may send: by its own limit and by its access link, in bits a second; 0 for no limit. */
    record Limits(long uploadLimit, long access) {
        /** The least of both; 0 for no limit. */
        long upload() {
            return uploadLimit == 0 || access == 0 ? Math.max(uploadLimit, access) : Math.min(uploadLimit, access);
        }
    }

    Trace(String name, Topology.Stream stream, boolean seeder, Limits limits, long measureFromNs) {
        this.name = name;
        this.stream = stream;
        this.seeder = seeder;
        this.limits = limits;
        this.measureFromNs = measureFromNs;
    }

    // ------------------------------------------------------------------ what is seen

    void sent(int kind, int bytes, long nowNs) {
        if (nowNs >= measureFromNs) {
            sentBytes[kind & 0xff] += bytes;
        }
    }

    /** A whole segment came, or was made here. */
    void arrived(long sequence, int hop, long nowNs) {
        int at = (int) sequence;
        if (at >= arrivalNs.length) {
            int before = arrivalNs.length;
            int length = Math.max(256, Math.max(at + 1, before * 2));
            arrivalNs = Arrays.copyOf(arrivalNs, length);
            Arrays.fill(arrivalNs, before, length, NEVER);
            hops = Arrays.copyOf(hops, length);
        }
        boolean measured = nowNs >= measureFromNs;
        received += measured ? 1 : 0;
        if (arrivalNs[at] == NEVER) {
            arrivalNs[at] = nowNs;
            hops[at] = (byte) Math.min(hop, Byte.MAX_VALUE);
        } else {
            duplicates += measured ? 1 : 0;
        }
    }

    /** It is on an island. */
    void on(IslandMeter here) {
        island = here;
    }

    /** What comes next comes by the group, from somebody; null when nobody knows from whom. */
    void hears(@Nullable Trace from) {
        speaker = from;
    }

    /** A whole segment is here; unless a link has brought it, the group did. */
    void heard(long sequence, long nowNs) {
        Trace from = speaker;
        if (from != null && arrivalNs(sequence) == NEVER) {
            arrived(sequence, from.hops(sequence) + 1, nowNs);
        }
    }

    /** A whole segment has come from here to somebody over a link. */
    void gave(long nowNs) {
        given += nowNs >= measureFromNs ? 1 : 0;
    }

    /** Some sub-streams are asked for over a link from now on, instead of those before. */
    void asks(Object link, long subStreams) {
        asked.put(link, subStreams);
    }

    long askedOver(Object link) {
        return asked.getOrDefault(link, 0L);
    }

    void closed(Object link) {
        asked.remove(link);
    }

    void played(long sequence, boolean sound, long nowNs) {
        if (firstPlayed == NEVER) {
            firstPlayed = sequence;
            firstPlayedNs = nowNs;
        }
        played++;
        damaged += sound ? 0 : 1;
    }

    /** Counts from the first segment that was played on: what nobody near had when the peer joined is not part of its stream. */
    void skipped(long segments) {
        skipped += firstPlayed == NEVER ? 0 : segments;
    }

    void left(long nowNs) {
        leftNs = Math.min(leftNs, nowNs);
    }

    // ------------------------------------------------------------------ what was seen

    String name() {
        return name;
    }

    Topology.Stream stream() {
        return stream;
    }

    boolean seeder() {
        return seeder;
    }

    Limits limits() {
        return limits;
    }

    /** When a sequence came first; negative when it never did. */
    long arrivalNs(long sequence) {
        return sequence < arrivalNs.length ? arrivalNs[(int) sequence] : NEVER;
    }

    /** Over how many links a sequence came that is here. */
    int hops(long sequence) {
        return sequence < hops.length ? hops[(int) sequence] : 0;
    }

    long received() {
        return received;
    }

    long duplicates() {
        return duplicates;
    }

    long[] sentBytes() {
        return sentBytes.clone();
    }

    /** The island that it is on; null for none. */
    @Nullable
    IslandMeter island() {
        return island;
    }

    /** How many whole segments went from here to others over links. */
    long given() {
        return given;
    }

    /** How many sub-streams nobody is asked for; a member of an island need not ask. */
    int orphans() {
        long all = 0;
        for (long subStreams : asked.values()) {
            all |= subStreams;
        }
        long mask = stream.subStreams() == Long.SIZE ? -1 : (1L << stream.subStreams()) - 1;
        return seeder || island != null ? 0 : stream.subStreams() - Long.bitCount(all & mask);
    }

    /** The first sequence that was played; negative when none was. */
    long firstPlayed() {
        return firstPlayed;
    }

    long firstPlayedNs() {
        return firstPlayedNs;
    }

    long played() {
        return played;
    }

    long skipped() {
        return skipped;
    }

    long damaged() {
        return damaged;
    }

    /** When it left; {@link Long#MAX_VALUE} when it stayed. */
    long leftNs() {
        return leftNs;
    }
}
