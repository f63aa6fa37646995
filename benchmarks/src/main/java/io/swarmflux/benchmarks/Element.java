package io.swarmflux.benchmarks;

import java.util.stream.LongStream;

/**
 * What is merged and shared out: a number, made before anything is measured.
 *
 * @param sequence from 0
 */
public record Element(long sequence) implements Comparable<Element> {
    @Override
    public int compareTo(Element other) {
        return Long.compare(sequence, other.sequence);
    }

    /**
     * The elements from 0 on.
     *
     * @param count how many
     * @return in order
     */
    public static Element[] many(int count) {
        return LongStream.range(0, count).mapToObj(Element::new).toArray(Element[]::new);
    }
}
