package io.swarmflux.benchmarks.group;

import io.swarmflux.samples.bench.Carrier;

/** Who carries segments to a multicast group. */
public enum GroupContender {
    /** Ours. */
    SWARMFLUX,
    /** Aeron, as it is when nobody says otherwise. */
    AERON,
    /** Aeron, whose receivers ask at once for what is lost. */
    AERON_QUICK_NAKS,
    /** Nothing is repaired. */
    RAW_DATAGRAMS;

    /**
     * One that carries.
     *
     * @param loss at each receiver
     * @return the carrier
     */
    public Carrier carrier(Loss loss) {
        return switch (this) {
            case SWARMFLUX -> new SwarmFluxIsland(loss);
            case AERON -> new AeronGroup(loss, false);
            case AERON_QUICK_NAKS -> new AeronGroup(loss, true);
            case RAW_DATAGRAMS -> new RawDatagrams(loss);
        };
    }
}
