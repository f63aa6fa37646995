package io.swarmflux.link;

import org.jspecify.annotations.Nullable;

/**
 * A link could not be opened, or broke. Whoever dialled or received sees it; dialling again later, or elsewhere, is
 * what they can do.
 */
public final class LinkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The address or name of the other end. */
    private final String remote;

    /**
     * Says what happened.
     *
     * @param remote the other end
     * @param message what went wrong, without the address
     * @param cause what the network said, if anything
     */
    public LinkException(String remote, String message, @Nullable Throwable cause) {
        super(remote + ": " + message, cause);
        this.remote = remote;
    }

    /**
     * The other end.
     *
     * @return its address or name
     */
    public String remote() {
        return remote;
    }
}
