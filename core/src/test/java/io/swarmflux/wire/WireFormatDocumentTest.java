package io.swarmflux.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds {@code docs/wire-format.md} and the codec to each other: types, closed sets, and every vector byte for byte. */
class WireFormatDocumentTest {
    private static final StreamId NEWS = StreamId.of("news");
    private static final Pattern TYPE = Pattern.compile("(?m)^\\| 0x([0-9a-f]{2}) \\| \\[?([A-Z]+)");
    private static final Pattern VECTOR = Pattern.compile("(?m)^```vector ([^\n]+)\n([^`]+)```$");
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{2}( [0-9a-f]{2})*");

    private final String document = read();

    /** What a fenced block in the document says: the message in words, and its frames. */
    private record Vector(String name, String message, List<ByteBuffer> frames) {}

    @Test
    void theTableOfTypesIsTheCodecs() {
        Map<Integer, String> documented = TYPE.matcher(document)
                .results()
                .collect(Collectors.toMap(row -> Integer.parseInt(row.group(1), 16), row -> row.group(2)));
        Map<Integer, String> known = MessageCodec.FORMS.stream().collect(Collectors.toMap(Form::type, Form::name));
        known.put(MessageCodec.SEGMENT, "SEGMENT");
        known.putAll(GroupCodec.NAMES);
        assertThat(new TreeMap<>(documented)).isEqualTo(new TreeMap<>(known));
    }

    @Test
    void theClosedSetsAreTheCodecs() {
        for (Class<?> part : Message.class.getDeclaredClasses()) {
            if (part.isEnum()) {
                StringBuilder row = new StringBuilder("| " + part.getSimpleName() + " | ");
                int code = 0;
                for (Object value : part.getEnumConstants()) {
                    row.append(code++).append(' ').append(value).append(", ");
                }
                assertThat(document).contains(row.substring(0, row.length() - 2) + " |");
            }
        }
        assertThat(document).contains("| Mode | 0 LIVE, 1 LOSSLESS |");
    }

    @Test
    void everyTypeHasAVector() {
        assertThat(vectors().stream()
                        .map(vector -> vector.frames().get(0).get(0) & 0xff)
                        .distinct())
                .hasSize(MessageCodec.FORMS.size() + 1 + GroupCodec.NAMES.size());
    }

    @TestFactory
    List<DynamicTest> everyVectorIsWhatTheCodecReadsAndWrites() {
        return vectors().stream()
                .map(vector -> DynamicTest.dynamicTest(vector.name(), () -> check(vector)))
                .toList();
    }

    private static void check(Vector vector) {
        if (GroupCodec.NAMES.containsKey(vector.frames().get(0).get(0) & 0xff)) {
            GroupMessage message = GroupCodec.decode(vector.frames().get(0));
            assertThat(written(message)).isEqualTo(vector.message());
            assertThat(List.of(GroupCodec.encode(message))).isEqualTo(vector.frames());
            return;
        }
        FrameReader reader = new FrameReader(Segment.MAX_ENCODED_BYTES, (number, epoch, sequence, bytes) -> NEWS);
        Message message = null;
        for (ByteBuffer frame : vector.frames()) {
            assertThat(message).isNull();
            message = reader.read(frame);
        }
        Message whole = Objects.requireNonNull(message, "more frames are needed");
        assertThat(written(whole)).isEqualTo(vector.message());
        assertThat(encoded(whole)).isEqualTo(vector.frames());
    }

    private static List<ByteBuffer> encoded(Message message) {
        if (!(message instanceof Message.Data data)) {
            return List.of(MessageCodec.encode(message));
        }
        List<ByteBuffer> frames = new ArrayList<>();
        SegmentChunks.cut(data.number(), data.segment(), MessageCodec.MIN_FRAME_BYTES)
                .forEachRemaining(parts -> frames.add(Frames.joined(parts)));
        return frames;
    }

    private List<Vector> vectors() {
        return VECTOR.matcher(document)
                .results()
                .map(WireFormatDocumentTest::vector)
                .toList();
    }

    private static Vector vector(MatchResult block) {
        List<String> lines = block.group(2).lines().toList();
        String message = lines.stream()
                .filter(line -> !HEX.matcher(line).matches())
                .map(String::strip)
                .collect(Collectors.joining(" "));
        List<ByteBuffer> frames = lines.stream()
                .filter(line -> HEX.matcher(line).matches())
                .map(line -> ByteBuffer.wrap(HexFormat.ofDelimiter(" ").parseHex(line)))
                .toList();
        return new Vector(block.group(1), message, frames);
    }

    /** A value as the document writes it: records with named fields, bytes in hex, names in quotes. */
    private static String written(@Nullable Object value) {
        if (value instanceof Record fields) {
            return value.getClass().getSimpleName() + "("
                    + List.of(value.getClass().getRecordComponents()).stream()
                            .map(field -> field.getName() + " " + written(valueOf(field, fields)))
                            .collect(Collectors.joining(", "))
                    + ")";
        }
        if (value instanceof Segment s) {
            return "Segment(stream " + written(s.stream()) + ", epoch " + s.epoch() + ", sequence " + s.sequence()
                    + ", mediaTimeUs " + s.mediaTimeUs() + ", descriptionVersion " + s.descriptionVersion() + ", flags "
                    + s.flags() + ", payload " + written(s.payloadCopy()) + ")";
        }
        if (value instanceof List<?> list) {
            return list.stream().map(WireFormatDocumentTest::written).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof ByteBuffer view) {
            byte[] bytes = new byte[view.remaining()];
            view.duplicate().get(bytes);
            return "0x" + HexFormat.of().formatHex(bytes);
        }
        if (value instanceof byte[] bytes) {
            return bytes.length > 64 // only ever the same byte again in the document
                    ? bytes.length + " x 0x" + HexFormat.of().formatHex(bytes, 0, 1)
                    : "0x" + HexFormat.of().formatHex(bytes);
        }
        return value instanceof String text ? "\"" + text + "\"" : String.valueOf(value);
    }

    private static @Nullable Object valueOf(RecordComponent field, Record fields) {
        try {
            return field.getAccessor().invoke(fields);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(field.getName(), e);
        }
    }

    private static String read() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/wire-format.md"))) {
            folder = Objects.requireNonNull(folder.getParent(), "docs/wire-format.md");
        }
        try {
            return Files.readString(folder.resolve("docs/wire-format.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
