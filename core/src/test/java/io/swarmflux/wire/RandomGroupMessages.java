package io.swarmflux.wire;

import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.GroupMessage.Beacon;
import io.swarmflux.wire.GroupMessage.Chunk;
import io.swarmflux.wire.GroupMessage.Claim;
import io.swarmflux.wire.GroupMessage.Echo;
import io.swarmflux.wire.GroupMessage.Heartbeat;
import io.swarmflux.wire.GroupMessage.Nak;
import io.swarmflux.wire.GroupMessage.Piece;
import io.swarmflux.wire.GroupMessage.Ways;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Valid messages of a group with random contents, extremes included. */
final class RandomGroupMessages {
    private final RandomMessages random;
    private final List<Supplier<GroupMessage>> kinds =
            List.of(this::beacon, this::heartbeat, this::nak, this::chunk, this::ways);

    RandomGroupMessages(long seed) {
        this.random = new RandomMessages(seed);
    }

    List<GroupMessage> oneOfEach() {
        return kinds.stream().map(Supplier::get).toList();
    }

    private GroupMessage beacon() {
        return new Beacon(
                random.bits(),
                random.text(1, 64),
                random.text(0, 256),
                StreamId.of(random.text(1, 64)),
                random.flag() ? -1 : random.sequence(),
                random.sequence(),
                random.bits(),
                random.flag(),
                members(),
                random.flag() ? null : new Echo(random.bits(), random.bits(), random.sequence()));
    }

    private GroupMessage heartbeat() {
        long a = random.sequence();
        long b = random.sequence();
        long oldest = Math.min(a, b);
        List<Claim> claims = new ArrayList<>();
        for (int i = random.below(65); i > 0; i--) {
            claims.add(new Claim(i - 1, random.sequence(), random.sequence()));
        }
        return new Heartbeat(
                random.bits(),
                StreamId.of(random.text(1, 64)),
                random.flag() ? -1 : random.sequence(),
                claims,
                oldest,
                Math.max(a, b),
                random.ranges(oldest, Long.MAX_VALUE),
                random.flag() ? random.sequence() : -1 - random.below(2),
                random.bits(),
                random.sequence(),
                random.natural(),
                random.bits(),
                random.flag() ? random.sequence() : -2,
                members());
    }

    private GroupMessage ways() {
        return new Ways(random.bits(), random.sequence(), random.bits(), random.pathList());
    }

    private GroupMessage nak() {
        List<Piece> pieces = new ArrayList<>();
        for (int i = random.below(65); i > 0; i--) {
            int from = random.below(Segment.MAX_ENCODED_BYTES);
            pieces.add(
                    random.flag()
                            ? Piece.whole(random.sequence())
                            : new Piece(
                                    random.sequence(),
                                    from,
                                    from + 1 + random.below(Segment.MAX_ENCODED_BYTES - from)));
        }
        return new Nak(random.bits(), random.sequence(), pieces);
    }

    private GroupMessage chunk() {
        int total = Segment.HEADER_BYTES + random.below(2_000);
        int offset = random.below(total);
        return new Chunk(
                random.bits(),
                random.sequence(),
                random.sequence(),
                random.sequence(),
                random.flag(),
                total,
                offset,
                ByteBuffer.wrap(random.bytes(1 + random.below(total - offset))));
    }

    private List<Long> members() {
        List<Long> members = new ArrayList<>();
        for (int i = random.below(65); i > 0; i--) {
            members.add(random.bits());
        }
        return members;
    }
}
