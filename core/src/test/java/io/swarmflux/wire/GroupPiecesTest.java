package io.swarmflux.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.swarm.AnswerPlan;
import io.swarmflux.swarm.NakPlan;
import io.swarmflux.swarm.Piece;
import io.swarmflux.swarm.RepairPlan;
import io.swarmflux.swarm.TokenBucket;
import io.swarmflux.wire.GroupMessage.Chunk;
import io.swarmflux.wire.GroupMessage.Nak;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Segments of many chunks from a gateway to one member, over a group that loses, doubles and reorders frames. */
class GroupPiecesTest {
    private static final StreamId NEWS = StreamId.of("news");
    private static final int SEGMENTS = 400;
    private static final int MAX_FRAME_BYTES = 1_400;
    private static final long STEP_NS = 100_000;
    private static final int STEPS_ONE_WAY = 3;

    private final GroupAssembler assembler = new GroupAssembler(NEWS, Segment.MAX_ENCODED_BYTES, 1 << 22, 200);
    private final List<List<ByteBuffer>> toMember = new ArrayList<>();
    private final List<List<ByteBuffer>> toGateway = new ArrayList<>();
    private final boolean[] there = new boolean[SEGMENTS];
    private long frames;
    private long nowNs;
    private int step;
    private long lostBytes;
    private long repairBytes;

    @ParameterizedTest(name = "{0} percent lost, seed {1}")
    @CsvSource({"1, 1", "5, 2", "10, 3", "30, 4"})
    void onlyWhatWasLostIsSentAgain(int percent, long seed) {
        Random random = new Random(seed);
        NakPlan naks = new NakPlan(8, random::nextDouble);
        AnswerPlan answers = new AnswerPlan(new TokenBucket(0), random::nextDouble);
        naks.begin(0);
        naks.group(2, 1_000_000);
        answers.group(2, 1_000_000);
        List<Segment> segments = IntStream.range(0, SEGMENTS)
                .mapToObj(i -> Segment.of(NEWS, 3, i, new Cut(payload(random), i, 0), 1))
                .collect(Collectors.toList());
        int done = 0;
        int fromOutside = 0;
        for (step = 0; step < 200_000 && done + fromOutside < SEGMENTS; step++) {
            nowNs = step * STEP_NS;
            if (step % 50 == 0 && step / 50 < SEGMENTS) { // each 5 ms, all chunks at once
                send(segments.get(step / 50), 0, 0, false, percent, random);
            }
            if (step % 1_000 == 999) {
                for (int s = 0; s < 8; s++) {
                    naks.sent(s, Math.min(SEGMENTS, step / 50 + 1), sequence -> false, nowNs);
                }
            }
            for (ByteBuffer frame : arriving(toGateway)) {
                for (GroupMessage.Piece piece : ((Nak) GroupCodec.decode(frame)).pieces()) {
                    int total = segments.get((int) piece.sequence()).encodedBytes();
                    answers.asked(2, new Piece(piece.sequence(), piece.from(), piece.until()), total, true, nowNs);
                }
            }
            for (Piece piece : answers.plan(nowNs)) {
                send(segments.get((int) piece.sequence()), piece.from(), piece.until(), true, percent, random);
            }
            for (ByteBuffer frame : arriving(toMember)) {
                Chunk chunk = (Chunk) GroupCodec.decode(frame);
                naks.chunk(
                        chunk.member(),
                        chunk.frame(),
                        chunk.sequence(),
                        chunk.offset(),
                        chunk.bytes().remaining(),
                        chunk.total(),
                        chunk.repair(),
                        nowNs);
                Segment segment = assembler.take(chunk);
                if (segment != null) {
                    int sequence = (int) segment.sequence();
                    assertThat(segment).isEqualTo(segments.get(sequence));
                    assertThat(there[sequence]).isFalse();
                    there[sequence] = true;
                    naks.present(sequence);
                    done++;
                }
            }
            NakPlan.Asks asks = naks.plan(this::missing, RepairPlan.TimeLeft.ENDLESS, nowNs);
            for (long sequence : asks.outsideWanted()) { // and it comes at once
                assembler.present(3, sequence);
                naks.present(sequence);
                fromOutside++;
            }
            List<GroupMessage.Piece> asked = asks.pieces().stream()
                    .map(piece -> new GroupMessage.Piece(piece.sequence(), piece.from(), piece.until()))
                    .toList();
            if (!asked.isEmpty() && random.nextInt(100) >= percent) {
                in(toGateway, STEPS_ONE_WAY, GroupCodec.encode(new Nak(2, 3, asked)));
            }
        }
        assertThat(done + fromOutside).isEqualTo(SEGMENTS);
        // two tries in vain: at 10 % (1 - 0.9 * 0.9)^2 of the segments that lost something, 6 of 400, and three
        // deviations more
        assertThat(fromOutside).isLessThanOrEqualTo(percent > 10 ? SEGMENTS / 3 : SEGMENTS / 30);
        assertThat(assembler.counts().broken() + assembler.counts().mismatched())
                .isZero();
        assertThat(repairBytes).isGreaterThan(lostBytes / 2).isLessThan(lostBytes * 11 / 10 + 3 * MAX_FRAME_BYTES);
    }

    private static byte[] payload(Random random) {
        byte[] payload = new byte[random.nextInt(30_000)];
        random.nextBytes(payload);
        return payload;
    }

    private List<Piece> missing(long sequence) {
        return assembler.missing(3, sequence).stream()
                .map(piece -> new Piece(piece.sequence(), piece.from(), piece.until()))
                .toList();
    }

    private void send(Segment segment, int from, int until, boolean repair, int percent, Random random) {
        GroupChunks chunks = GroupChunks.cut(1, segment, from, until, repair, MAX_FRAME_BYTES, () -> frames++);
        while (chunks.hasNext()) {
            ByteBuffer[] parts = chunks.next();
            repairBytes += repair ? parts[1].remaining() : 0;
            if (random.nextInt(100) < percent) {
                lostBytes += parts[1].remaining();
                continue;
            }
            for (int copies = random.nextInt(50) == 0 ? 2 : 1; copies > 0; copies--) {
                in(toMember, STEPS_ONE_WAY + (random.nextInt(10) == 0 ? random.nextInt(10) : 0), Frames.joined(parts));
            }
        }
    }

    private void in(List<List<ByteBuffer>> way, int steps, ByteBuffer frame) {
        while (way.size() <= step + steps) {
            way.add(new ArrayList<>());
        }
        way.get(step + steps).add(frame);
    }

    private List<ByteBuffer> arriving(List<List<ByteBuffer>> way) {
        return step < way.size() ? way.get(step) : List.of();
    }
}
