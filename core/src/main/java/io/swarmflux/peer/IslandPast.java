package io.swarmflux.peer;

import io.swarmflux.flux.Upstream;
import io.swarmflux.swarm.NakPlan;

/** What came from the group and went to it before the present epoch, or before the group was joined again. */
record IslandPast(
        long received,
        long receivedBytes,
        long duplicates,
        long noticed,
        long asked,
        long sent,
        long sentBytes,
        long repairs) {
    static final IslandPast NOTHING = new IslandPast(0, 0, 0, 0, 0, 0, 0, 0);

    IslandPast and(IslandIn came) {
        Upstream.Stats stats = came.stats();
        NakPlan.Counts losses = came.nakCounts();
        return new IslandPast(
                received + stats.received(),
                receivedBytes + stats.bytes(),
                duplicates + stats.duplicates(),
                noticed + losses.noticed(),
                asked + losses.asked(),
                sent,
                sentBytes,
                repairs);
    }

    IslandPast and(IslandOut went) {
        return new IslandPast(
                received,
                receivedBytes,
                duplicates,
                noticed,
                asked,
                sent + went.segments(),
                sentBytes + went.bytes(),
                repairs + went.repairs());
    }
}
