package io.swarmflux.directory;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A directory did not do what was asked. Who announces, finds or watches sees it; {@link #reason} says what they can do. */
public final class DirectoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of failure it is. */
    public enum Reason {
        /** It cannot be reached, or does not answer in time: try again, or another one. */
        UNAVAILABLE,
        /** It has no room, or was asked too often: try again later. */
        BUSY,
        /** It wants a token, or another one: set it right. */
        FORBIDDEN,
        /** It knows a newer incarnation of the peer: this one must give up, or begin anew. */
        STALE,
        /** It does not take what it was sent: trying again does not help. */
        REFUSED,
        /** Its answer is none that a directory gives: check the address, or use another one. */
        MALFORMED
    }

    /** What kind of failure it is. */
    private final Reason reason;

    /** The name of the directory. */
    private final String directory;

    /** When to try again at the earliest; zero when nothing was said. */
    private final Duration retryAfter;

    /**
     * Says what happened.
     *
     * @param reason what kind of failure it is
     * @param directory the name of the directory
     * @param message what is wrong and how to cure it, without the name
     * @param retryAfter in what time to try again at the earliest; zero for any
     * @param cause what is behind it, if anything
     */
    public DirectoryException(
            Reason reason, String directory, String message, Duration retryAfter, @Nullable Throwable cause) {
        super(directory + ": " + message, cause);
        this.reason = reason;
        this.directory = directory;
        this.retryAfter = retryAfter;
    }

    /**
     * Says what happened.
     *
     * @param reason what kind of failure it is
     * @param directory the name of the directory
     * @param message what is wrong and how to cure it, without the name
     */
    public DirectoryException(Reason reason, String directory, String message) {
        this(reason, directory, message, Duration.ZERO, null);
    }

    /** Any failure as one of a directory. */
    static DirectoryException of(String directory, Throwable failure) {
        if (failure instanceof DirectoryException known) {
            return known;
        }
        String what = failure instanceof TimeoutException ? "does not answer in time" : "does not answer: " + failure;
        return new DirectoryException(Reason.UNAVAILABLE, directory, what, Duration.ZERO, failure);
    }

    /**
     * What kind of failure it is.
     *
     * @return the kind
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Which directory.
     *
     * @return its name
     */
    public String directory() {
        return directory;
    }

    /**
     * When to try again.
     *
     * @return in what time at the earliest; zero when nothing was said
     */
    public Duration retryAfter() {
        return retryAfter;
    }

    /**
     * Whether trying the same again cannot help.
     *
     * @return for {@link Reason#STALE} and {@link Reason#REFUSED}
     */
    public boolean isLasting() {
        return reason == Reason.STALE || reason == Reason.REFUSED;
    }
}
