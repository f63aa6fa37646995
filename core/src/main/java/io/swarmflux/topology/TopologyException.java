package io.swarmflux.topology;

import java.util.List;

/**
 * A topology file is wrong. Whoever reads the file sees it; correcting the file is what they can do. The message is the
 * first problem on one line, and {@link #problems} has all of them.
 */
public final class TopologyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong, in the order of the file; never empty. */
    private final List<TopologyProblem> problems;

    TopologyException(List<TopologyProblem> problems) {
        super(problems.get(0).toString());
        this.problems = List.copyOf(problems);
    }

    /**
     * The first problem.
     *
     * @return file, line, column, what was found and what was expected
     */
    public TopologyProblem problem() {
        return problems.get(0);
    }

    /**
     * All problems, in the order of the file, at most {@value TopologyFile#MAX_PROBLEMS}.
     *
     * @return at least one
     */
    public List<TopologyProblem> problems() {
        return problems;
    }
}
