package io.swarmflux.samples.island;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one prober sends to all others, as JSON with spaces behind it where it is full-sized: its number, and whom it hears how well,
 * from its own ears and at second hand. So who is not heard here may still be known.
 *
 * @param who the sender
 * @param number from 0; every fourth is as long as a frame can be
 * @param told how well one hears another
 */
record ProbeMessage(Prober who, long number, List<Heard> told) {
    /** Every so many is full-sized. */
    static final int FULL_SIZED = 4;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MARK = "swarmflux-probe-1";
    private static final int LONGEST_TEXT = 64;
    private static final int MOST_TOLD = 256;

    /**
     * One who probes.
     *
     * @param id random
     * @param name its host
     * @param address where it sends from, as it says
     */
    record Prober(String id, String name, String address) {}

    /**
     * How well one hears another.
     *
     * @param by who hears
     * @param whom who is heard
     * @param came how many probes came
     * @param sent how many were sent between the first and the last that came
     */
    record Heard(Prober by, Prober whom, long came, long sent) {}

    static boolean isFullSized(long number) {
        return number % FULL_SIZED == FULL_SIZED - 1;
    }

    /** A frame of at most so many bytes: what does not fit is not told. */
    ByteBuffer frame(int longest) {
        int fitting = told.size();
        byte[] text = text(fitting);
        while (text.length > longest && fitting > 0) {
            fitting--;
            text = text(fitting);
        }
        byte[] padded = text;
        if (isFullSized(number)) {
            padded = Arrays.copyOf(text, longest);
            Arrays.fill(padded, text.length, longest, (byte) ' ');
        }
        return ByteBuffer.wrap(padded);
    }

    private byte[] text(int fitting) {
        ObjectNode message =
                JSON.createObjectNode().put("is", MARK).put("number", number).set("who", prober(who));
        ArrayNode heard = message.putArray("told");
        told.subList(0, fitting).forEach(one -> heard.addArray()
                .add(prober(one.by()))
                .add(prober(one.whom()))
                .add(one.came())
                .add(one.sent()));
        return message.toString().getBytes(UTF_8);
    }

    private static ArrayNode prober(Prober who) {
        return JSON.createArrayNode().add(who.id()).add(who.name()).add(who.address());
    }

    /** Reads a frame; null when it is none of ours. */
    static @Nullable ProbeMessage read(ByteBuffer frame) {
        try {
            JsonNode message = JSON.readTree(UTF_8.decode(frame).toString());
            if (message == null || !message.path("is").asText().equals(MARK)) {
                return null;
            }
            List<Heard> told = new ArrayList<>();
            for (JsonNode one : message.path("told")) {
                if (told.size() < MOST_TOLD) {
                    told.add(new Heard(
                            prober(one.path(0)), prober(one.path(1)), count(one.path(2)), count(one.path(3))));
                }
            }
            return new ProbeMessage(prober(message.path("who")), count(message.path("number")), told);
        } catch (JsonProcessingException | IllegalArgumentException e) { // somebody else's
            return null;
        }
    }

    private static Prober prober(JsonNode from) {
        return new Prober(text(from.path(0)), text(from.path(1)), text(from.path(2)));
    }

    private static String text(JsonNode from) {
        String text = from.asText();
        if (!from.isTextual() || text.length() > LONGEST_TEXT || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("no name");
        }
        return text;
    }

    private static long count(JsonNode from) {
        if (!from.isIntegralNumber() || from.asLong() < 0 || from.asLong() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("no count");
        }
        return from.asLong();
    }
}
