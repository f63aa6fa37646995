package io.swarmflux.benchmarks.group;

import io.swarmflux.samples.bench.Carrier;
import java.util.function.Function;

/** Who carries segments to a multicast group. */
public enum GroupContender {
    /** Ours. */
    SWARMFLUX(SwarmFluxIsland::new),
    /** Aeron, as it is when nobody says otherwise. */
    AERON(loss -> new AeronGroup(loss, false)),
    /** Aeron, whose receivers ask at once for what is lost. */
    AERON_QUICK_NAKS(loss -> new AeronGroup(loss, true)),
    /** Nothing is repaired. */
    RAW_DATAGRAMS(RawDatagrams::new);

    private final Function<Loss, Carrier> carrier;

    GroupContender(Function<Loss, Carrier> carrier) {
        this.carrier = carrier;
    }

    /**
     * One that carries.
     *
     * @param loss at each receiver
     * @return the carrier
     */
    public Carrier carrier(Loss loss) {
        return carrier.apply(loss);
    }
}
