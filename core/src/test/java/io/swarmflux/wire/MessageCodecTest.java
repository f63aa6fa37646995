package io.swarmflux.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class MessageCodecTest {
    @Test
    void everyMessageComesBackAsItWas() {
        long seed = System.nanoTime();
        RandomMessages random = new RandomMessages(seed);
        for (int i = 0; i < 2_000; i++) {
            for (Message message : random.oneOfEach()) {
                ByteBuffer frame = MessageCodec.encode(message);
                assertThat(MessageCodec.decode(frame)).as("seed %d", seed).isEqualTo(message);
            }
        }
    }
}
