package io.swarmflux.topology;

/** Where a seeder takes its bytes from. */
public sealed interface Source {
    /**
     * The integer stream: segments that carry the numbers from 0, which a checker can verify.
     *
     * @param segments how many, at least 1
     */
    record Counter(long segments) implements Source {}

    /**
     * A file, a URL, or {@code -} for standard input.
     *
     * @param location the file's path as the topology file has it, the URL, or {@code -}
     * @param loop whether it starts again at its end; false by default
     */
    record Input(String location, boolean loop) implements Source {}
}
