package io.swarmflux.samples.bench;

/** Who sends to whom. */
public enum Shape {
    /** A sender and a receiver. */
    HOP(1),
    /** A sender, somebody who passes everything on, and a receiver. */
    RELAY(1),
    /** A sender and eight receivers. */
    FAN_OUT(8);

    private final int receivers;

    Shape(int receivers) {
        this.receivers = receivers;
    }

    /**
     * How many receive.
     *
     * @return without the one that passes on
     */
    public int receivers() {
        return receivers;
    }
}
