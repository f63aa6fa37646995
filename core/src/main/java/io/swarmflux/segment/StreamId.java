package io.swarmflux.segment;

import java.nio.charset.StandardCharsets;

/**
 * The name of one live programme, for example {@code news}.
 *
 * @param name 1 to 64 bytes of UTF-8 without white space or control characters
 */
public record StreamId(String name) {
    /** The longest name, in bytes of UTF-8. */
    public static final int MAX_BYTES = 64;

    /** Checks the name. */
    public StreamId {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a stream name has 1 to " + MAX_BYTES + " bytes, '" + name + "' has " + bytes);
        }
        if (name.chars().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) {
            throw new IllegalArgumentException(
                    "a stream name has no white space and no control characters, was '" + name + "'");
        }
    }

    /**
     * Names a stream.
     *
     * @param name 1 to 64 bytes of UTF-8 without white space or control characters
     * @return the id
     */
    public static StreamId of(String name) {
        return new StreamId(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
