package io.swarmflux.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostAddressesTest {
    @Test
    void anAddressStandsForItself() {
        assertThat(TcpTransport.create().dialable("127.0.0.1:9000")).containsExactly("127.0.0.1:9000");
        assertThat(TcpTransport.create().dialable("[::1]:9000")).containsExactly("[::1]:9000");
    }

    @Test
    void allAddressesAreThoseOfTheHost() {
        assertThat(TcpTransport.create().dialable("0.0.0.0:9000"))
                .isNotEmpty()
                .hasSizeLessThanOrEqualTo(8)
                .allSatisfy(one -> assertThat(one).endsWith(":9000").doesNotContain("[", "0.0.0.0"));
        assertThat(TcpTransport.create().dialable("[::]:9000")).isNotEmpty().allSatisfy(one -> assertThat(one)
                .doesNotContain("%", "[::]"));
    }
}
