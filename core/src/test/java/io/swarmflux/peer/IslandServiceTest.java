package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.StreamId;
import io.swarmflux.swarm.Claims;
import io.swarmflux.wire.GroupMessage;
import io.swarmflux.wire.Message;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class IslandServiceTest {
    private static final long ME = 1;
    private static final long GATEWAY = 2;
    private static final int COUNT = 4;

    private final IslandMembers members = new IslandMembers();
    private final IslandService service = new IslandService(ME, members);
    private final Claims claims = new Claims(ME, 1, COUNT, 0);

    private void beats(long oldest, long edge) {
        IslandMembers.Member gateway = Objects.requireNonNull(members.heard(GATEWAY, 0));
        members.hears(gateway, List.of(ME), ME, 0);
        gateway.beat = new GroupMessage.Heartbeat(
                GATEWAY,
                StreamId.of("news"),
                0,
                List.of(new GroupMessage.Claim(0, 1, edge)),
                oldest,
                edge,
                List.of(),
                Message.UNKNOWN,
                0,
                1_000,
                2,
                0,
                Message.UNKNOWN,
                List.of(ME));
        assertThat(claims.claimed(GATEWAY, 0, 1, edge, 0)).isFalse();
        service.begins(0, edge);
        service.tick(claims, subStream -> edge, edge, 0);
    }

    @Test
    void leavesToTheGroupWhatItsGatewayHolds() {
        beats(0, 0);
        beats(40, 100);
        assertThat(service.mayAsk(claims, 40, 0)).isFalse();
        assertThat(service.mayAsk(claims, 96, 0)).isFalse();
    }

    @Test
    void asksOverLinksForWhatTheGatewayHoldsNoMore() {
        beats(0, 0);
        beats(40, 100);
        assertThat(service.mayAsk(claims, 36, 0)).isTrue();
    }

    @Test
    void asksOverLinksForWhatIsOlderThanTheGatewaysBeginning() {
        beats(0, 20);
        assertThat(service.mayAsk(claims, 16, 0)).isTrue();
        assertThat(service.mayAsk(claims, 20, 0)).isFalse();
    }
}
