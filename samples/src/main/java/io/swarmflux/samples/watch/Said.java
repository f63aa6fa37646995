package io.swarmflux.samples.watch;

import io.swarmflux.peer.RunningPeer;
import io.swarmflux.samples.run.Log;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last things that happened, with the time, for people. */
public final class Said {
    private static final int MOST = 40;

    private final Deque<String> lines = new ArrayDeque<>();

    private Said() {}

    /** What happens to a peer, from now on until its end. */
    static Said by(RunningPeer peer) {
        Said said = new Said();
        said.also("", peer);
        return said;
    }

    /**
     * Nothing yet.
     *
     * @return to be filled
     */
    public static Said nothing() {
        return new Said();
    }

    /**
     * One more peer.
     *
     * @param prefix what its lines begin with
     * @param peer has been started
     */
    public void also(String prefix, RunningPeer peer) {
        peer.events().subscribe(event -> add(prefix + event.text()), e -> Log.warn(peer.name(), "events ended: " + e));
    }

    /**
     * One more line.
     *
     * @param line for people
     */
    public synchronized void add(String line) {
        if (lines.size() == MOST) {
            lines.removeFirst();
        }
        String time = LocalTime.now(ZoneId.systemDefault())
                .truncatedTo(ChronoUnit.SECONDS)
                .format(DateTimeFormatter.ISO_LOCAL_TIME);
        lines.add(time + " " + line);
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
