package io.swarmflux.samples;

import io.swarmflux.samples.command.SwarmFlux;
import io.swarmflux.samples.run.Log;

/** The {@code swarmflux} command. */
public final class Main {
    private Main() {}

    /**
     * Runs one command and exits: 0 done and consistent, 1 finished with gaps or damage, 2 bad usage or bad file, 3 could
     * not reach or listen.
     *
     * @param args what was typed
     */
    public static void main(String[] args) {
        Log.toStandardError();
        System.exit(SwarmFlux.execute(args));
    }
}
