package io.swarmflux.peer;

import io.swarmflux.directory.DirectoryException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which directories fail: each trouble is told once until its directory works again. Inside the strand. */
final class Troubles {
    private static final int MOST_TOLD = 8;

    private final Self self;
    private final Map<String, Set<String>> told = new HashMap<>();
    private final Set<String> worked = new HashSet<>();

    Troubles(Self self) {
        this.self = self;
    }

    void failed(String directory, Throwable failure) {
        worked.remove(directory);
        String why = failure instanceof DirectoryException known
                ? String.valueOf(known.getMessage()).replace(directory + ": ", "")
                : failure.toString();
        Set<String> before = told.computeIfAbsent(directory, name -> new HashSet<>());
        if (before.size() < MOST_TOLD && before.add(why)) {
            self.tell(() -> new PeerEvent.DirectoryFails(directory, why));
        }
    }

    /** A directory does what it should; whether that is news. */
    boolean works(String directory) {
        told.remove(directory);
        return worked.add(directory);
    }
}
