package io.swarmflux.samples.command;

import io.swarmflux.directory.Directories;
import io.swarmflux.directory.http.HttpDirectory;
import io.swarmflux.peer.Discovery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where seeders and peers announce themselves, and find others. */
final class DirectoryOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--directory",
            paramLabel = "URL",
            split = ",",
            description =
                    "Where to announce and find peers, for example http://192.0.2.7:8480. Repeatable, or several with"
                            + " commas between: all are used, and one that fails holds up nobody.")
    private List<String> urls = List.of();

    @Option(
            names = "--directory-token-file",
            paramLabel = "FILE",
            description = "The token to show to directories, on one line. Default: none.")
    private @Nullable Path token;

    @Option(
            names = "--directory-cache",
            paramLabel = "FILE",
            description = "Keep the last good answer there, for when no directory answers. Default: in memory only.")
    private @Nullable Path cache;

    @Option(
            names = "--neighbours",
            paramLabel = "N",
            description = "How many upstreams to find, 1 to 64, given ones included. Default: 5.")
    private @Nullable Integer neighbours;

    @Option(
            names = "--strategy",
            paramLabel = "NAME",
            converter = Units.StrategyName.class,
            description =
                    "Whom to take of those that are known: random, bandwidth (the strong near the source), forest (one of"
                            + " each tree), nearby, islands (one of each island). Default: random, and islands in an island.")
    private Discovery.@Nullable Strategy strategy;

    /** Whether there is any. */
    boolean any() {
        return !urls.isEmpty();
    }

    /** How to find others; null without a directory. */
    @Nullable
    Discovery discovery(TlsOptions tls) {
        if (urls.isEmpty()) {
            if (token != null || cache != null) {
                throw usage((token != null ? "--directory-token-file" : "--directory-cache")
                        + " needs --directory URL beside it");
            }
            // without a directory neighbours name each other, when that is asked for
            return neighbours == null && strategy == null ? null : chosen(Discovery.byNeighbours());
        }
        List<HttpDirectory> all = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (String url : urls) {
            HttpDirectory one = one(url, tls);
            if (names.add(one.name())) {
                all.add(one);
            }
        }
        Directories merged = Directories.merged(all);
        return chosen(Discovery.in(cache == null ? merged : merged.keeping(checked(cache))));
    }

    private Discovery chosen(Discovery how) {
        try {
            Discovery some = neighbours == null ? how : how.upstreams(neighbours);
            return strategy == null ? some : some.by(strategy);
        } catch (IllegalArgumentException e) {
            throw usage("--neighbours: " + e.getMessage());
        }
    }

    private HttpDirectory one(String url, TlsOptions tls) {
        try {
            HttpDirectory directory = HttpDirectory.of(url.strip());
            if (url.startsWith("https") && (tls.authority() != null || tls.certificate() != null)) {
                directory = directory.tls(tls.authority(), tls.certificate(), tls.key());
            }
            return token == null
                    ? directory
                    : directory.token(Files.readString(token).strip());
        } catch (IOException e) {
            throw usage("--directory-token-file: cannot read " + token + "; give a file that this user may read");
        } catch (IllegalArgumentException e) {
            throw usage("--directory: " + Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
    }

    private Path checked(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null || !Files.isWritable(folder)) {
            throw usage("--directory-cache: cannot write " + file + "; give a file in a folder that exists");
        }
        return file;
    }

    private ParameterException usage(String text) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), text);
    }
}
