package io.swarmflux.transport.tcp;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The name in the certificate that the other end proved to own. */
final class PeerName {
    private PeerName() {}

    /** The name under mutual TLS, null when only one side showed a certificate or it names nobody. */
    static @Nullable String of(SSLSession session) {
        if (session.getLocalCertificates() == null) {
            return null;
        }
        try {
            X509Certificate certificate = (X509Certificate) session.getPeerCertificates()[0];
            String common = commonName(certificate);
            return common != null ? common : alternativeName(certificate);
        } catch (SSLPeerUnverifiedException | InvalidNameException | CertificateParsingException e) {
            // No certificate, or none that names anybody: nothing is proven.
            return null;
        }
    }

    private static @Nullable String commonName(X509Certificate certificate) throws InvalidNameException {
        List<Rdn> parts = new LdapName(certificate.getSubjectX500Principal().getName()).getRdns();
        for (int i = parts.size() - 1; i >= 0; i--) {
            if ("CN".equalsIgnoreCase(parts.get(i).getType())) {
                return parts.get(i).getValue().toString();
            }
        }
        return null;
    }

    private static @Nullable String alternativeName(X509Certificate certificate) throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names != null) {
            for (List<?> name : names) {
                if (name.get(1) instanceof String text) {
                    return text;
                }
            }
        }
        return null;
    }
}
