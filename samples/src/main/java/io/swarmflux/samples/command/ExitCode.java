package io.swarmflux.samples.command;

import io.swarmflux.link.LinkException;
import io.swarmflux.samples.run.Outcome;

/** What the shell is told. */
final class ExitCode {
    static final int CONSISTENT = 0;
    static final int INCONSISTENT = 1;
    static final int BAD_USAGE = 2;
    static final int NO_LINK = 3;

    private ExitCode() {}

    static int of(Outcome outcome) {
        if (outcome.failure() != null) {
            return of(outcome.failure());
        }
        boolean reachedNobody = !outcome.snapshot().upstreams().isEmpty()
                && outcome.snapshot().window().accepted() == 0
                && outcome.snapshot().epoch() < 0
                && outcome.snapshot().upstreams().stream().noneMatch(upstream -> upstream.open());
        if (reachedNobody) {
            return NO_LINK;
        }
        return outcome.consistent() ? CONSISTENT : INCONSISTENT;
    }

    static int of(Throwable failure) {
        return failure instanceof LinkException ? NO_LINK : INCONSISTENT;
    }
}
