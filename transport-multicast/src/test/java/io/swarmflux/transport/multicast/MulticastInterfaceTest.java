package io.swarmflux.transport.multicast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MulticastInterfaceTest {
    private static final Optional<InetAddress> SOME = Optional.of(InetAddress.getLoopbackAddress());
    private static final MulticastInterface LO = new MulticastInterface("lo", SOME, 65_536, true, false, true);
    private static final MulticastInterface ETH0 = new MulticastInterface("eth0", SOME, 1_400, true, true, false);
    private static final MulticastInterface ETH1 = new MulticastInterface("eth1", SOME, 9_000, true, true, false);
    private static final MulticastInterface DOWN = new MulticastInterface("eth2", SOME, 1_500, false, true, false);
    private static final MulticastInterface BARE =
            new MulticastInterface("eth3", Optional.empty(), 1_500, true, true, false);
    private static final MulticastInterface DEAF = new MulticastInterface("tun0", SOME, 1_500, true, false, false);

    private static MulticastInterface only(MulticastInterface... all) {
        return MulticastInterface.choose(Optional.empty(), List.of(all));
    }

    @Test
    void theOnlyOneThatCanIsChosenAndTheLoopbackOnlyAlone() {
        assertThat(only(LO, DOWN, BARE, ETH0, DEAF)).isEqualTo(ETH0);
        assertThat(only(LO, DOWN)).isEqualTo(LO);
    }

    @Test
    void twoThatCanAreAnError() {
        assertThatThrownBy(() -> only(LO, ETH0, ETH1))
                .hasMessage("choose an interface with GROUP:PORT@INTERFACE; these can carry multicast: "
                        + "lo (127.0.0.1), eth0 (127.0.0.1), eth1 (127.0.0.1)");
        assertThatThrownBy(() -> only(DOWN)).hasMessageEndingWith("none here can carry multicast");
    }

    @Test
    void whatIsWrongWithOneIsSaid() {
        assertThat(DOWN.trouble()).isEqualTo("it is down (ip link set eth2 up)");
        assertThat(BARE.trouble()).isEqualTo("it has no IPv4 address");
        assertThat(DEAF.trouble()).startsWith("its multicast flag is not set");
        assertThat(LO.trouble()).isEmpty();
        assertThatThrownBy(() -> MulticastInterface.choose(Optional.of("eth2"), List.of(LO, DOWN)))
                .hasMessage("interface 'eth2' cannot carry multicast: it is down (ip link set eth2 up); "
                        + "these can carry multicast: lo (127.0.0.1)");
    }

    @Test
    void aDatagramFitsTheMtuAndAnEthernetFrame() {
        assertThat(ETH0.longestDatagram()).isEqualTo(1_372);
        assertThat(ETH1.longestDatagram()).isEqualTo(1_472);
        assertThat(new MulticastInterface("x", SOME, 0, true, true, false).longestDatagram())
                .isEqualTo(1_472);
    }
}
