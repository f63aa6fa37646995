package io.swarmflux.directory.http;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.swarmflux.directory.DirectoryLimits;
import io.swarmflux.directory.InMemoryDirectory;
import io.swarmflux.directory.LeaseDirectory;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServer;

/**
 * A directory that peers reach over HTTP, and people with curl. Immutable: each step returns a new value, and nothing happens
 * before {@link #bind}. What it serves is in {@code /openapi.json}.
 */
public final class DirectoryServer {
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration BODY = Duration.ofSeconds(5);
    private static final int MAX_LINE = 2_048;
    private static final int MAX_HEADERS = 8_192;

    private final @Nullable LeaseDirectory store;
    private final ServerLimits limits;
    private final DirectoryTokens tokens;
    private final @Nullable TlsFiles tls;
    private final Duration slowest;

    private DirectoryServer(
            @Nullable LeaseDirectory store,
            ServerLimits limits,
            DirectoryTokens tokens,
            @Nullable TlsFiles tls,
            Duration slowest) {
        this.store = store;
        this.limits = limits;
        this.tokens = tokens;
        this.tls = tls;
        this.slowest = slowest;
    }

    /**
     * A server with a table in memory, open to all, without TLS.
     *
     * @return the defaults
     */
    public static DirectoryServer create() {
        return new DirectoryServer(null, ServerLimits.defaults(), DirectoryTokens.none(), null, Duration.ofSeconds(10));
    }

    /**
     * Sets where leases are kept.
     *
     * @param other default a table in memory with the default {@link DirectoryLimits}, of its own for each server that is started
     * @return the same otherwise
     */
    public DirectoryServer store(LeaseDirectory other) {
        return new DirectoryServer(other, limits, tokens, tls, slowest);
    }

    /**
     * Sets what one address may use.
     *
     * @param other default {@link ServerLimits#defaults()}
     * @return the same otherwise
     */
    public DirectoryServer limits(ServerLimits other) {
        return new DirectoryServer(store, other, tokens, tls, slowest);
    }

    /**
     * Sets who may announce and who may find.
     *
     * @param other default {@link DirectoryTokens#none()}
     * @return the same otherwise
     */
    public DirectoryServer tokens(DirectoryTokens other) {
        return new DirectoryServer(store, limits, other, tls, slowest);
    }

    /**
     * Serves HTTPS.
     *
     * @param certificate PEM file: the certificate, then those that issued it
     * @param key PEM file: its key, as unencrypted PKCS #8
     * @param authority PEM file: who must have issued a client's certificate; null, and clients need none
     * @return the same otherwise
     */
    public DirectoryServer tls(Path certificate, Path key, @Nullable Path authority) {
        return new DirectoryServer(store, limits, tokens, new TlsFiles(certificate, key, authority), slowest);
    }

    /**
     * Sets how long a watcher may leave what it is told unread before it is disconnected.
     *
     * @param patience default 10 s
     * @return the same otherwise
     */
    public DirectoryServer slowestWatcher(Duration patience) {
        return new DirectoryServer(store, limits, tokens, tls, patience);
    }

    /**
     * Listens.
     *
     * @param host a name or an address of this host; {@code 0.0.0.0} for all
     * @param port 0 for a free one
     * @return the server once it listens; fails with an {@link io.swarmflux.directory.DirectoryException} when it cannot
     */
    public Mono<RunningDirectory> bind(String host, int port) {
        return Mono.fromCallable(Api::openApi)
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(openApi -> bind(host, port, openApi));
    }

    private Mono<RunningDirectory> bind(String host, int port, String openApi) {
        LeaseDirectory behind = store == null ? InMemoryDirectory.create() : store;
        Addresses addresses = new Addresses(limits);
        ServerMeters meters = new ServerMeters(addresses, behind);
        Api api = new Api(behind, limits, tokens, addresses, meters, slowest, openApi);
        Connections connections = new Connections(addresses, meters);
        HttpServer server = HttpServer.create()
                .host(host)
                .port(port)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .idleTimeout(IDLE)
                .requestTimeout(BODY)
                .httpRequestDecoder(spec -> spec.maxInitialLineLength(MAX_LINE)
                        .maxHeaderSize(MAX_HEADERS)
                        .h2cMaxContentLength(limits.bodyBytes()))
                .doOnChannelInit((observer, channel, remote) -> connections.opened(channel))
                .handle((request, response) -> {
                    connections.served(request);
                    return api.serve(request, response);
                });
        Mono<HttpServer> secured = tls == null
                ? Mono.just(server)
                : tls.server().map(context -> server.secure(spec -> spec.sslContext(context)));
        return secured.flatMap(HttpServer::bind)
                .map(bound -> new RunningDirectory(bound, tls != null, meters))
                .onErrorMap(failure -> RunningDirectory.cannotListen(host, port, failure));
    }
}
