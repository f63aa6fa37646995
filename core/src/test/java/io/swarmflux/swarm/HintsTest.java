package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HintsTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final String PUBLIC = "203.0.113.5:9000";

    private final Hints hints = new Hints();

    private static Hints.Hint hint(String address, int row) {
        return new Hints.Hint("somebody", address, row);
    }

    private boolean offer(String address, long nowNs) {
        return hints.offer(hint(address, 1), PUBLIC, nowNs, nowNs);
    }

    @Test
    void neverGivesMoreThanFourInAnySecond() {
        Random random = new Random(3);
        List<Long> dialled = new ArrayList<>();
        long nowNs = -5 * SECOND_NS;
        for (int i = 0; i < 20_000; i++) {
            nowNs += random.nextInt(20_000_000);
            offer("198.51.100." + random.nextInt(256) + ":" + random.nextInt(60_000), nowNs);
            if (hints.poll(nowNs) != null) {
                dialled.add(nowNs);
            }
        }
        assertThat(dialled).hasSizeGreaterThan(500);
        for (int i = 4; i < dialled.size(); i++) {
            assertThat(dialled.get(i) - dialled.get(i - 4)).isGreaterThanOrEqualTo(SECOND_NS);
        }
    }

    @Test
    void doesNotGiveForAMinuteWhatFailed() {
        hints.failed("198.51.100.1:1", 0);
        assertThat(offer("198.51.100.1:1", 59 * SECOND_NS)).isFalse();
        assertThat(offer("198.51.100.1:1", 60 * SECOND_NS)).isTrue();
    }

    @Test
    void followsThreeRedirectsInARow() {
        assertThat(hints.offer(hint("198.51.100.1:1", 3), PUBLIC, 0, 0)).isTrue();
        assertThat(hints.offer(hint("198.51.100.1:2", 4), PUBLIC, 0, 0)).isFalse();
    }

    @Test
    void givesNothingBeforeItIsDueNorLongAfter() {
        hints.offer(hint("198.51.100.1:1", 1), PUBLIC, SECOND_NS, 0);
        assertThat(hints.poll(SECOND_NS - 1)).isNull();
        assertThat(hints.poll(SECOND_NS)).isNotNull();
        hints.offer(hint("198.51.100.1:2", 1), PUBLIC, SECOND_NS, SECOND_NS);
        assertThat(hints.poll(12 * SECOND_NS)).isNull();
    }

    @Test
    void keepsNoMoreThanAFewAndEachOnce() {
        for (int i = 0; i < 1_000; i++) {
            offer("198.51.100.1:" + i / 2, 0);
        }
        assertThat(hints.waiting()).hasSize(64).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({
        "198.51.100.1:9000, 203.0.113.5:9000, true",
        "[2001:db8::1]:9000, 203.0.113.5:9000, true",
        "10.1.2.3:9000, 203.0.113.5:9000, false",
        "172.31.0.1:9000, 203.0.113.5:9000, false",
        "172.32.0.1:9000, 203.0.113.5:9000, true",
        "100.64.0.1:9000, 203.0.113.5:9000, false",
        "169.254.169.254:80, 203.0.113.5:9000, false",
        "127.0.0.1:9000, 203.0.113.5:9000, false",
        "[::1]:9000, 203.0.113.5:9000, false",
        "[::ffff:127.0.0.1]:9000, 203.0.113.5:9000, false",
        "[::ffff:7f00:1]:9000, 203.0.113.5:9000, false",
        "[::7f00:1]:9000, 203.0.113.5:9000, false",
        "[fe80::1]:9000, 203.0.113.5:9000, false",
        "[fe80::1%eth0]:9000, 192.168.0.1:1, false",
        "[fd00::1]:9000, 203.0.113.5:9000, false",
        "0.0.0.0:9000, 127.0.0.1:1, false",
        "224.0.0.1:9000, 127.0.0.1:1, false",
        "[ff02::1]:9000, [::1]:1, false",
        "localhost:9000, 192.168.0.1:1, false",
        "2130706433:9000, 192.168.0.1:1, false",
        "127.1:9000, 192.168.0.1:1, false",
        "0x7f000001:9000, 192.168.0.1:1, false",
        "seed.example.org:9000, 203.0.113.5:9000, false",
        "seed.example.org:9000, 192.168.0.1:1, true",
        "10.1.2.3:9000, 192.168.0.1:1, true",
        "10.1.2.3:9000, 127.0.0.1:1, true",
        "127.0.0.1:9000, 127.0.0.1:1, true",
        "[::1]:9000, 127.0.0.1:1, true",
        "127.0.0.1:9000, 10.0.0.1:1, false",
        "loop:seed, loop:peer, true",
        "loop:1, loop:peer, true",
        "loop:seed, 203.0.113.5:9000, true",
        "10.1.2.3:9000, loop:peer, false"
    })
    void passesAnAddressOnlyToAndFromWhoeverIsAsNear(String address, String neighbour, boolean passes) {
        assertThat(Hints.mayPass(address, neighbour)).isEqualTo(passes);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0:9000, 203.0.113.5:41000, 203.0.113.5:9000",
        "[::]:9000, [2001:db8::7]:41000, [2001:db8::7]:9000",
        "198.51.100.1:9000, 203.0.113.5:41000, 198.51.100.1:9000",
        "loop:a, loop:b, loop:a"
    })
    void whoListensEverywhereIsDialledWhereItIsSeen(String advertised, String seen, String at) {
        assertThat(Hints.at(advertised, seen)).isEqualTo(at);
    }
}
