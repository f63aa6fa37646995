package io.swarmflux.directory.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.segment.StreamId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records as JSON. What is read may come from anybody: every fault names the field. Fields that nobody knows are left out. */
final class RecordJson {
    private static final int MAX_DEPTH = 16;
    private static final int MAX_NUMBER_LENGTH = 32;
    private static final long MAX_AGE_MS = Duration.ofDays(365).toMillis();

    private static final ObjectMapper MAPPER = used(new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS));

    private RecordJson() {}

    /** At its first use a mapper takes a lock, for which an event loop must not wait. */
    private static ObjectMapper used(ObjectMapper mapper) {
        try {
            mapper.writeValueAsString(mapper.readTree("{}"));
            return mapper;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an empty object is JSON", e);
        }
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static String text(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON is always written", e);
        }
    }

    /** What a whole body holds, which must be one object. */
    static JsonNode parse(byte[] body) {
        try {
            JsonNode node = MAPPER.readTree(body);
            if (node == null || !node.isObject()) {
                throw new IllegalArgumentException("expected one JSON object");
            }
            return node;
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw new IllegalArgumentException("no valid JSON" + where + ": " + firstLine(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("no valid JSON: " + e.getMessage(), e);
        }
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    static ObjectNode write(PeerRecord peer) {
        ObjectNode node = object();
        node.put("stream", peer.stream().name());
        node.put("name", peer.name());
        node.put("incarnation", peer.incarnation());
        ArrayNode addresses = node.putArray("addresses");
        peer.addresses().forEach(addresses::add);
        if (peer.freePlaces() >= 0) {
            node.put("freePlaces", peer.freePlaces());
        }
        if (peer.uploadBitsPerSecond() >= 0) {
            node.put("uploadBitsPerSecond", peer.uploadBitsPerSecond());
        }
        if (peer.island() != null) {
            node.put("island", peer.island());
        }
        node.put("ageMillis", peer.age().toMillis());
        return node;
    }

    static ArrayNode write(List<PeerRecord> peers) {
        ArrayNode array = MAPPER.createArrayNode();
        peers.forEach(peer -> array.add(write(peer)));
        return array;
    }

    /** A record; stream and name may be missing when they are known from elsewhere, and must not differ from that. */
    static PeerRecord read(JsonNode node, StreamId stream, @Nullable String name) {
        if (!node.isObject()) {
            throw new IllegalArgumentException("a peer is a JSON object");
        }
        String itsStream = text(node, "stream", stream.name());
        if (!itsStream.equals(stream.name())) {
            throw new WrongStreamException(stream, itsStream);
        }
        String itsName = text(node, "name", name);
        if (name != null && !itsName.equals(name)) {
            throw new IllegalArgumentException("name is " + cut(itsName) + " here and " + cut(name) + " in the path");
        }
        JsonNode island = node.get("island");
        return new PeerRecord(
                stream,
                itsName,
                number(node, "incarnation", null),
                addresses(node),
                (int) Math.min(Integer.MAX_VALUE, number(node, "freePlaces", (long) PeerRecord.UNKNOWN)),
                number(node, "uploadBitsPerSecond", (long) PeerRecord.UNKNOWN),
                island == null || island.isNull() ? null : text(node, "island", null),
                Duration.ofMillis(Math.min(MAX_AGE_MS, number(node, "ageMillis", 0L))));
    }

    private static List<String> addresses(JsonNode node) {
        JsonNode array = node.get("addresses");
        if (array == null || !array.isArray() || array.isEmpty() || array.size() > PeerRecord.MAX_ADDRESSES) {
            throw new IllegalArgumentException(
                    "addresses must be an array of 1 to " + PeerRecord.MAX_ADDRESSES + " texts");
        }
        List<String> addresses = new ArrayList<>();
        for (JsonNode address : array) {
            if (!address.isTextual()) {
                throw new IllegalArgumentException("addresses must be texts such as \"192.0.2.1:9000\"");
            }
            addresses.add(address.textValue());
        }
        return addresses;
    }

    private static String text(JsonNode node, String field, @Nullable String otherwise) {
        JsonNode value = node.get(field);
        if (value == null && otherwise != null) {
            return otherwise;
        }
        if (value == null || !value.isTextual()) {
            throw new IllegalArgumentException(field + " must be a text");
        }
        return value.textValue();
    }

    static long number(JsonNode node, String field, @Nullable Long otherwise) {
        JsonNode value = node.get(field);
        if ((value == null || value.isNull()) && otherwise != null) {
            return otherwise;
        }
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException(field + " must be a whole number");
        }
        return value.longValue();
    }

    /** Text of somebody else's, safe to show. */
    static String cut(String text) {
        StringBuilder safe = new StringBuilder();
        text.codePoints()
                .limit(200)
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .forEach(safe::appendCodePoint);
        return safe.toString();
    }

    /** A record of a stream that nobody asked for. */
    static final class WrongStreamException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        WrongStreamException(StreamId asked, String found) {
            super("stream is " + cut(found) + ", asked was " + asked);
        }
    }
}
