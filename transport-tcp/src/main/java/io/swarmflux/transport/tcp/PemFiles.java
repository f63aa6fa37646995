package io.swarmflux.transport.tcp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Certificates and keys as PEM files; whatever is wrong with one names the file and the cure. */
final class PemFiles {
    private static final String BEGIN_KEY = "-----BEGIN PRIVATE KEY-----";
    private static final String END_KEY = "-----END PRIVATE KEY-----";
    private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "Ed25519");

    private PemFiles() {}

    /** A file that cannot serve, or is missing. */
    static final class PemException extends Exception {
        private static final long serialVersionUID = 1L;

        PemException(Path file, String message, @Nullable Throwable cause) {
            super(file + ": " + message, cause);
        }

        PemException(String message) {
            super(message);
        }

        PemException(Path file, String message) {
            super(file + ": " + message);
        }
    }

    private static byte[] read(Path file) throws PemException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new PemException(file, "there is no such file; name an existing PEM file", e);
        } catch (IOException e) {
            throw new PemException(file, "cannot be read; check that it is a file that this user may read", e);
        }
    }

    /** The certificates in a file, at least one. */
    static X509Certificate[] certificates(Path file) throws PemException {
        byte[] bytes = read(file);
        try {
            X509Certificate[] found =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toArray(X509Certificate[]::new);
            if (found.length > 0) {
                return found;
            }
        } catch (CertificateException e) {
            throw new PemException(file, "is no PEM certificate; it must begin with -----BEGIN CERTIFICATE-----", e);
        }
        throw new PemException(file, "holds no certificate; it must begin with -----BEGIN CERTIFICATE-----");
    }

    /** The private key in a file. */
    static PrivateKey key(Path file) throws PemException {
        String text = new String(read(file), StandardCharsets.ISO_8859_1);
        int begin = text.indexOf(BEGIN_KEY);
        int end = text.indexOf(END_KEY);
        if (begin < 0 || end < begin) {
            throw new PemException(
                    file,
                    "is no unencrypted PKCS #8 key; convert it with: openssl pkcs8 -topk8 -nocrypt" + " -in "
                            + file.getFileName() + " -out key.pem");
        }
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN_KEY.length(), end));
            return decode(file, new PKCS8EncodedKeySpec(encoded));
        } catch (IllegalArgumentException e) {
            throw new PemException(file, "is damaged: the key is not base64; export it again", e);
        }
    }

    private static PrivateKey decode(Path file, PKCS8EncodedKeySpec spec) throws PemException {
        for (String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                // Another kind of key: the next algorithm may read it.
            } catch (GeneralSecurityException e) {
                throw new PemException(file, "cannot be used: this Java has no " + algorithm, e);
            }
        }
        throw new PemException(file, "is no RSA, EC or Ed25519 key; make one of those");
    }

    /** Refuses a key that is not the certificate's. */
    static void checkMatch(Path certificateFile, PublicKey certified, Path keyFile, PrivateKey key)
            throws PemException {
        byte[] sample = {1, 2, 3};
        try {
            String algorithm =
                    switch (key.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> "Ed25519";
                    };
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(sample);
            if (signature.verify(signed)) {
                return;
            }
        } catch (GeneralSecurityException e) {
            throw mismatch(certificateFile, keyFile, e);
        }
        throw mismatch(certificateFile, keyFile, null);
    }

    private static PemException mismatch(Path certificateFile, Path keyFile, @Nullable Throwable cause) {
        return new PemException(
                keyFile, "is not the key of " + certificateFile + "; give the key that was made with it", cause);
    }
}
