package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.Link;
import io.swarmflux.wire.GroupCodec;
import io.swarmflux.wire.GroupMessage;
import io.swarmflux.wire.Message;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Somebody in the group who says what he likes, where no secret keeps him out: members play on all the same, in virtual time. */
class IslandStrangerTest {
    private static final long STRANGER = 666;

    private final IslandBench island = new IslandBench();
    private final SwarmBench bench = island.bench;
    private final Map<Long, GroupMessage.Beacon> beacons = new HashMap<>();
    private long epoch;
    private long edge;
    private @Nullable Link link;

    /** An island that has played for a while, and somebody who listens there. */
    private void start() {
        island.seed(20);
        bench.run(1_000);
        island.fourMembers(2);
        AtomicReference<@Nullable Link> joined = new AtomicReference<>();
        bench.net.named("stranger").dial(IslandBench.LAN).subscribe(joined::set);
        link = joined.get();
        Objects.requireNonNull(link).receive().subscribe(this::hears);
        bench.run(4_000);
    }

    private void hears(ByteBuffer frame) {
        GroupMessage message = GroupCodec.decode(frame);
        if (message instanceof GroupMessage.Beacon beacon) {
            beacons.put(beacon.member(), beacon);
        } else if (message instanceof GroupMessage.Heartbeat beat) {
            epoch = beat.epoch();
            edge = Math.max(edge, beat.edge());
        }
    }

    private void says(GroupMessage message) {
        says(GroupCodec.encode(message));
    }

    private void says(ByteBuffer frame) {
        assertThat(Objects.requireNonNull(link).send(frame)).isTrue();
    }

    private void beacon(long number, String peer, long outside) {
        says(new GroupMessage.Beacon(
                number,
                peer,
                "loop:nobody",
                SwarmBench.NEWS,
                epoch,
                0,
                outside,
                false,
                List.copyOf(beacons.keySet()),
                null));
    }

    private void heartbeat(List<GroupMessage.Claim> claims) {
        says(new GroupMessage.Heartbeat(
                STRANGER,
                SwarmBench.NEWS,
                epoch,
                claims,
                0,
                edge,
                List.of(),
                Message.UNKNOWN,
                1,
                1,
                5,
                0,
                Message.UNKNOWN,
                List.copyOf(beacons.keySet())));
    }

    private static List<GroupMessage.Claim> everything(long term, long ofEdge) {
        List<GroupMessage.Claim> claims = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            claims.add(new GroupMessage.Claim(i, term, ofEdge));
        }
        return claims;
    }

    private void everybodyPlaysAll() {
        bench.run(22_000);
        assertThat(island.wrong(4_999)).isEmpty();
    }

    @Test
    void garbageIsCountedAndHarmsNothing() {
        start();
        long before = island.look("a").dropped();
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(1_000)];
            random.nextBytes(bytes);
            says(ByteBuffer.wrap(bytes));
            bench.run(1);
        }
        assertThat(island.look("a").dropped()).isEqualTo(before + 2_000);
        everybodyPlaysAll();
    }

    @Test
    void chunksOfWhoNeverSaidThatHeIsThereAreIgnored() {
        start();
        for (int i = 0; i < 500; i++) {
            chunk(edge + i % 50, i);
            bench.run(2);
        }
        everybodyPlaysAll();
    }

    @Test
    void farSequencesHoldUpNothing() {
        start();
        beacon(STRANGER, "stranger", 0);
        bench.run(100);
        for (int i = 0; i < 500; i++) {
            chunk(edge + 1_000_000L * (i + 1), i);
            chunk(Long.MAX_VALUE - 8L * i - 1, 500 + i);
            bench.run(2);
        }
        everybodyPlaysAll();
    }

    private void chunk(long sequence, long frame) {
        says(new GroupMessage.Chunk(STRANGER, epoch, sequence, frame, false, 2_000, 0, ByteBuffer.allocate(100)));
    }

    @Test
    void claimsWithHugeTermsAndEdgesAreOutlived() {
        start();
        for (int i = 0; i < 50; i++) {
            beacon(STRANGER, "stranger", -1);
            heartbeat(everything(Long.MAX_VALUE, Long.MAX_VALUE));
            bench.run(100);
        }
        assertThat(island.moves()).isLessThan(20);
        everybodyPlaysAll();
    }

    @Test
    void whoClaimsEverythingAndSendsNothingIsGoneRoundOverLinks() {
        start();
        for (int i = 0; i < 80; i++) {
            beacon(STRANGER, "stranger", -1);
            heartbeat(everything(1_000, edge)); // and says that it has sent what there is
            bench.run(100);
        }
        bench.run(2_000);
        assertThat(island.gateway()).isNotEmpty(); // once he is silent
        everybodyPlaysAll();
    }

    @Test
    void whoClaimsWithEverHigherTermsAndNeverComesFurtherLosesTheClaims() {
        start();
        for (int i = 0; i < 80; i++) {
            beacon(STRANGER, "stranger", -1);
            heartbeat(everything(1_000 + i, 1_000));
            bench.run(100);
        }
        assertThat(island.gateway()).isNotEmpty(); // while he goes on
        everybodyPlaysAll();
    }

    @Test
    void tenThousandInventedMembersAreBounded() {
        start();
        for (int i = 0; i < 10_000; i++) {
            beacon(1_000 + i, "invented" + i, -1);
            if (i % 10 == 0) {
                bench.run(1);
            }
        }
        assertThat(island.look("a").members()).isLessThanOrEqualTo(4_097);
        everybodyPlaysAll();
    }
}
