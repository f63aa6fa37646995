package io.swarmflux.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.Message.FailureCode;
import io.swarmflux.wire.Message.Hello;
import io.swarmflux.wire.Message.Ping;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BadFrameTest {
    private static final ByteBuffer HELLO =
            MessageCodec.encode(new Hello(1, 1, 0, "edge", 1, 16_384, 262_431, "192.0.2.7:9000"));

    @ParameterizedTest(name = "{2}")
    @MethodSource
    void namesTheFieldItsValueItsPlaceAndWhatWasExpected(ByteBuffer frame, FailureCode code, String words) {
        WireException refused =
                catchThrowableOfType(WireException.class, () -> MessageCodec.decode(Frames.asReceived(frame)));
        assertThat(refused).hasMessage(words);
        assertThat(refused.code()).isEqualTo(code);
    }

    static Stream<Arguments> namesTheFieldItsValueItsPlaceAndWhatWasExpected() {
        return Stream.of(
                malformed(
                        Frames.of(), "frame: type was cut short with 0 bytes left at byte 0, expected 1 bytes or more"),
                malformed(
                        Frames.of(0x04),
                        "frame: flags was cut short with 0 bytes left at byte 1, expected 1 bytes or more"),
                bad(
                        Frames.of(0x7f, 0),
                        FailureCode.UNKNOWN_MESSAGE,
                        "frame: type was 0x7f at byte 0, expected a type of wire version 1"),
                bad(
                        Frames.of(0x23, 0),
                        FailureCode.UNEXPECTED,
                        "frame: type was 0x23 (SEGMENT) at byte 0, expected a control message"),
                malformed(Frames.of(0x04, 2), "PING: flags was 0x02 at byte 1, expected no bits but 0x01"),
                malformed(
                        Frames.of(0x04, 0, 1, 2),
                        "PING: stamp was cut short with 2 bytes left at byte 2, expected 8 bytes or more"),
                malformed(
                        Frames.joined(MessageCodec.encode(new Ping(1)), Frames.of(9, 9)),
                        "PING: trailing data was 2 bytes at byte 10, expected the end of the frame"),
                bad(hello(2, 'X'), FailureCode.MAGIC, "HELLO: magic was 0x58574658 at byte 2, expected 0x53574658"),
                malformed(
                        hello(7, 0),
                        "HELLO: newest version was 1 after the oldest, 0 at byte 8, expected 1 <= oldest <= newest"),
                malformed(
                        hello(9, 0),
                        "HELLO: newest version was 0 after the oldest, 1 at byte 8, expected 1 <= oldest <= newest"),
                bad(
                        Frames.of(1, 0, 'S', 'W', 'F', 'X', 0, 2, 0, 3, 0, 0),
                        FailureCode.VERSION,
                        "HELLO: oldest version was 2 at byte 6, expected at most 1"),
                malformed(
                        Frames.joined(HELLO, Frames.of(0)),
                        "HELLO: trailing data was 1 bytes at byte 47, expected the end of the frame"),
                malformed(Frames.of(0x03, 0, 9), "REJECT: reason was 9 at byte 2, expected 0 to 4"),
                malformed(
                        body(0x06, out -> {
                            out.u8(0);
                            out.bits(1L << 31);
                        }),
                        "GOODBYE: retry after was 2147483648 at byte 3, expected 0 to 2147483647"),
                bad(
                        body(0x07, out -> {
                            out.u8(0);
                            out.bits(513);
                        }),
                        FailureCode.LIMIT,
                        "FAILURE: text length was 513 at byte 3, expected at most 512"),
                malformed(
                        Frames.of(0x07, 0, 0, 2, 0xc3, 0x28),
                        "FAILURE: text was broken text of 2 bytes at byte 3, expected UTF-8"),
                malformed(
                        Frames.of(0x07, 0, 0, 2, 'a', '\n'),
                        "FAILURE: text was text with U+000A at byte 3, expected no control characters"),
                malformed(
                        Frames.of(0x07, 0, 0, 9, 'a'),
                        "FAILURE: text was cut short with 1 bytes left at byte 4, expected 9 bytes or more"),
                bad(
                        Frames.of(0x08, 0, 9),
                        FailureCode.LIMIT,
                        "NEIGHBOURS: number of addresses was 9 at byte 2, expected at most 8"),
                malformed(Frames.of(0x08, 0, 1, 0), "NEIGHBOURS: peer length was 0 at byte 3, expected at least 1"),
                bad(
                        body(0x08, out -> out.bits(-1)),
                        FailureCode.LIMIT,
                        "NEIGHBOURS: number of addresses was 18446744073709551615 at byte 2, expected at most 8"),
                malformed(
                        body(0x14, out -> out.bits(-1)),
                        "UNSUBSCRIBE: stream number was 18446744073709551615 at byte 2, expected 0 to 2147483647"),
                malformed(
                        Frames.of(0x14, 0, 0x80, 0),
                        "UNSUBSCRIBE: stream number was 0 in 2 bytes at byte 2, expected the shortest form"),
                malformed(
                        Frames.of(0x14, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2),
                        "UNSUBSCRIBE: stream number was a number over 64 bits at byte 2, expected at most 64 bits"),
                malformed(
                        Frames.of(0x14, 0, 0x80),
                        "UNSUBSCRIBE: stream number was cut short with 0 bytes left at byte 3, expected 1 bytes or more"),
                malformed(
                        Frames.of(0x10, 0, 1, 1, ' ', 0),
                        "SUBSCRIBE: stream was ' ' at byte 3, expected a stream name: a stream name has no white space"
                                + " and no control characters, was ' '"),
                bad(
                        Frames.of(0x10, 0, 1, 65),
                        FailureCode.LIMIT,
                        "SUBSCRIBE: stream length was 65 at byte 3, expected at most 64"),
                malformed(Frames.of(0x10, 0, 1, 1, 'n', 3), "SUBSCRIBE: epoch was -2 at byte 5, expected at least -1"),
                malformed(
                        Frames.of(0x10, 0, 1, 1, 'n', 1, 1, 0, 4), "SUBSCRIBE: from was 4 at byte 8, expected 0 to 0"),
                malformed(
                        Frames.of(0x10, 0, 1, 1, 'n', 1, 1, 0, 0, 1, 1, 1, 2),
                        "SUBSCRIBE: waiting was 2 at byte 12, expected 0 or 1"),
                bad(
                        Frames.of(0x11, 0, 1, 65),
                        FailureCode.LIMIT,
                        "ASSIGN: number of assignments was 65 at byte 3, expected at most 64"),
                malformed(
                        Frames.of(0x11, 0, 1, 2, 5, 0, 1, 0, 0, 5),
                        "ASSIGN: sub-stream was 5 again at byte 9, expected each sub-stream once"),
                malformed(Frames.of(0x11, 0, 1, 1, 5, 0, 1, 0, 3), "ASSIGN: need was 3 at byte 8, expected 0 to 2"),
                malformed(
                        Frames.of(0x24, 0, 1, 0, 0, 4, 0, 3, 0, 0, 65),
                        "ANNOUNCE: spare was 65 at byte 10, expected 0 to 64"),
                malformed(Frames.of(0x11, 0, 1, 1, 64), "ASSIGN: sub-stream was 64 at byte 4, expected 0 to 63"),
                malformed(
                        Frames.of(0x11, 0, 1, 1, 5, 9, 8),
                        "ASSIGN: until was 8 at byte 6, expected 9 to 9223372036854775807"),
                malformed(
                        body(0x12, out -> {
                            out.bits(1);
                            out.bits(Long.MIN_VALUE);
                        }),
                        "CREDIT: sequence limit was 9223372036854775808 at byte 3, expected 0 to 9223372036854775807"),
                bad(
                        Frames.of(0x13, 0, 1, 33),
                        FailureCode.LIMIT,
                        "REQUEST: number of ranges was 33 at byte 3, expected at most 32"),
                malformed(
                        Frames.of(0x13, 0, 1, 1, 7, 0),
                        "REQUEST: ranges length was 0 at byte 5, expected 1 to 9223372036854775800"),
                malformed(
                        body(0x13, out -> {
                            out.bits(1);
                            out.bits(2);
                            out.bits(0);
                            out.bits(Long.MAX_VALUE);
                            out.bits(1);
                        }),
                        "REQUEST: ranges distance was 1 at byte 14, expected 0 to 0"),
                malformed(Frames.of(0x20, 0, 1, 0, 0, 0, 0, 2), "SUBSCRIBED: mode was 2 at byte 7, expected 0 to 1"),
                malformed(
                        Frames.of(0x22, 0, 1, 0, 0, 3),
                        "DESCRIBED: number of sub-streams was 3 at byte 5, expected 4 to 64"),
                bad(
                        Frames.of(0x22, 0, 1, 0, 0, 8, 32, 0, 0, 0x81, 0x40),
                        FailureCode.LIMIT,
                        "DESCRIBED: codec headers length was 8193 at byte 9, expected at most 8192"),
                bad(
                        Frames.of(0x22, 0, 1, 0, 0, 8, 32, 0, 0, 0, 0x81, 2),
                        FailureCode.LIMIT,
                        "DESCRIBED: key length was 257 at byte 10, expected at most 256"),
                malformed(
                        Frames.of(0x24, 0, 1, 0, 0, 4, 1, 3, 2),
                        "ANNOUNCE: holes length was 2 at byte 8, expected 1 to 1"),
                malformed(
                        Frames.of(0x24, 0, 1, 0, 0, 4, 0, 5),
                        "ANNOUNCE: final sequence was -3 at byte 7, expected at least -2"),
                bad(
                        Frames.of(0x29, 0, 1, 0, 65),
                        FailureCode.LIMIT,
                        "PATHS: number of paths was 65 at byte 4, expected at most 64"),
                bad(
                        Frames.of(0x29, 0, 1, 0, 1, 1, 17),
                        FailureCode.LIMIT,
                        "PATHS: number of peers was 17 at byte 6, expected at most 16"),
                malformed(
                        Frames.of(0x29, 0, 1, 0, 1, 1, 1, 1), "PATHS: peer reference was 1 at byte 7, expected 0 to 0"),
                malformed(
                        Frames.of(0x25, 0, 1, 0, 5, 0),
                        "GAP: length was 0 at byte 5, expected 1 to 9223372036854775802"),
                malformed(Frames.of(0x26, 0, 1, 0, 3), "END: final sequence was -2 at byte 4, expected at least -1"),
                bad(
                        ByteBuffer.allocate(MessageCodec.MAX_CONTROL_BYTES + 1).put(0, (byte) 0x04),
                        FailureCode.LIMIT,
                        "PING: frame length was 16385 at byte 0, expected at most 16384"));
    }

    @Test
    void refusesEveryMessageThatIsCutShortOrTooLong() {
        long seed = System.nanoTime();
        for (Message message : new RandomMessages(seed).oneOfEach()) {
            ByteBuffer frame = MessageCodec.encode(message);
            for (int length = 0; length < frame.limit(); length++) {
                ByteBuffer cut = frame.slice(0, length);
                assertThat(catchThrowableOfType(WireException.class, () -> MessageCodec.decode(cut)))
                        .as("seed %d: %d of %s", seed, length, message)
                        .isNotNull();
            }
        }
    }

    @Test
    void refusesToSendASegmentWhole() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        MessageCodec.encode(new Message.Data(1, new RandomMessages(1).segment(StreamId.of("s"), 10))))
                .withMessageContaining("SegmentChunks");
    }

    private static ByteBuffer hello(int at, int value) {
        return Frames.joined(HELLO).put(at, (byte) value);
    }

    private static ByteBuffer body(int type, Consumer<FieldWriter> body) {
        return Frames.of(type, 0, body);
    }

    private static Arguments malformed(ByteBuffer frame, String words) {
        return bad(frame, FailureCode.MALFORMED, words);
    }

    private static Arguments bad(ByteBuffer frame, FailureCode code, String words) {
        return Arguments.of(frame, code, words);
    }
}
