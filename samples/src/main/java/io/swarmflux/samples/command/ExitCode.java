package io.swarmflux.samples.command;

import io.swarmflux.directory.DirectoryException;
import io.swarmflux.link.LinkException;
import io.swarmflux.peer.PeerSnapshot;
import io.swarmflux.samples.run.Outcome;
import java.net.BindException;

/** What the shell is told. */
final class ExitCode {
    static final int CONSISTENT = 0;
    static final int INCONSISTENT = 1;
    static final int BAD_USAGE = 2;
    static final int NO_LINK = 3;

    private ExitCode() {}

    /** What an outcome means; a peer, which dials, must have reached somebody. */
    static int of(Outcome outcome, boolean dials) {
        if (outcome.failure() != null) {
            return of(outcome.failure());
        }
        PeerSnapshot snapshot = outcome.snapshot();
        if (dials && snapshot.epoch() < 0 && snapshot.upstreams().stream().noneMatch(PeerSnapshot.Upstream::open)) {
            return NO_LINK;
        }
        return outcome.consistent() ? CONSISTENT : INCONSISTENT;
    }

    static int of(Throwable failure) {
        boolean unreached = failure instanceof LinkException
                || failure instanceof DirectoryException
                || failure instanceof Input.NotThere
                || failure.getCause() instanceof BindException;
        return unreached ? NO_LINK : INCONSISTENT;
    }
}
