package io.swarmflux.samples.command;

import io.swarmflux.directory.DirectoryLimits;
import io.swarmflux.directory.InMemoryDirectory;
import io.swarmflux.directory.LeaseDirectory;
import io.swarmflux.directory.http.DirectoryServer;
import io.swarmflux.directory.http.DirectoryTokens;
import io.swarmflux.directory.http.RunningDirectory;
import io.swarmflux.directory.http.ServerLimits;
import io.swarmflux.directory.redis.RedisDirectory;
import io.swarmflux.samples.run.Interrupt;
import io.swarmflux.samples.run.Log;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a directory, until it is ended. */
@Command(
        name = "directory",
        mixinStandardHelpOptions = true,
        description = "Runs a directory, where peers announce themselves and find others.",
        footer = {
            "",
            "A token file has a line 'announce TOKEN' or 'find TOKEN' for each token; what no line is about is open to",
            "all, and who may announce may find. Lines that begin with # say nothing."
        })
final class DirectoryCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--listen",
            required = true,
            paramLabel = "HOST:PORT",
            converter = Units.Address.class,
            description = "Where peers ask. Port 0 takes a free one.")
    private @Nullable String listen;

    @Option(
            names = "--store",
            paramLabel = "redis://HOST:PORT",
            description = "A Redis that directories share. Default: a table in memory, which ends with the process.")
    private @Nullable String store;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Who may announce and find. Default: everybody. Read at the start.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--requests-per-second",
            paramLabel = "N",
            description = "How many requests one address may make. Default: ${DEFAULT-VALUE}.")
    private int requestsPerSecond = ServerLimits.defaults().requestsPerSecond();

    @Option(
            names = "--leases-per-address",
            paramLabel = "N",
            description = "How many peers one address may announce. Default: ${DEFAULT-VALUE}.")
    private int leases = ServerLimits.defaults().leases();

    @Mixin
    private TlsOptions tls = new TlsOptions();

    @Override
    public Integer call() {
        DirectoryServer server = DirectoryServer.create().tokens(tokens()).limits(limits());
        Path certificate = tls.certificate();
        Path key = tls.key();
        if (certificate != null && key != null) {
            server = server.tls(certificate, key, tls.authority());
        } else if (tls.authority() != null) {
            throw usage("--tls-ca needs --tls-cert FILE and --tls-key FILE beside it: a directory only listens");
        }
        LeaseDirectory leaseStore = leaseStore();
        String address = Objects.requireNonNull(listen);
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
        try {
            RunningDirectory running = Objects.requireNonNull(server.store(leaseStore)
                    .bind(host, Integer.parseInt(address.substring(colon + 1)))
                    .block());
            Log.info("directory", "serves on " + running.url() + ", store " + leaseStore.name());
            try (Interrupt interrupt = Interrupt.calls(running::dispose)) {
                running.onDispose().block();
                return interrupt.exits(ExitCode.CONSISTENT);
            }
        } catch (IllegalArgumentException wrongFiles) {
            throw usage(Objects.requireNonNullElse(wrongFiles.getMessage(), wrongFiles.toString()));
        } finally {
            if (leaseStore instanceof RedisDirectory redis) {
                redis.dispose();
            }
        }
    }

    private ServerLimits limits() {
        ServerLimits limits = ServerLimits.defaults();
        try {
            return limits.perAddress(requestsPerSecond, leases, limits.watches(), limits.connections());
        } catch (IllegalArgumentException e) {
            throw usage("--requests-per-second and --leases-per-address are from 1: " + e.getMessage());
        }
    }

    private DirectoryTokens tokens() {
        if (tokenFile == null) {
            return DirectoryTokens.none();
        }
        try {
            return DirectoryTokens.read(tokenFile);
        } catch (IOException e) {
            throw usage("--token-file: cannot read " + tokenFile + "; give a file that this user may read");
        } catch (IllegalArgumentException e) {
            throw usage(Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
    }

    /** A Redis must be there at the start; when it goes away later the directory waits for it. */
    private LeaseDirectory leaseStore() {
        if (store == null) {
            return InMemoryDirectory.create();
        }
        RedisDirectory redis;
        try {
            redis = RedisDirectory.open(store, DirectoryLimits.defaults());
        } catch (IllegalArgumentException e) {
            throw usage("--store: " + e.getMessage());
        }
        try {
            redis.ping().block();
        } catch (RuntimeException away) {
            redis.dispose();
            throw away;
        }
        return redis;
    }

    private ParameterException usage(String text) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), text);
    }
}
