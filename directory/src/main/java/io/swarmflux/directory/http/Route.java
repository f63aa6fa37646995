package io.swarmflux.directory.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.swarmflux.segment.StreamId;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a path names: {@code /v1/streams/STREAM/peers}, {@code .../peers/NAME}, {@code .../events}, or a page of the server's own.
 *
 * @param kind the form of the path
 * @param stream null for a page
 * @param name null unless it names a peer
 * @param query what stands behind the question mark
 */
record Route(Kind kind, @Nullable StreamId stream, @Nullable String name, Map<String, List<String>> query) {
    private static final int MAX_PARAMETERS = 16;

    enum Kind {
        PEERS,
        PEER,
        EVENTS,
        HEALTH,
        METRICS,
        OPENAPI
    }

    static Route of(String uri) {
        int mark = uri.indexOf('?');
        String path = mark < 0 ? uri : uri.substring(0, mark);
        Map<String, List<String>> query = new QueryStringDecoder(
                        mark < 0 ? "" : uri.substring(mark + 1), StandardCharsets.UTF_8, false, MAX_PARAMETERS)
                .parameters();
        return switch (path) {
            case "/health" -> new Route(Kind.HEALTH, null, null, query);
            case "/metrics" -> new Route(Kind.METRICS, null, null, query);
            case "/openapi.json" -> new Route(Kind.OPENAPI, null, null, query);
            default -> of(path.split("/", -1), query);
        };
    }

    private static Route of(String[] parts, Map<String, List<String>> query) {
        boolean streams =
                parts.length >= 5 && parts[0].isEmpty() && parts[1].equals("v1") && parts[2].equals("streams");
        if (streams && parts.length == 5 && parts[4].equals("peers")) {
            return new Route(Kind.PEERS, StreamId.of(decoded(parts[3])), null, query);
        }
        if (streams && parts.length == 5 && parts[4].equals("events")) {
            return new Route(Kind.EVENTS, StreamId.of(decoded(parts[3])), null, query);
        }
        if (streams && parts.length == 6 && parts[4].equals("peers") && !parts[5].isEmpty()) {
            return new Route(Kind.PEER, StreamId.of(decoded(parts[3])), decoded(parts[5]), query);
        }
        throw Refusal.of(
                HttpResponseStatus.NOT_FOUND,
                "not-found",
                "there is no such resource; see /openapi.json, or ask for /v1/streams/STREAM/peers");
    }

    /** In a path a plus sign is one. */
    private static String decoded(String part) {
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    long number(String parameter, long otherwise) {
        List<String> values = query.get(parameter);
        if (values == null) {
            return otherwise;
        }
        try {
            return Long.parseLong(values.get(0));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    parameter + " must be a whole number, was " + RecordJson.cut(values.get(0)));
        }
    }
}
