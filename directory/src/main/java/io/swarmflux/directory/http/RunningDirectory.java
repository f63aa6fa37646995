package io.swarmflux.directory.http;

import io.netty.util.NetUtil;
import io.swarmflux.directory.DirectoryException;
import java.net.InetSocketAddress;
import java.time.Duration;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;

/** A {@link DirectoryServer} that listens, until it is disposed of. */
public final class RunningDirectory implements Disposable {
    private final DisposableServer server;
    private final boolean secure;
    private final ServerMeters meters;

    RunningDirectory(DisposableServer server, boolean secure, ServerMeters meters) {
        this.server = server;
        this.secure = secure;
        this.meters = meters;
    }

    static Throwable cannotListen(String host, int port, Throwable failure) {
        if (failure instanceof IllegalArgumentException wrongFiles) {
            return wrongFiles;
        }
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return new DirectoryException(
                DirectoryException.Reason.UNAVAILABLE,
                host + ":" + port,
                "cannot listen: " + deepest.getMessage() + "; choose another port, or end what listens there",
                Duration.ZERO,
                failure);
    }

    /**
     * Where it listens.
     *
     * @return for example {@code http://127.0.0.1:8480}
     */
    public String url() {
        InetSocketAddress address = (InetSocketAddress) server.address();
        return (secure ? "https://" : "http://") + NetUtil.toSocketAddressString(address);
    }

    /**
     * Its meters, as {@code /metrics} shows them.
     *
     * @return the text form of Prometheus
     */
    public String metrics() {
        return meters.text();
    }

    /**
     * Waits for the end.
     *
     * @return completes when it listens no more
     */
    public Mono<Void> onDispose() {
        return server.onDispose();
    }

    @Override
    public void dispose() {
        server.dispose();
    }

    @Override
    public boolean isDisposed() {
        return server.isDisposed();
    }
}
