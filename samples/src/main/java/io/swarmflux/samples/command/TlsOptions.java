package io.swarmflux.samples.command;

import io.swarmflux.link.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What links go over: TCP, or TLS when there are certificates. */
final class TlsOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "PEM file with the certificate to show. With --tls-key.")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "PEM file with the key of --tls-cert.")
    private @Nullable Path key;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "PEM file with the certificates to trust. Given on both sides, TLS is mutual.")
    private @Nullable Path authority;

    /** The certificate to show, if any, checked. */
    @Nullable
    Path certificate() {
        checkAll();
        return certificate;
    }

    @Nullable
    Path key() {
        return key;
    }

    @Nullable
    Path authority() {
        return authority;
    }

    /** The transport that was asked for. */
    Transport transport() {
        checkAll();
        return Links.over(certificate, key, authority);
    }

    private void checkAll() {
        check("--tls-cert", certificate);
        check("--tls-key", key);
        check("--tls-ca", authority);
        if ((certificate == null) != (key == null)) {
            throw new ParameterException(
                    commandLine(),
                    certificate == null
                            ? "--tls-key needs --tls-cert FILE beside it"
                            : "--tls-cert needs --tls-key FILE beside it");
        }
        holds("--tls-cert", certificate, "-----BEGIN CERTIFICATE-----");
        holds("--tls-key", key, "-----BEGIN PRIVATE KEY-----");
        holds("--tls-ca", authority, "-----BEGIN CERTIFICATE-----");
    }

    /** Who dials reads the files only then, and would try again for ever. */
    private void holds(String flag, @Nullable Path file, String begin) {
        try {
            if (file != null
                    && !Files.readString(file, StandardCharsets.ISO_8859_1).contains(begin)) {
                throw new ParameterException(
                        commandLine(), flag + ": " + file + " has no line " + begin + "; give a PEM file with one");
            }
        } catch (IOException e) {
            throw new ParameterException(commandLine(), flag + ": cannot read " + file + ": " + e.getMessage());
        }
    }

    private void check(String flag, @Nullable Path file) {
        if (file != null && !Files.isReadable(file)) {
            throw new ParameterException(commandLine(), flag + ": cannot read " + file + "; give a PEM file");
        }
    }

    private CommandLine commandLine() {
        if (spec == null) {
            throw new IllegalStateException("the command line is parsed before it is used");
        }
        return spec.commandLine();
    }
}
