package io.swarmflux.transport.multicast;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the datagrams in {@code docs/wire-format.md} and those that are sent to each other, byte for byte. */
class DatagramDocumentTest {
    private static final Pattern VECTOR = Pattern.compile("(?m)^```datagram ([^\n]+)\n([^`]+)```$");
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
    private static final long A = 0x0123456789abcdefL;
    private static final long B = 0xfedcba9876543210L;
    private static final InetAddress SOMEWHERE = InetAddress.getLoopbackAddress();

    /** Keeps what is sent, and runs what is due when asked to. */
    private static final class FakeWire implements Envelope.Wire {
        private final Queue<byte[]> sent = new ArrayDeque<>();
        private final Queue<Runnable> due = new ArrayDeque<>();

        @Override
        public void send(ByteBuf datagram) {
            sent.add(bytes(datagram));
        }

        @Override
        public ByteBufAllocator allocator() {
            return UnpooledByteBufAllocator.DEFAULT;
        }

        @Override
        public void after(long delayMs, Runnable task) {
            if (delayMs < 100) {
                due.add(task);
            }
        }

        byte[] next() {
            for (Runnable task = due.poll(); task != null; task = due.poll()) {
                task.run();
            }
            return Objects.requireNonNull(sent.poll(), "nothing was sent");
        }
    }

    private static byte[] bytes(ByteBuf datagram) {
        try {
            return ByteBufUtil.getBytes(datagram);
        } finally {
            datagram.release();
        }
    }

    private static SealedEnvelope sealed(long session, int firstOfSalt, int nonceKey, Tally tally) {
        byte[] salt = new byte[16];
        for (int i = 0; i < salt.length; i++) {
            salt[i] = (byte) (firstOfSalt + i);
        }
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) nonceKey);
        return new SealedEnvelope(
                new Sealing(Secret.of("correct horse battery".getBytes(UTF_8))),
                new SealedEnvelope.Randomness(session, salt, key),
                new Sessions(SOMEWHERE, Sessions.Limits.DEFAULT),
                tally);
    }

    private static byte[] frame(Envelope from) {
        return bytes(from.close(UnpooledByteBufAllocator.DEFAULT, 5, ByteBuffer.wrap("hello".getBytes(UTF_8))));
    }

    private static String opened(Envelope by, byte[] datagram) {
        ByteBuffer frame = by.open(Unpooled.wrappedBuffer(datagram), SOMEWHERE);
        return frame == null ? "nothing" : UTF_8.decode(frame).toString();
    }

    /** The whole story of the section, in its order. */
    private static Map<String, byte[]> made() {
        Map<String, byte[]> made = new LinkedHashMap<>();
        made.put("plain frame \"hello\"", frame(new PlainEnvelope(A, new Tally())));

        SealedEnvelope a = sealed(A, 0x00, 0, new Tally());
        SealedEnvelope b = sealed(B, 0xf0, 1, new Tally());
        FakeWire fromA = new FakeWire();
        FakeWire fromB = new FakeWire();
        a.start(fromA);
        byte[] beacon = fromA.next();
        made.put("beacon of A", beacon);
        b.start(fromB);
        assertThat(fromB.next()[3]).isEqualTo((byte) Datagram.BEACON);
        assertThat(opened(b, beacon)).isEqualTo("nothing");
        byte[] challenge = fromB.next();
        made.put("challenge by B, which asks A", challenge);
        assertThat(opened(a, challenge)).isEqualTo("nothing");
        byte[] challengeByA = fromA.next();
        assertThat(challengeByA[3]).isEqualTo((byte) Datagram.CHALLENGE);
        byte[] answer = fromA.next();
        made.put("answer of A", answer);
        assertThat(opened(b, answer)).isEqualTo("nothing");
        byte[] frame = frame(a);
        made.put("sealed frame \"hello\" of A", frame);
        assertThat(opened(b, frame)).isEqualTo("hello");
        assertThat(opened(b, frame)).isEqualTo("nothing");
        return made;
    }

    @Test
    void everyDatagramIsWhatIsSent() throws IOException {
        Map<String, String> documented = new LinkedHashMap<>();
        VECTOR.matcher(document()).results().forEach(block -> {
            String hex = block.group(2).lines().skip(1).reduce("", (all, line) -> (all + " " + line).strip());
            documented.put(block.group(1), hex);
        });
        Map<String, String> made = new LinkedHashMap<>();
        made().forEach((name, bytes) -> made.put(name, HEX.formatHex(bytes)));
        assertThat(documented).isEqualTo(made);
    }

    private static String document() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/wire-format.md"))) {
            folder = Objects.requireNonNull(folder.getParent(), "docs/wire-format.md");
        }
        return Files.readString(folder.resolve("docs/wire-format.md"));
    }
}
