package io.swarmflux.transport.multicast;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.transport.multicast.Group.Member;
import io.swarmflux.transport.multicast.MulticastCounts.Dropped;
import java.io.IOException;
import java.net.MulticastSocket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Links with a secret, on the loopback interface, and strangers without it. */
@Timeout(10)
// Every test starts with a group.
@SuppressWarnings("NullAway.Init")
class SealedLinkTest {
    private static final byte[] SECRET = "correct horse battery".getBytes(UTF_8);

    private final MulticastTransport transport = MulticastTransport.create().secret(SECRET);
    private Group group;

    @BeforeEach
    void find() throws IOException {
        group = new Group();
    }

    @AfterEach
    void leave() {
        group.close();
    }

    /** Says something until another hears it: before its sender is believed a frame is lost. */
    private static void meet(Member from, Member to) throws InterruptedException {
        Group.until("they have met", () -> {
            from.says("hello");
            return to.heard.contains("hello");
        });
        from.says("met");
        String heard = to.hears();
        while (heard.equals("hello")) {
            heard = to.hears();
        }
        assertThat(heard).isEqualTo("met");
    }

    @Test
    void allOthersHearAMember() throws Exception {
        Member a = group.join(transport);
        Member b = group.join(transport);
        Member c = group.join(transport);
        for (Member from : List.of(a, b, c)) {
            for (Member to : List.of(a, b, c)) {
                if (from != to) {
                    meet(from, to);
                }
            }
        }
        assertThat(a.link.maxFrameBytes()).isEqualTo(1_500 - 28 - 38);
        String longest = "x".repeat(b.link.maxFrameBytes());
        b.says(longest);
        Group.until("the longest frame has come", () -> a.heard.contains(longest));
        assertThat(a.dropped(Dropped.TAG)).isZero();
        assertThat(a.dropped(Dropped.REPLAY)).isZero();
    }

    @Test
    void whatIsPacedArrives() throws Exception {
        Member a = group.join(transport.rate(80_000_000).sendQueue(16 << 20));
        Member b = group.join(transport);
        meet(a, b);
        b.heard.clear();
        int frames = 5_000;
        for (int i = 0; i < frames; i++) {
            a.says(i + " " + "x".repeat(1_200));
        }
        Group.until("all have come", () -> b.heard.size() == frames);
        assertThat(new HashSet<>(b.heard)).hasSize(frames);
    }

    @Test
    void nothingReadableIsOnTheWire() throws Exception {
        MulticastSocket stranger = group.stranger();
        Member a = group.join(transport);
        a.says("attack at dawn");
        for (byte[] datagram : captured(stranger)) {
            assertThat(new String(datagram, UTF_8)).doesNotContain("attack");
        }
    }

    private static List<byte[]> captured(MulticastSocket stranger) throws IOException {
        List<byte[]> all = new ArrayList<>();
        stranger.setSoTimeout(200);
        try {
            while (all.size() < 1_000) {
                all.add(Group.next(stranger));
            }
        } catch (SocketTimeoutException quiet) {
            // that was all, except for beacons
        }
        return all;
    }

    @Test
    void whoHasAnotherSecretIsNotHeard() throws Exception {
        Member a = group.join(transport);
        Member other = group.join(MulticastTransport.create().secret("another long secret".getBytes(UTF_8)));
        Group.until("its frames are counted", () -> {
            other.says("let me in");
            return a.dropped(Dropped.UNBELIEVED) > 10;
        });
        Group.until("its beacons are counted", () -> a.dropped(Dropped.TAG) > 0);
        Member b = group.join(transport);
        meet(b, a);
        assertThat(a.heard).doesNotContain("let me in");
        assertThat(other.heard).isEmpty();
    }

    @Test
    void plainAndSealedDoNotHearEachOther() throws Exception {
        Member sealed = group.join(transport);
        Member plain = group.join(MulticastTransport.create());
        plain.says("plain");
        sealed.says("sealed");
        Group.until(
                "both are counted",
                () -> sealed.dropped(Dropped.OTHER_SECURITY) > 0 && plain.dropped(Dropped.OTHER_SECURITY) > 0);
        assertThat(sealed.heard).isEmpty();
        assertThat(plain.heard).isEmpty();
    }

    @Test
    void aReplayedDatagramIsDropped() throws Exception {
        Member a = group.join(transport);
        Member b = group.join(transport);
        meet(a, b);
        MulticastSocket stranger = group.stranger();
        b.heard.clear();
        for (int i = 0; i < 5; i++) {
            a.says("once " + i);
        }
        Group.until("all have come", () -> b.heard.size() == 5);
        List<byte[]> recorded = captured(stranger);
        long before = b.dropped(Dropped.REPLAY);
        for (byte[] datagram : recorded) {
            group.send(stranger, datagram);
        }
        Group.until("all are counted", () -> b.dropped(Dropped.REPLAY) >= before + 5);
        assertThat(b.heard).hasSize(5);
    }

    @Test
    void aSessionThatHasLeftCannotBeReplayed() throws Exception {
        MulticastSocket stranger = group.stranger();
        Member a = group.join(transport);
        Member b = group.join(transport);
        meet(a, b);
        a.says("old");
        Group.until("it has come", () -> b.heard.contains("old"));
        List<byte[]> recorded = captured(stranger);
        a.link.dispose();
        a.link.onClose().block(Group.SOON);
        b.link.dispose();

        Member later = group.join(transport);
        for (byte[] datagram : recorded) {
            group.send(stranger, datagram);
        }
        Group.until("its frames are counted", () -> later.dropped(Dropped.UNBELIEVED) > 0);
        Member c = group.join(transport);
        meet(c, later);
        assertThat(later.heard).doesNotContain("old");
    }

    @Test
    void aForgedOrChangedDatagramIsDropped() throws Exception {
        Member a = group.join(transport);
        Member b = group.join(transport);
        meet(a, b);
        MulticastSocket stranger = group.stranger();
        b.heard.clear();
        a.says("genuine");
        assertThat(b.hears()).isEqualTo("genuine");
        byte[] genuine = captured(stranger).stream()
                .filter(datagram -> datagram[3] == Datagram.SEALED)
                .findFirst()
                .orElseThrow();
        Random random = new Random(7);
        int forged = 0;
        for (int at = 12; at < genuine.length; at++) {
            if (at == 20 || at == 21) {
                continue; // the length: that is another reason
            }
            byte[] changed = genuine.clone();
            ByteBuffer.wrap(changed).putLong(12, Long.MAX_VALUE / 2 + at); // not a replay
            changed[at] ^= (byte) (1 << random.nextInt(8));
            group.send(stranger, changed);
            forged++;
        }
        int expected = forged;
        // A flipped sign makes a number negative, and so old.
        Group.until("all are counted", () -> b.dropped(Dropped.TAG) + b.dropped(Dropped.REPLAY) >= expected);
        a.says("still here");
        assertThat(b.hears()).isEqualTo("still here");
        assertThat(b.heard).isEmpty();
    }

    @Test
    void aFloodOfNewSessionsHarmsNobodyWhoIsBelieved() throws Exception {
        Member a = group.join(transport);
        Member b = group.join(transport);
        meet(a, b);
        MulticastSocket stranger = group.stranger();
        Random random = new Random(1);
        long sentBefore = b.link.counts().own();
        for (int i = 0; i < 4_000; i++) {
            byte[] forged = new byte[Datagram.HEADER_BYTES + 16 + Datagram.TAG_BYTES];
            random.nextBytes(forged);
            ByteBuffer.wrap(forged)
                    .putInt(0, 0x53580100 | (i % 2 == 0 ? Datagram.SEALED : Datagram.BEACON))
                    .putLong(12, i)
                    .putShort(20, (short) 16);
            group.send(stranger, forged);
        }
        b.heard.clear();
        a.says("still here");
        assertThat(b.hears()).isEqualTo("still here");
        assertThat(b.dropped(Dropped.UNBELIEVED) + b.dropped(Dropped.TAG) + b.dropped(Dropped.TOO_MANY_SESSIONS))
                .isPositive();
        // What b sent itself while it was flooded: a few challenges and beacons.
        assertThat(b.link.counts().own() - sentBefore).isLessThan(100);
    }

    @Test
    void manyMembersMeetEachOther() throws Exception {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            members.add(group.join(transport));
        }
        for (int i = 0; i < 20; i++) {
            Member from = members.get(i);
            String text = "from " + i;
            Group.until("all have heard " + i, () -> {
                from.says(text);
                return members.stream().allMatch(to -> to == from || to.heard.contains(text));
            });
        }
    }
}
