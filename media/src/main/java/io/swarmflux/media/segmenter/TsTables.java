package io.swarmflux.media.segmenter;

import java.util.Arrays;

/**
 * What a transport stream says of itself: which program there is (PAT), and what it consists of (PMT). The first program
 * counts. Keeps the packets that said so, to repeat them.
 */
final class TsTables {
    static final int NONE = -1;

    private static final int PAT_PID = 0;
    private static final int SDT_PID = 0x11;
    private static final int PAT = 0;
    private static final int PMT = 2;

    private final TsSection pat = new TsSection();
    private final TsSection pmt = new TsSection();
    private int pmtPid = NONE;
    private int pcrPid = NONE;
    private int mainPid = NONE;
    private TsCodec codec = TsCodec.OTHER;

    /** Whether a packet belongs to a table. */
    boolean isTable(int pid) {
        return pid == PAT_PID || pid == SDT_PID || pid == pmtPid;
    }

    /** Whether both tables are known. */
    boolean known() {
        return mainPid != NONE;
    }

    /** The packets' own clock; {@link #NONE} when not known, or when there is none. */
    int pcrPid() {
        return pcrPid;
    }

    /** Where the second table is. */
    int pmtPid() {
        return pmtPid;
    }

    /** Where a player starts: the video, or else the first audio. */
    int mainPid() {
        return mainPid;
    }

    /** What the main stream is. */
    TsCodec codec() {
        return codec;
    }

    /** The packets of both tables, whole. */
    byte[] packets() {
        byte[] first = pat.packets();
        byte[] second = pmt.packets();
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** Takes a packet of a table. */
    void take(TsPacket packet) {
        if (packet.pid() == PAT_PID && pat.take(packet, PAT)) {
            readPat(pat.section());
        } else if (packet.pid() == pmtPid && pmt.take(packet, PMT)) {
            readPmt(pmt.section());
        }
    }

    /** Programs: number (2), reserved and PID (2). */
    private void readPat(byte[] section) {
        for (int at = 8; at + 4 <= section.length - 4; at += 4) {
            int program = word(section, at);
            int pid = word(section, at + 2) & 0x1fff;
            if (program != 0 && pid > SDT_PID && pid < TsPacket.NULL_PID) {
                if (pid != pmtPid) {
                    pmtPid = pid;
                    pmt.forget();
                }
                return;
            }
        }
    }

    /** PCR PID (2), program descriptors, then streams: type (1), PID (2), length (2), descriptors. */
    private void readPmt(byte[] section) {
        int end = section.length - 4;
        if (end < 12) {
            return;
        }
        pcrPid = word(section, 8) & 0x1fff;
        if (pcrPid == TsPacket.NULL_PID) {
            pcrPid = NONE;
        }
        int video = NONE;
        int audio = NONE;
        TsCodec videoCodec = TsCodec.OTHER;
        int at = 12 + (word(section, 10) & 0xfff);
        while (at + 5 <= end) {
            int pid = word(section, at + 1) & 0x1fff;
            TsCodec of = TsCodec.of(section[at] & 0xff);
            if (of.isVideo() && video == NONE) {
                video = pid;
                videoCodec = of;
            } else if (!of.isVideo() && audio == NONE) {
                audio = pid;
            }
            at += 5 + (word(section, at + 3) & 0xfff);
        }
        mainPid = video != NONE ? video : audio;
        codec = video != NONE ? videoCodec : TsCodec.AUDIO;
    }

    private static int word(byte[] section, int at) {
        return (section[at] & 0xff) << 8 | (section[at + 1] & 0xff);
    }
}
