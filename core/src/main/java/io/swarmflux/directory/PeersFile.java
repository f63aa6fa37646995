package io.swarmflux.directory;

import io.swarmflux.segment.StreamId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * The last good answer on disk, for people to read too: a first line that names the form, then a line for each peer with
 * stream, name, incarnation, free places, upload, island or {@code -}, and the addresses. Blocks.
 */
final class PeersFile {
    private static final Logger LOG = Loggers.getLogger(PeersFile.class);
    private static final String FORM = "swarmflux-peers 1";
    private static final int MAX_BYTES = 4 << 20;
    private static final int FIXED = 6;

    private final Path file;

    PeersFile(Path file) {
        this.file = file;
    }

    /** Writes beside the file and renames, so that a reader finds the old one or the new one. */
    void write(List<PeerRecord> peers) throws IOException {
        StringBuilder text = new StringBuilder(FORM).append('\n');
        for (PeerRecord peer : peers) {
            String island = peer.island();
            text.append(peer.stream())
                    .append(' ')
                    .append(peer.name())
                    .append(' ')
                    .append(peer.incarnation());
            text.append(' ').append(peer.freePlaces()).append(' ').append(peer.uploadBitsPerSecond());
            text.append(' ').append(island == null ? "-" : "@" + island);
            peer.addresses().forEach(address -> text.append(' ').append(address));
            text.append('\n');
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text);
        try {
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** What the file says; a damaged line is left out and logged, a missing file is empty. */
    List<PeerRecord> read() {
        try {
            if (Files.size(file) > MAX_BYTES) {
                LOG.warn("{}: is larger than 4 MiB and is not read; delete it", file);
                return List.of();
            }
            Duration age = Duration.ofMillis(Math.max(
                    0,
                    System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis()));
            List<String> lines = new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            if (lines.isEmpty() || !lines.get(0).equals(FORM)) {
                LOG.warn("{}:1: expected '{}'; the file is not read, delete it", file, FORM);
                return List.of();
            }
            List<PeerRecord> peers = new ArrayList<>();
            for (int i = 1; i < lines.size(); i++) {
                PeerRecord peer = peer(lines.get(i), i + 1, age);
                if (peer != null) {
                    peers.add(peer);
                }
            }
            return peers;
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            LOG.warn("{}: cannot be read, goes on without: {}", file, e);
            return List.of();
        }
    }

    private @Nullable PeerRecord peer(String line, int number, Duration age) {
        try {
            List<String> words = List.of(line.split(" ", -1));
            if (words.size() <= FIXED) {
                throw new IllegalArgumentException("a peer has at least " + (FIXED + 1) + " words");
            }
            String island = words.get(5);
            return new PeerRecord(
                    StreamId.of(words.get(0)),
                    words.get(1),
                    Long.parseLong(words.get(2)),
                    words.subList(FIXED, words.size()),
                    Integer.parseInt(words.get(3)),
                    Long.parseLong(words.get(4)),
                    island.startsWith("@") ? island.substring(1) : null,
                    age);
        } catch (IllegalArgumentException e) {
            LOG.warn("{}:{}: is left out: {}", file, number, e.getMessage());
            return null;
        }
    }
}
