package io.swarmflux.directory.http;

import io.swarmflux.directory.DirectoryException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What a client did not believe, by name; the names are few and ours. */
final class Ignored {
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    void count(String name) {
        counts.computeIfAbsent(name, none -> new LongAdder()).increment();
    }

    DirectoryException refused(String directory, String name, String bound) {
        count(name);
        return new DirectoryException(
                DirectoryException.Reason.MALFORMED,
                directory,
                name + ": its answer is longer than " + bound + "; check that the URL is a directory's");
    }

    Map<String, Long> counts() {
        Map<String, Long> copy = new TreeMap<>();
        counts.forEach((name, count) -> copy.put(name, count.sum()));
        return copy;
    }
}
