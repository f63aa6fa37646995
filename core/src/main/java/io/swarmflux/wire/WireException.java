package io.swarmflux.wire;

/**
 * Bytes that break the wire format. The peer that received them sees it, answers with {@link Message.Failure} and closes
 * that link; nobody else is touched.
 */
public final class WireException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Which rule was broken. */
    private final Message.FailureCode code;

    /**
     * Names the rule, the value and the place.
     *
     * @param code which rule
     * @param message the value, the field and what was expected
     */
    public WireException(Message.FailureCode code, String message) {
        super(message);
        this.code = code;
    }

    /**
     * Which rule was broken.
     *
     * @return the code
     */
    public Message.FailureCode code() {
        return code;
    }
}
