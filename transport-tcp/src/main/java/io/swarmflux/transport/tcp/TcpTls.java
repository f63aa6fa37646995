package io.swarmflux.transport.tcp;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates a {@link TcpTransport} shows and trusts, as PEM files. Immutable: each step returns a new value,
 * and the files are read when somebody dials or listens.
 *
 * <p>With an {@link #authority} on both sides TLS is mutual: a listener refuses who has no certificate of it, and
 * {@link io.swarmflux.link.Link#provenName()} tells whose it is. Under TLS 1.3 the dialler learns of its refusal only
 * after the link has opened: the link then breaks at once.
 */
public final class TcpTls {
    private final @Nullable Path certificate;
    private final @Nullable Path key;
    private final @Nullable Path authority;
    private final boolean hostnameVerified;

    private TcpTls(@Nullable Path certificate, @Nullable Path key, @Nullable Path authority, boolean hostnameVerified) {
        this.certificate = certificate;
        this.key = key;
        this.authority = authority;
        this.hostnameVerified = hostnameVerified;
    }

    /**
     * TLS that shows nothing and trusts the authorities of the Java installation, for the host that is dialled.
     *
     * @return enough to dial a listener with a public certificate
     */
    public static TcpTls create() {
        return new TcpTls(null, null, null, true);
    }

    /**
     * Sets what this side shows; a listener needs it.
     *
     * @param certificateChain the certificate, then those that issued it
     * @param privateKey its key, as unencrypted PKCS #8
     * @return the same otherwise
     */
    public TcpTls identity(Path certificateChain, Path privateKey) {
        return new TcpTls(certificateChain, privateKey, authority, hostnameVerified);
    }

    /**
     * Sets who must have issued the other side's certificate, and nobody else. The name of the host is then not
     * verified, because certificates of a private authority name peers; see {@link #verifyHostname()}.
     *
     * @param certificates one or more certificates of authorities
     * @return the same otherwise
     */
    public TcpTls authority(Path certificates) {
        return new TcpTls(certificate, key, certificates, false);
    }

    /**
     * Demands that the certificate names the host that was dialled. The default without {@link #authority}.
     *
     * @return the same otherwise
     */
    public TcpTls verifyHostname() {
        return new TcpTls(certificate, key, authority, true);
    }

    @Nullable
    Path certificate() {
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

    boolean hostnameVerified() {
        return hostnameVerified;
    }
}
