package io.swarmflux.link;

/**
 * What all links of one host share: the rates at which frames leave it and reach it, one after the other whichever link they
 * are on. Starts from {@link #unlimited()}; each step returns a new value.
 *
 * @param uploadBitsPerSecond how fast frames leave; 0, the default, is at once
 * @param downloadBitsPerSecond how fast frames come in; 0, the default, is at once
 * @param queueBytes how much may wait, each way, before frames are dropped; default 8 MiB
 */
public record AccessLink(long uploadBitsPerSecond, long downloadBitsPerSecond, long queueBytes) {
    private static final AccessLink UNLIMITED = new AccessLink(0, 0, 8L << 20);

    /** Refuses what cannot be. */
    public AccessLink {
        if (uploadBitsPerSecond < 0 || downloadBitsPerSecond < 0) {
            throw new IllegalArgumentException("the rates of an access link must not be negative, were "
                    + uploadBitsPerSecond + " up and " + downloadBitsPerSecond + " down");
        }
        if (queueBytes <= 0) {
            throw new IllegalArgumentException("queueBytes must be positive, was " + queueBytes);
        }
    }

    /**
     * A host whose links share nothing.
     *
     * @return no limit
     */
    public static AccessLink unlimited() {
        return UNLIMITED;
    }

    /**
     * Sets how fast frames leave.
     *
     * @param bits per second over all links; 0 is at once
     * @return the same otherwise
     */
    public AccessLink upload(long bits) {
        return new AccessLink(bits, downloadBitsPerSecond, queueBytes);
    }

    /**
     * Sets how fast frames come in.
     *
     * @param bits per second over all links; 0 is at once
     * @return the same otherwise
     */
    public AccessLink download(long bits) {
        return new AccessLink(uploadBitsPerSecond, bits, queueBytes);
    }

    /**
     * Sets how much may wait each way; a frame beyond it is dropped and counted.
     *
     * @param bytes at least 1
     * @return the same otherwise
     */
    public AccessLink queue(long bytes) {
        return new AccessLink(uploadBitsPerSecond, downloadBitsPerSecond, bytes);
    }
}
