package io.swarmflux.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hundreds of thousands of frames that a stranger might send. */
class FrameFuzzTest {
    private static final int FRAMES = 200_000;

    /** What one control frame of at most 16 KiB may allocate, whatever is in it. */
    private static final long MAX_ALLOCATED_BYTES = 512 * 1024;

    private final AllocatedBytes allocatedBytes = new AllocatedBytes();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final RandomMessages messages = new RandomMessages(seed);
    private long decoded;
    private long refused;
    private long most;

    @BeforeEach
    void loadClasses() { // the first decode of each kind pays for classes, not for bytes
        for (int i = 0; i < 20; i++) {
            messages.oneOfEach().forEach(message -> MessageCodec.decode(MessageCodec.encode(message)));
        }
        for (int i = 0; i < 5_000; i++) {
            byte[] frame = new byte[] {(byte) i, 0, (byte) random.nextInt(), (byte) random.nextInt(), 0, 0};
            try {
                decoded += MessageCodec.decode(ByteBuffer.wrap(frame)) == null ? 0 : 1;
            } catch (WireException e) {
                refused++;
            }
        }
        decoded = 0;
        refused = 0;
    }

    @Test
    void onlyWireExceptionsEscapeAndAllocationIsBounded() {
        List<byte[]> corpus = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            messages.oneOfEach().forEach(m -> corpus.add(bytes(MessageCodec.encode(m))));
        }
        for (int i = 0; i < FRAMES; i++) {
            ByteBuffer frame = ByteBuffer.wrap(mangled(corpus.get(random.nextInt(corpus.size()))));
            Message message = decode(frame);
            if (message != null && !message.equals(MessageCodec.decode(MessageCodec.encode(message)))) {
                fail("does not come back as it was: %s (seed %d, frame %d)", message, seed, i);
            }
        }
        assertThat(most).as("bytes for one frame, seed %d", seed).isLessThan(MAX_ALLOCATED_BYTES);
        assertThat(decoded).as("decoded, seed %d", seed).isGreaterThan(FRAMES / 100);
        assertThat(refused).as("refused, seed %d", seed).isGreaterThan(FRAMES / 10);
    }

    @Test
    void theMostExpensiveFramesStayWithinTheBound() {
        ByteBuffer names = Frames.of(0x29, 0, out -> {
            for (int field : new int[] {1, 0, 64}) {
                out.bits(field);
            }
            for (int path = 0; path < 64; path++) {
                out.bits(path);
                out.bits(16);
                for (int peer = 0; peer < 16; peer++) {
                    out.bits(0);
                    out.text("peer", Character.toString('à' + peer) + "12345678", 1, 64);
                }
                out.bits(0); // its age
            }
        });
        ByteBuffer headers = Frames.of(0x22, 0, out -> {
            for (int field : new int[] {1, 0, 0, 8, 64, 0}) {
                out.bits(field);
            }
            out.text("media type", "é".repeat(64), 0, 128);
            out.bytes("headers", new byte[8192], 0, 8192);
            out.bytes("key", new byte[256], 0, 256);
        });
        for (int i = 0; i < 100; i++) {
            assertThat(decode(names)).isNotNull();
            assertThat(decode(headers)).isNotNull();
        }
        assertThat(most).isLessThan(MAX_ALLOCATED_BYTES);
    }

    @Test
    void mangledSegmentsAllocateNoMoreThanWasLetIn() {
        int agreed = 20_000;
        StreamId stream = StreamId.of("news");
        FrameReader reader = new FrameReader(agreed, (number, epoch, sequence, totalBytes) -> {
            if (totalBytes > agreed) {
                fail("let in %d bytes, seed %d", totalBytes, seed);
            }
            return number == 3 ? null : stream;
        });
        for (int i = 0; i < FRAMES / 10; i++) {
            Segment segment = messages.segment(stream, random.nextInt(3_000));
            SegmentChunks chunks = SegmentChunks.cut(random.nextInt(4), segment, 256 + random.nextInt(4_000));
            while (chunks.hasNext()) {
                byte[] frame = bytes(Frames.joined(chunks.next()));
                try {
                    Message message = reader.read(ByteBuffer.wrap(random.nextInt(4) == 0 ? mangled(frame) : frame));
                    decoded += message == null ? 0 : 1;
                } catch (WireException e) {
                    refused++;
                    reader = new FrameReader(agreed, (number, epoch, sequence, totalBytes) -> stream);
                    break;
                }
            }
        }
        assertThat(decoded).as("decoded, seed %d", seed).isGreaterThan(FRAMES / 100);
        assertThat(refused).as("refused, seed %d", seed).isGreaterThan(FRAMES / 100);
    }

    private @Nullable Message decode(ByteBuffer frame) {
        long before = allocatedBytes.now();
        try {
            Message message = MessageCodec.decode(frame);
            decoded++;
            return message;
        } catch (WireException e) {
            refused++;
            return null;
        } finally {
            long allocated = allocatedBytes.now() - before;
            most = Math.max(most, allocated);
        }
    }

    private byte[] mangled(byte[] valid) {
        byte[] frame = valid.clone();
        switch (random.nextInt(8)) {
            case 0 -> {
                frame = new byte[random.nextInt(200)];
                random.nextBytes(frame);
                if (frame.length > 1 && random.nextInt(4) > 0) { // get past the type and the flags
                    frame[0] = valid[0];
                    frame[1] = 0;
                }
            }
            case 1 -> frame = Arrays.copyOf(frame, random.nextInt(frame.length + 1));
            case 2 -> frame = Arrays.copyOf(frame, frame.length + 1 + random.nextInt(5));
            default -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    int at = random.nextInt(Math.min(frame.length, random.nextBoolean() ? 24 : frame.length));
                    frame[at] = random.nextBoolean()
                            ? (byte) random.nextInt()
                            : (byte) (frame[at] ^ (1 << random.nextInt(8)));
                }
            }
        }
        return frame;
    }

    private static byte[] bytes(ByteBuffer frame) {
        byte[] bytes = new byte[frame.remaining()];
        frame.duplicate().get(bytes);
        return bytes;
    }
}
