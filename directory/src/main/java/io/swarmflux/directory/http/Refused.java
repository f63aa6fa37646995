package io.swarmflux.directory.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmflux.directory.DirectoryException;
import io.swarmflux.directory.DirectoryException.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a directory says when it does not do what it was asked, in our own words where it can be understood. */
final class Refused {
    private static final int MAX_RETRY_SECONDS = 300;

    private Refused() {}

    static DirectoryException of(String directory, int status, @Nullable String retryAfter, byte[] body) {
        String said;
        try {
            JsonNode node = RecordJson.parse(body);
            said = node.path("error").asText("") + ": " + node.path("cure").asText("");
        } catch (IllegalArgumentException notOurs) {
            said = "no reason that can be read";
        }
        return new DirectoryException(
                reason(status), directory, "HTTP " + status + ", " + RecordJson.cut(said), retry(retryAfter), null);
    }

    private static Reason reason(int status) {
        return switch (status) {
            case 401, 403 -> Reason.FORBIDDEN;
            case 408, 425, 500, 502, 504 -> Reason.UNAVAILABLE;
            case 409 -> Reason.STALE;
            case 429, 503 -> Reason.BUSY;
            case 400, 413 -> Reason.REFUSED;
            default -> Reason.MALFORMED;
        };
    }

    private static Duration retry(@Nullable String header) {
        if (header == null || !header.matches("\\d{1,6}")) {
            return Duration.ZERO;
        }
        return Duration.ofSeconds(Math.min(MAX_RETRY_SECONDS, Integer.parseInt(header)));
    }
}
