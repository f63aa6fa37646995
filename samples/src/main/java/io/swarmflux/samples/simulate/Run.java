package io.swarmflux.samples.simulate;

import io.swarmflux.peer.PeerSnapshot;
import io.swarmflux.topology.Simulation;
import io.swarmflux.topology.Topology;
import java.util.List;
import java.util.Map;

/**
 * Everything that one run has left to measure.
 *
 * @param topology who was there, groups resolved
 * @param simulation how it was run
 * @param endNs when it ended
 * @param traces of every seeder and peer, in the order of the topology
 * @param snapshots of every seeder and peer at the end, by name
 * @param kills what happened to peers
 * @param islands what was seen of each island
 * @param tasks how many tasks the clock has run
 */
record Run(
        Topology topology,
        Simulation simulation,
        long endNs,
        List<Trace> traces,
        Map<String, PeerSnapshot> snapshots,
        List<SimulatedSwarm.Kill> kills,
        List<IslandMeter> islands,
        long tasks) {}
