package io.swarmflux.directory.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may announce and who may find. In a file, each line is {@code announce TOKEN} or {@code find TOKEN}; lines that are
 * empty or begin with {@code #} say nothing. Who has a token to announce may find too. What no line is about is open to all.
 */
public final class DirectoryTokens {
    private static final int LEAST_LENGTH = 8;
    private static final int MOST_LENGTH = 512;

    private final List<byte[]> announcing;
    private final List<byte[]> finding;

    private DirectoryTokens(List<byte[]> announcing, List<byte[]> finding) {
        this.announcing = announcing;
        this.finding = finding;
    }

    /**
     * Everybody may do everything.
     *
     * @return no tokens
     */
    public static DirectoryTokens none() {
        return new DirectoryTokens(List.of(), List.of());
    }

    /**
     * Reads a file. Blocks.
     *
     * @param file with a line for each token
     * @return its tokens
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if a line is wrong; names file and line, and not the token
     */
    public static DirectoryTokens read(Path file) throws IOException {
        List<byte[]> announcing = new ArrayList<>();
        List<byte[]> finding = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split("\\s+", -1);
            boolean known = words[0].equals("announce") || words[0].equals("find");
            if (!known || words.length != 2) {
                throw new IllegalArgumentException(
                        file + ":" + (i + 1) + ": expected 'announce TOKEN' or 'find TOKEN' on a line");
            }
            if (words[1].length() < LEAST_LENGTH || words[1].length() > MOST_LENGTH) {
                throw new IllegalArgumentException(file + ":" + (i + 1) + ": a token has " + LEAST_LENGTH + " to "
                        + MOST_LENGTH + " characters; make one with: openssl rand -hex 16");
            }
            (words[0].equals("announce") ? announcing : finding).add(digest(words[1]));
        }
        if (announcing.isEmpty() && finding.isEmpty()) {
            throw new IllegalArgumentException(file + ":1: there is no token in it; write 'announce TOKEN' on a line");
        }
        return new DirectoryTokens(List.copyOf(announcing), List.copyOf(finding));
    }

    boolean mayAnnounce(@Nullable String authorization) {
        return announcing.isEmpty() || isOneOf(announcing, authorization);
    }

    boolean mayFind(@Nullable String authorization) {
        // both are compared always, so that the time says nothing
        boolean finds = isOneOf(finding, authorization);
        boolean announces = isOneOf(announcing, authorization);
        return finding.isEmpty() || finds || announces;
    }

    private static boolean isOneOf(List<byte[]> digests, @Nullable String authorization) {
        String prefix = "Bearer ";
        boolean bearer = authorization != null && authorization.regionMatches(true, 0, prefix, 0, prefix.length());
        byte[] given = digest(
                authorization == null || !bearer
                        ? ""
                        : authorization.substring(prefix.length()).strip());
        boolean found = false;
        for (byte[] digest : digests) {
            found |= MessageDigest.isEqual(digest, given);
        }
        return found && bearer;
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
