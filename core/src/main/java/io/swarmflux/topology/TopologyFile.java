package io.swarmflux.topology;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a topology from a YAML file. {@code docs/topology-file.md} describes the file.
 *
 * <p>Reading is safe whoever wrote the file: it is bounded in bytes, peers, nesting and what aliases multiply to, it
 * creates no objects that the file names, opens no other file and resolves no host name.
 */
public final class TopologyFile {
    /** The largest file, in bytes. */
    public static final int MAX_BYTES = 1 << 20;

    /** The most peers and seeders. */
    public static final int MAX_PEERS = 10_000;

    /** The most problems that one reading reports. */
    public static final int MAX_PROBLEMS = 100;

    private TopologyFile() {}

    /**
     * Reads and checks a file.
     *
     * @param file the file, in UTF-8
     * @return a consistent topology
     * @throws TopologyException when something is wrong with the content; it has all problems with their places
     * @throws IOException when the file cannot be read
     */
    public static Topology read(Path file) throws IOException {
        return read(file, Map.of());
    }

    /**
     * Reads and checks a file with some of its values changed.
     *
     * @param file the file, in UTF-8
     * @param changes from the way to a value, such as {@code groups.crowd.peers}, to what stands there instead, in YAML; what
     *     is not there yet is added
     * @return a consistent topology
     * @throws TopologyException when something is wrong with the content; it has all problems with their places
     * @throws IOException when the file cannot be read
     */
    public static Topology read(Path file, Map<String, String> changes) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return parse(file.toString(), in.readNBytes(MAX_BYTES + 1), changes);
        }
    }

    /**
     * Reads and checks the text of a file.
     *
     * @param name what messages call the file
     * @param text the content
     * @return a consistent topology
     * @throws TopologyException when something is wrong with the content; it has all problems with their places
     */
    public static Topology parse(String name, String text) {
        return parse(name, text.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    private static Topology parse(String name, byte[] content, Map<String, String> changes) {
        Problems problems = new Problems(name);
        if (content.length > MAX_BYTES) {
            throw problems.fatal(Place.START, "more than " + MAX_BYTES + " bytes", "a smaller file");
        }
        Optional<Yaml> root = YamlReader.read(decode(content, problems), problems);
        if (root.isEmpty()) {
            throw problems.fatal(Place.START, "nothing", "the sections streams, seeders and peers");
        }
        Yaml changed = root.get();
        for (Map.Entry<String, String> change : changes.entrySet()) {
            changed = Change.of(change.getKey(), change.getValue()).in(changed);
        }
        Draft draft = TopologyReader.read(changed, problems);
        Topology topology = TopologyCheck.check(draft, problems);
        if (!problems.isEmpty()) {
            throw problems.exception();
        }
        return topology;
    }

    private static String decode(byte[] content, Problems problems) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer out = CharBuffer.allocate(content.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(content), out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            throw problems.fatal(Place.after(text), "bytes that are no UTF-8", "a file in UTF-8");
        }
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
