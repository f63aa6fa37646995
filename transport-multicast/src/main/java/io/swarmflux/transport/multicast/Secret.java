package io.swarmflux.transport.multicast;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** What all members of a group know, and nobody else. */
final class Secret {
    static final int LEAST_BYTES = 16;

    private final byte[] bytes;

    private Secret(byte[] bytes) {
        this.bytes = bytes;
    }

    static Secret of(byte[] bytes) {
        if (bytes.length < LEAST_BYTES) {
            throw new IllegalArgumentException(
                    "a secret has at least " + LEAST_BYTES + " bytes, this one has " + bytes.length);
        }
        return new Secret(bytes.clone());
    }

    /** The content of a file, without the line end that editors append. */
    static Secret read(Path file) {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (IOException e) {
            String why = e instanceof NoSuchFileException ? "there is no such file" : String.valueOf(e.getMessage());
            throw new IllegalArgumentException("cannot read the secret file " + file + ": " + why, e);
        }
        int length = content.length;
        if (length > 0 && content[length - 1] == '\n') {
            length -= length > 1 && content[length - 2] == '\r' ? 2 : 1;
        }
        if (length < LEAST_BYTES) {
            throw new IllegalArgumentException("the secret file " + file + " has " + length
                    + " bytes without its line end; a secret has at least " + LEAST_BYTES
                    + ", for example from: openssl rand -hex 32");
        }
        return new Secret(Arrays.copyOf(content, length));
    }

    byte[] bytes() {
        return bytes.clone();
    }

    /** Never the bytes. */
    @Override
    public String toString() {
        return "secret of " + bytes.length + " bytes";
    }
}
