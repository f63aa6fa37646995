package io.swarmflux.directory.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swarmflux.directory.DirectoryEvent;
import io.swarmflux.directory.PeerRecord;
import java.util.Iterator;
import java.util.List;

/** What a watch tells, as server-sent events. A snapshot comes in parts, so that no part is large; all but the last say {@code more}. */
final class EventText {
    private static final int PART = 64;

    private EventText() {}

    /** The events of one change, each written only when it is asked for. */
    static Iterable<String> of(DirectoryEvent event) {
        if (event instanceof DirectoryEvent.Snapshot all) {
            return () -> parts(all.peers());
        }
        return List.of(one(event));
    }

    private static String one(DirectoryEvent event) {
        if (event instanceof DirectoryEvent.Joined joined) {
            return text("joined", RecordJson.write(joined.peer()));
        }
        if (event instanceof DirectoryEvent.Updated updated) {
            return text("updated", RecordJson.write(updated.peer()));
        }
        if (event instanceof DirectoryEvent.Left left) {
            return text("left", RecordJson.object().put("name", left.name()).put("incarnation", left.incarnation()));
        }
        DirectoryEvent.Broken broken = (DirectoryEvent.Broken) event;
        return text("broken", Refusal.of(broken.why()).json());
    }

    private static Iterator<String> parts(List<PeerRecord> peers) {
        return new Iterator<>() {
            private int next;
            private boolean told;

            @Override
            public boolean hasNext() {
                return !told || next < peers.size();
            }

            @Override
            public String next() {
                int end = Math.min(peers.size(), next + PART);
                ObjectNode part = RecordJson.object();
                part.set("peers", RecordJson.write(peers.subList(next, end)));
                part.put("more", end < peers.size());
                next = end;
                told = true;
                return text("snapshot", part);
            }
        };
    }

    private static String text(String kind, ObjectNode data) {
        return "event: " + kind + "\ndata: " + RecordJson.text(data) + "\n\n";
    }
}
