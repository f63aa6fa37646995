package io.swarmflux.topology;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address to listen on.
 *
 * @param host a name or an address, in lower case; {@code *} for every interface
 * @param port 0 for a free one, to 65535
 */
record HostPort(String host, int port) {
    static final String EXPECTED = "HOST:PORT such as 127.0.0.1:9000, with a port from 0 (a free one) to 65535";

    private static final Pattern FORM =
            Pattern.compile("([A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\\[[0-9A-Fa-f:.]{2,45}]):(\\d{1,9})");

    static Optional<HostPort> of(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || !isPort(matcher.group(2), 0)) {
            return Optional.empty();
        }
        String host = matcher.group(1).toLowerCase(Locale.ROOT);
        boolean everywhere = host.equals("0.0.0.0") || host.equals("[::]");
        return Optional.of(new HostPort(everywhere ? "*" : host, Integer.parseInt(matcher.group(2))));
    }

    static boolean isPort(String text, int least) {
        try {
            int port = Integer.parseInt(text);
            return port >= least && port <= 65_535;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Whether two listeners get in each other's way. */
    boolean clashes(HostPort other) {
        return port != 0
                && port == other.port
                && (host.equals(other.host) || host.equals("*") || other.host.equals("*"));
    }
}
