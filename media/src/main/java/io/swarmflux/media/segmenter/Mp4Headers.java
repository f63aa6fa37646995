package io.swarmflux.media.segmenter;

import io.swarmflux.segment.CodecHeaders;
import io.swarmflux.segment.Description;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** The codec headers of an MP4: {@code ftyp} and {@code moov}, without what only people read when there is too much of it. */
final class Mp4Headers {
    private static final int UDTA = Mp4Box.type("udta");
    private static final int META = Mp4Box.type("meta");

    private Mp4Headers() {}

    /**
     * Takes the headers out of an array, where so many bytes come before the {@code moov}. None when they are too long.
     *
     * @param before the ones that held up to here, which stay when nothing has changed
     */
    static CodecHeaders of(byte[] array, int at, int lead, int size, CodecHeaders before, Notices notices) {
        byte[] all = Arrays.copyOfRange(array, at, at + lead + size);
        if (all.length <= Description.MAX_HEADER_BYTES) {
            return before.changedTo(all);
        }
        Mp4Box moov = new Mp4Box(all, lead, all.length);
        int ftyp = lead == 0 ? 0 : Math.min(lead, Mp4Box.intAt(all, 0));
        ByteArrayOutputStream shorter = new ByteArrayOutputStream();
        shorter.write(all, 0, ftyp);
        shorter.write(all, lead, Mp4Box.HEADER);
        for (Mp4Box one : moov.children()) {
            if (!one.is(UDTA) && !one.is(META)) {
                shorter.write(all, one.at(), one.size());
            }
        }
        byte[] headers = shorter.toByteArray();
        if (headers.length > Description.MAX_HEADER_BYTES) {
            notices.tell(
                    "large headers",
                    "the moov box of the MP4 has " + size + " bytes, more than the " + Description.MAX_HEADER_BYTES
                            + " that a late joiner can be given: nobody can join it in the middle");
            return before.version() == 0 ? before : before.changedTo(new byte[0]);
        }
        Mp4Box.putInt(headers, ftyp, headers.length - ftyp);
        return before.changedTo(headers);
    }
}
