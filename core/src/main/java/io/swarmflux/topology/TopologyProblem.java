package io.swarmflux.topology;

import java.io.Serializable;

/**
 * One thing that is wrong with a topology file, and where.
 *
 * @param file the file, as it was named
 * @param line from 1
 * @param column from 1, in characters
 * @param found what is there
 * @param expected what should be there
 */
public record TopologyProblem(String file, int line, int column, String found, String expected)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    /**
     * The problem on one line.
     *
     * @return {@code FILE:LINE:COLUMN: found …, expected …}
     */
    @Override
    public String toString() {
        return file + ":" + line + ":" + column + ": found " + found + ", expected " + expected;
    }
}
