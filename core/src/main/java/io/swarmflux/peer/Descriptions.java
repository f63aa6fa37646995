package io.swarmflux.peer;

import io.swarmflux.segment.CodecHeaders;
import io.swarmflux.segment.Description;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a stream's description: the newest version, and the last {@value #KEPT} there were, because a segment that is still
 * to be played or given on may need an older one. May be asked from any thread.
 */
final class Descriptions {
    /** With the largest headers half a megabyte. */
    static final int KEPT = 64;

    private final Map<Place, Description> kept = new LinkedHashMap<>();
    private volatile long epoch = -1;
    private volatile @Nullable Description newest;

    private record Place(long epoch, int version) {}

    /** The newest version of the epoch that is played; null while there is no stream. */
    @Nullable
    Description newest() {
        return newest;
    }

    /** Another epoch is played from now on, which has a description of its own; −1 while it is not known which one. */
    synchronized void begin(long of, Description said) {
        epoch = of;
        newest = said;
        keep(of, said);
    }

    /** Somebody told a version. True when it is the newest there is of the epoch that is played. */
    synchronized boolean told(long of, Description said) {
        Description now = newest;
        if (now == null) {
            return false;
        }
        if (epoch < 0) {
            epoch = of;
            keep(of, now);
        }
        boolean fits =
                said.mode() == now.mode() && said.subStreams() == now.subStreams(); // they hold for the whole epoch
        if (of != epoch || !fits) {
            return false;
        }
        keep(of, said);
        boolean newer = said.version() > now.version();
        if (newer) {
            newest = said;
        }
        return newer;
    }

    /** The seeder's own: the same description with other headers. True when they are new. */
    synchronized boolean changed(long of, CodecHeaders headers) {
        Description now = newest;
        return now != null && headers.version() > now.version() && told(of, now.with(headers));
    }

    /** What a segment needs that names this version; null when it is not known. */
    synchronized @Nullable Description of(long wanted, int version) {
        return kept.get(new Place(wanted, version));
    }

    private void keep(long of, Description said) {
        kept.putIfAbsent(new Place(of, said.version()), said);
        if (kept.size() > KEPT) {
            kept.remove(kept.keySet().iterator().next());
        }
    }
}
