package io.swarmflux.media.segmenter;

import io.swarmflux.segment.Segment;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Cuts a transport stream before each frame with which a player may start, and between those into pieces of one size or of
 * a quarter of a second.
 *
 * <p>Whether a player may start with a frame is often known only some packets later, when its first slice comes. So the place where a
 * frame begins is kept as a candidate; the packets behind it wait for the verdict in the piece that is being filled.
 *
 * <pre>
 *  packets   v v a v | PAT PMT V v v a v v
 *                    ^         ^     ^ SPS found: yes, a player may start
 *                    cut here  the frame begins
 * </pre>
 *
 * The tables that a player needs are taken along when they stand right before the frame. Where they do not they are repeated, packets
 * and counters as they were, which the standard allows once.
 */
final class TsCutter implements Cutter, TsSync.Packets {
    private static final long SPAN_US = 250_000;
    private static final long VIDEO_START_US = 500_000;
    private static final long AUDIO_START_US = 1_000_000;
    private static final int NO_TABLES_PACKETS = 10_000;
    private static final int MAX_SCANNED_BYTES = 32 * 1024;
    private static final byte[] NOTHING = new byte[0];

    private final Cutting how;
    private final TsSync sync = new TsSync(this);
    private final TsPacket packet = new TsPacket();
    private final TsTables tables = new TsTables();
    private final TsClock clock = new TsClock();
    private final PieceBuffer piece;

    private Consumer<Piece> whole = unused -> {};
    private long packetsWithoutTables;
    private long garbage;
    private long bytes;
    private int clockPid = TsTables.NONE;
    private boolean saidWithoutPcr;

    /** Where the tables begin that stand right at the end of the piece; -1 when something else does. */
    private int tablesAt = -1;

    private int tablesSeen;

    private long startedUs = -VIDEO_START_US;
    private boolean anyStart;

    private int candidateAt = -1;
    private boolean candidateHasTables;
    private long candidateUs;
    private int headerLeft;
    private int scanned;
    private StartScan scan = new StartScan(TsCodec.OTHER);

    TsCutter(Cutting how) {
        this.how = how;
        this.piece = new PieceBuffer(how.segmentBytes());
    }

    @Override
    public void take(ByteBuffer in, Consumer<Piece> pieces) {
        whole = pieces;
        sync.take(in);
    }

    @Override
    public void end(Consumer<Piece> pieces) {
        whole = pieces;
        sync.end();
        sayGarbage();
        piece.flush(piece.size(), whole);
    }

    @Override
    public void garbage(byte[] array, int at, int size) {
        garbage += size;
        bytes += size;
        if (how.exact()) {
            int next = at;
            while (next < at + size) {
                int room = makeRoom(1);
                int part = Math.min(room, at + size - next);
                piece.append(array, next, part);
                next += part;
            }
            tablesAt = -1;
        } else {
            piece.flush(piece.size(), whole);
            candidateAt = -1;
            tablesAt = -1;
            piece.leaveOut(size);
        }
        if (garbage >= 1 << 20) {
            sayGarbage();
        }
    }

    private void sayGarbage() {
        if (garbage > 0) {
            how.notices()
                    .tell(
                            "garbage",
                            garbage + " bytes before byte " + bytes + " are no MPEG-TS"
                                    + (how.exact() ? "" : "; left out"));
            garbage = 0;
        }
    }

    @Override
    public void packet(byte[] array, int at) {
        sayGarbage();
        bytes += TsPacket.BYTES;
        packet.read(array, at);
        clock.packet();
        watchTables();
        if (clockJumps()) {
            how.notices()
                    .tell("jump", "the clock of the MPEG-TS jumps by " + clock.jumpMillis() + " ms at byte " + bytes);
            piece.flush(piece.size(), whole);
            piece.begin(clock.nowUs(), Segment.DISCONTINUITY, NOTHING);
            anyStart = false;
            candidateAt = -1;
            tablesAt = -1;
        }
        boolean startsFrame = packet.pid() == tables.mainPid() && packet.startsPes();
        if (startsFrame) {
            candidateAt = -1; // the frame before has said nothing
            frameStarts();
        }
        makeRoom(TsPacket.BYTES);
        if (piece.size() == 0) {
            piece.begin(clock.nowUs());
        }
        if (packet.pid() != TsPacket.NULL_PID) {
            noteTables();
        }
        piece.append(array, at, TsPacket.BYTES);
        if (candidateAt >= 0 && packet.pid() == tables.mainPid()) {
            scanFrame(startsFrame);
        }
    }

    private void watchTables() {
        if (tables.isTable(packet.pid())) {
            tables.take(packet);
        }
        if (!tables.known() && ++packetsWithoutTables % NO_TABLES_PACKETS == 0) {
            how.notices()
                    .tell(
                            "tables",
                            "no PAT and PMT in " + packetsWithoutTables
                                    + " packets of MPEG-TS: nobody knows where a player may start");
        }
    }

    private boolean clockJumps() {
        boolean jumps = false;
        int expected = tables.pcrPid() == TsTables.NONE ? clockPid : tables.pcrPid();
        if (packet.pcr27() != TsPacket.NO_PCR && (expected == TsTables.NONE || expected == packet.pid())) {
            clockPid = packet.pid();
            jumps = clock.pcr(packet.pcr27(), packet.discontinuity());
        }
        if (packet.pid() == tables.mainPid() && packet.startsPes()) {
            if (packet.decodingAt() >= 0) {
                long time27 = TsStamp.time(packet.array(), packet.decodingAt()) * 300;
                jumps |= clock.decodingTime(time27, tables.pcrPid() != TsTables.NONE);
            }
            if (clock.withoutPcr() != saidWithoutPcr) {
                saidWithoutPcr = clock.withoutPcr();
                how.notices()
                        .tell(
                                "pcr",
                                saidWithoutPcr
                                        ? "the MPEG-TS has no clock (PCR); going by its decoding times"
                                        : "the MPEG-TS has a clock (PCR) again");
            }
        }
        return jumps;
    }

    private void frameStarts() {
        long nowUs = clock.nowUs();
        boolean audio = !tables.codec().isVideo();
        long apartUs = audio ? AUDIO_START_US : VIDEO_START_US;
        if (anyStart && nowUs - startedUs < apartUs) {
            return;
        }
        candidateHasTables = tablesAt >= 0 && tablesSeen == 3;
        candidateAt = candidateHasTables ? tablesAt : piece.size();
        candidateUs = nowUs;
        if (audio || packet.randomAccess()) {
            startHere();
        } else {
            scan = new StartScan(tables.codec());
            scanned = 0;
        }
    }

    /** A player may start at the candidate. */
    private void startHere() {
        int carried = piece.size() == 0 || candidateAt == 0 ? piece.flags() & Segment.DISCONTINUITY : 0;
        byte[] first = how.exact() || candidateHasTables ? NOTHING : tables.packets();
        piece.flush(candidateAt, whole);
        piece.begin(candidateUs, Segment.RANDOM_ACCESS | carried, first);
        startedUs = candidateUs;
        anyStart = true;
        candidateAt = -1;
    }

    private void noteTables() {
        int pid = packet.pid();
        if (!tables.isTable(pid)) {
            tablesAt = -1;
            return;
        }
        if (tablesAt < 0) {
            tablesAt = piece.size();
            tablesSeen = 0;
        }
        tablesSeen |= pid == 0 ? 1 : pid == tables.pmtPid() ? 2 : 0;
    }

    private void scanFrame(boolean startsFrame) {
        int from = packet.from();
        if (startsFrame) {
            headerLeft = 9 + (packet.array()[from + 8] & 0xff);
        }
        int skipped = Math.min(headerLeft, packet.until() - from);
        headerLeft -= skipped;
        scanned += packet.until() - from - skipped;
        StartScan.Found found = scan.scan(packet.array(), from + skipped, packet.until());
        if (found == StartScan.Found.RANDOM_ACCESS) {
            startHere();
        } else if (found == StartScan.Found.NO_RANDOM_ACCESS || scanned > MAX_SCANNED_BYTES) {
            candidateAt = -1;
        }
    }

    /** Ends the piece when it is full or lasts long enough; answers how many bytes fit now. */
    private int makeRoom(int wanted) {
        boolean full = piece.room() < wanted;
        boolean old = piece.size() > 0 && clock.nowUs() - piece.beganUs() >= SPAN_US;
        if (full || old) {
            if (candidateAt > 0) {
                int at = candidateAt;
                piece.flush(at, whole);
                piece.begin(candidateUs);
                candidateAt = 0;
                tablesAt = tablesAt >= at ? tablesAt - at : -1;
            } else if (candidateAt < 0 || piece.roomAtMost() < wanted) {
                candidateAt = -1;
                tablesAt = -1;
                piece.flush(piece.size(), whole);
                piece.begin(clock.nowUs());
            }
        }
        return Math.max(piece.room(), candidateAt < 0 ? 0 : piece.roomAtMost());
    }
}
