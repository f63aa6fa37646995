package io.swarmflux.directory.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.swarmflux.directory.DirectoryException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Why a request is not served, as the asker is told. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient HttpResponseStatus status;

    /** One word for programs and counters. */
    private final String error;

    /** The bound that was met, if one was. */
    private final @Nullable Long limit;

    /** What the asker can do. */
    private final String cure;

    /** In what time to try again; zero for no matter. */
    private final Duration retryAfter;

    Refusal(HttpResponseStatus status, String error, @Nullable Long limit, String cure, Duration retryAfter) {
        super(error + ": " + cure, null, false, false);
        this.status = status;
        this.error = error;
        this.limit = limit;
        this.cure = cure;
        this.retryAfter = retryAfter;
    }

    static Refusal of(HttpResponseStatus status, String error, String cure) {
        return new Refusal(status, error, null, cure, Duration.ZERO);
    }

    static Refusal tooMany(String error, long limit, String cure, Duration retryAfter) {
        return new Refusal(HttpResponseStatus.TOO_MANY_REQUESTS, error, limit, cure, retryAfter);
    }

    /** Whatever went wrong. */
    static Refusal of(Throwable failure) {
        if (failure instanceof Refusal known) {
            return known;
        }
        if (failure instanceof IllegalArgumentException wrong) {
            return of(HttpResponseStatus.BAD_REQUEST, "malformed", String.valueOf(wrong.getMessage()));
        }
        if (failure instanceof DirectoryException why) {
            String message = String.valueOf(why.getMessage());
            return switch (why.reason()) {
                case STALE -> of(HttpResponseStatus.CONFLICT, "stale-incarnation", message);
                case BUSY ->
                    new Refusal(
                            HttpResponseStatus.SERVICE_UNAVAILABLE, "directory-full", null, message, why.retryAfter());
                case REFUSED, MALFORMED -> of(HttpResponseStatus.BAD_REQUEST, "refused", message);
                case FORBIDDEN, UNAVAILABLE -> away(message);
            };
        }
        if (failure instanceof TimeoutException) {
            return away("does not answer in time");
        }
        return of(
                HttpResponseStatus.INTERNAL_SERVER_ERROR,
                "internal",
                "a fault of the directory; its log tells more, please report it");
    }

    private static Refusal away(String message) {
        return new Refusal(
                HttpResponseStatus.SERVICE_UNAVAILABLE,
                "store-unavailable",
                null,
                "the directory's store is away (" + message + "); ask again in a second, or ask another directory",
                Duration.ofSeconds(1));
    }

    HttpResponseStatus status() {
        return status;
    }

    String error() {
        return error;
    }

    Duration retryAfter() {
        return retryAfter;
    }

    ObjectNode json() {
        ObjectNode node = RecordJson.object();
        node.put("error", error);
        if (limit != null) {
            node.put("limit", limit);
        } else {
            node.putNull("limit");
        }
        node.put("cure", cure);
        return node;
    }
}
