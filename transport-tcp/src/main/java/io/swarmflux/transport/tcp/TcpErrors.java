package io.swarmflux.transport.tcp;

import io.netty.channel.ConnectTimeoutException;
import io.swarmflux.link.LinkException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in words of the user what the network said in its own. */
final class TcpErrors {
    private TcpErrors() {}

    /** Why a dial failed. */
    static LinkException dialling(HostPort to, Duration connectTimeout, Throwable e) {
        if (e instanceof PemFiles.PemException) {
            return new LinkException(to.toString(), "cannot use TLS: " + e.getMessage(), e);
        }
        if (has(e, ConnectTimeoutException.class)) {
            return new LinkException(to.toString(), "no answer within " + connectTimeout.toMillis() + " ms", e);
        }
        if (has(e, UnknownHostException.class)) {
            return new LinkException(to.toString(), "unknown host", e);
        }
        if (has(e, SSLException.class)) {
            return new LinkException(to.toString(), "TLS was refused: " + root(e), e);
        }
        if (has(e, ConnectException.class)) {
            return new LinkException(to.toString(), "nobody listens there: connection refused", e);
        }
        return new LinkException(to.toString(), "cannot connect: " + root(e), e);
    }

    /** Why listening failed. */
    static LinkException listening(HostPort at, Throwable e) {
        if (e instanceof PemFiles.PemException) {
            return new LinkException(at.toString(), "cannot use TLS: " + e.getMessage(), e);
        }
        if (has(e, UnknownHostException.class)) {
            return new LinkException(at.toString(), "unknown host", e);
        }
        for (Throwable t = e; t != null; t = t.getCause()) {
            String message = String.valueOf(t.getMessage()).toLowerCase(Locale.ROOT);
            if (message.contains("address already in use")) {
                return new LinkException(
                        at.toString(),
                        "address already in use: another process listens there;"
                                + " choose another port or 0 for a free one",
                        e);
            }
        }
        return new LinkException(at.toString(), "cannot listen there: " + root(e), e);
    }

    private static boolean has(Throwable e, Class<? extends Throwable> type) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable String root(Throwable e) {
        Throwable t = e;
        while (t.getCause() != null) {
            t = t.getCause();
        }
        return t.getMessage();
    }
}
