package io.swarmflux.topology;

import java.util.OptionalLong;

/**
 * The access link of the machine that a peer or seeder runs on: what all its links share, whatever it decides to send.
 *
 * @param upload what leaves it at most, in bits a second; empty for no limit
 * @param download what reaches it at most, in bits a second; empty for no limit
 */
public record Host(OptionalLong upload, OptionalLong download) {
    /** A machine whose access link is never full. */
    public static final Host UNLIMITED = new Host(OptionalLong.empty(), OptionalLong.empty());
}
