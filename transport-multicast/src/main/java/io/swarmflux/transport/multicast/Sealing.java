package io.swarmflux.transport.multicast;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The cryptography of one link: AES-128-GCM with a key for each session, HKDF-SHA256 (RFC 5869) of the secret, the session's salt
 * and its number. The nonce is the packet number, which never repeats in a session, so no key meets a nonce twice. One thread at a
 * time; to be made where one may block, because the first use of an algorithm loads classes and asks for randomness.
 */
final class Sealing {
    static final int SALT_BYTES = 16;

    private static final int KEY_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final byte[] INFO = {'s', 'w', 'a', 'r', 'm', 'f', 'l', 'u', 'x', ' ', 'i', 's', 'l', 'a', 'n', 'd'};

    private final byte[] secret;
    private final Mac mac;
    private final Cipher encrypting;
    private final Cipher decrypting;

    Sealing(Secret secret) {
        this.secret = secret.bytes();
        try {
            mac = Mac.getInstance("HmacSHA256");
            encrypting = Cipher.getInstance("AES/GCM/NoPadding");
            decrypting = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no AES-GCM or no HMAC-SHA256", e);
        }
        useEverythingOnce();
    }

    private void useEverythingOnce() {
        SecretKeySpec key = key(new byte[SALT_BYTES], 0);
        byte[] datagram = new byte[Datagram.HEADER_BYTES + 1 + Datagram.TAG_BYTES];
        seal(key, 0, datagram, Datagram.HEADER_BYTES, 1);
        if (!open(key, 0, datagram, Datagram.HEADER_BYTES, 1)) {
            throw new IllegalStateException("this Java's AES-GCM does not open what it sealed");
        }
    }

    /** The key of a session. */
    SecretKeySpec key(byte[] salt, long session) {
        byte[] extracted = hmac(salt, secret);
        byte[] info = ByteBuffer.allocate(INFO.length + Long.BYTES + 1)
                .put(INFO)
                .putLong(session)
                .put((byte) 1)
                .array();
        return new SecretKeySpec(Arrays.copyOf(hmac(extracted, info), KEY_BYTES), "AES");
    }

    byte[] hmac(byte[] key, byte[] message) {
        try {
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Encrypts the last bytes of a datagram in place, and puts the tag behind them. What is before them is only authenticated.
     */
    void seal(SecretKeySpec key, long number, byte[] datagram, int clear, int secretBytes) {
        try {
            encrypting.init(Cipher.ENCRYPT_MODE, key, nonce(number));
            encrypting.updateAAD(datagram, 0, clear);
            int unused = encrypting.doFinal(datagram, clear, secretBytes, datagram, clear);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The other way round; false when the tag does not fit, and then the bytes mean nothing. */
    boolean open(SecretKeySpec key, long number, byte[] datagram, int clear, int secretBytes) {
        try {
            decrypting.init(Cipher.DECRYPT_MODE, key, nonce(number));
            decrypting.updateAAD(datagram, 0, clear);
            int unused = decrypting.doFinal(datagram, clear, secretBytes + Datagram.TAG_BYTES, datagram, clear);
            return true;
        } catch (AEADBadTagException forged) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GCMParameterSpec nonce(long number) {
        byte[] nonce = new byte[NONCE_BYTES];
        ByteBuffer.wrap(nonce).putLong(NONCE_BYTES - Long.BYTES, number);
        return new GCMParameterSpec(Datagram.TAG_BYTES * Byte.SIZE, nonce);
    }
}
