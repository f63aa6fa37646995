package io.swarmflux.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.contract.TransportContract;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

class LoopbackTransportTest extends TransportContract {
    @Override
    protected Transport transport() {
        return LoopbackTransport.create();
    }

    @Override
    protected String freeAddress() {
        return "loop:0";
    }

    @Test
    void overwritesAViewThatIsKept() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        LoopbackTransport network = LoopbackTransport.create(time, 100);
        List<ByteBuffer> kept = new ArrayList<>();
        network.listen("loop:a", link -> link.receive().subscribe(kept::add)).subscribe();
        network.named("loop:b").dial("loop:a").subscribe(link -> link.send(ByteBuffer.allocate(1)));

        assertThat(kept).singleElement().satisfies(view -> assertThat(view.get(0))
                .isEqualTo((byte) 0xDD));
    }

    @Test
    void showsTheNameOfWhoDialled() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        LoopbackTransport network = LoopbackTransport.create(time, 100);
        List<String> remotes = new ArrayList<>();
        network.listen("loop:a", link -> remotes.add(link.remote())).subscribe();
        network.named("loop:b").dial("loop:a").subscribe(link -> remotes.add(link.remote()));

        assertThat(remotes).containsExactly("loop:b", "loop:a");
    }
}
