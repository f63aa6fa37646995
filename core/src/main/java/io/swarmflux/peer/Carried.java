package io.swarmflux.peer;

import java.util.concurrent.atomic.AtomicLongArray;

/** Which of the newest segments of an epoch the group has carried, whoever sent them: each sequence at its place modulo the length. From any thread. */
final class Carried {
    private final AtomicLongArray sequences;

    /** None; remembers so many, a power of two. */
    Carried(int length) {
        sequences = new AtomicLongArray(length);
        for (int i = 0; i < length; i++) {
            sequences.setPlain(i, -1);
        }
    }

    void add(long sequence) {
        sequences.set(place(sequence), sequence);
    }

    boolean has(long sequence) {
        return sequences.get(place(sequence)) == sequence;
    }

    private int place(long sequence) {
        return (int) (sequence & (sequences.length() - 1));
    }
}
