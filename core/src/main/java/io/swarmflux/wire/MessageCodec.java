package io.swarmflux.wire;

import io.swarmflux.wire.Message.FailureCode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of every control message, one frame each; segments are cut by {@link SegmentChunks} and read by
 * {@link FrameReader}. Stateless. {@code docs/wire-format.md} has the bodies; every frame begins alike:
 *
 * <pre>
 *  offset  size  field
 *  0       1     type
 *  1       1     flags: 1 ignorable by who does not know the type; the rest is 0
 *  2       n     body
 * </pre>
 */
public final class MessageCodec {
    /** The wire version of this codec. */
    public static final int VERSION = 1;

    /** The longest frame of a control message, in bytes. */
    public static final int MAX_CONTROL_BYTES = 16 * 1024;

    /** The least that a peer may state as its longest frame, in bytes. */
    public static final int MIN_FRAME_BYTES = 256;

    /** The type of the frames that carry segments. */
    static final int SEGMENT = 0x23;

    static final int IGNORABLE = 1;

    static final List<Form<?>> FORMS = Stream.of(LinkForms.ALL, UpwardForms.ALL, DownwardForms.ALL)
            .<Form<?>>flatMap(List::stream)
            .toList();

    private static final Map<Integer, Form<?>> BY_TYPE =
            FORMS.stream().collect(Collectors.toMap(Form::type, Function.identity()));

    private static final Map<Class<?>, Form<?>> BY_MESSAGE =
            FORMS.stream().collect(Collectors.toMap(Form::message, Function.identity()));

    private MessageCodec() {}

    /**
     * Encodes a control message. Text for people is cut to the 512 bytes it may have; everything else must be within the
     * limits.
     *
     * @param message any message but {@link Message.Data}
     * @return one frame in a buffer of its own
     * @throws IllegalArgumentException when a value is beyond its limit, the frame would be longer than
     *     {@link #MAX_CONTROL_BYTES}, or the message is a segment
     */
    public static ByteBuffer encode(Message message) {
        Form<?> form = BY_MESSAGE.get(message.getClass());
        if (form == null) {
            throw new IllegalArgumentException("a segment is cut by SegmentChunks, was " + message);
        }
        return encode(form, message);
    }

    private static <M extends Message> ByteBuffer encode(Form<M> form, Message message) {
        FieldWriter out = new FieldWriter(form.name());
        out.u8(form.type());
        out.u8(0);
        form.write().accept(form.message().cast(message), out);
        return out.frame();
    }

    /**
     * Decodes a control message.
     *
     * @param frame one whole frame from position to limit, neither moved; not kept
     * @return the message, or null for one of unknown type that may be ignored
     * @throws WireException when the bytes break the wire format, or are part of a segment
     */
    public static @Nullable Message decode(ByteBuffer frame) {
        return decode(new FieldReader(frame));
    }

    static @Nullable Message decode(FieldReader in) {
        int type = in.u8("type");
        int flags = in.u8("flags");
        Form<?> form = BY_TYPE.get(type);
        if (form == null) {
            return refuse(in, type, flags);
        }
        in.enter(form.name());
        checkFlags(in, flags);
        if (in.offset() + in.remaining() > MAX_CONTROL_BYTES) {
            throw new WireException(
                    FailureCode.LIMIT,
                    in.complaint("frame length", in.offset() + in.remaining(), 0, "at most " + MAX_CONTROL_BYTES));
        }
        Message message = form.read().apply(in);
        in.end();
        return message;
    }

    static void checkFlags(FieldReader in, int flags) {
        if ((flags & ~IGNORABLE) != 0) {
            throw in.malformed("flags", hex(flags), 1, "no bits but " + hex(IGNORABLE));
        }
    }

    private static @Nullable Message refuse(FieldReader in, int type, int flags) {
        if (type == SEGMENT) {
            throw new WireException(
                    FailureCode.UNEXPECTED, in.complaint("type", hex(type) + " (SEGMENT)", 0, "a control message"));
        }
        if ((flags & IGNORABLE) == 0) {
            throw new WireException(
                    FailureCode.UNKNOWN_MESSAGE,
                    in.complaint("type", hex(type), 0, "a type of wire version " + VERSION));
        }
        return null;
    }

    private static String hex(int value) {
        return String.format("0x%02x", value);
    }
}
