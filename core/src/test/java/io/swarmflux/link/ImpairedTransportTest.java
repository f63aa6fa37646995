package io.swarmflux.link;

import io.swarmflux.contract.TransportContract;
import java.io.Closeable;
import reactor.core.scheduler.Schedulers;

class ImpairedTransportTest extends TransportContract {
    private final ImpairedTransport transport =
            ImpairedTransport.of(LoopbackTransport.create(), Schedulers.parallel(), 1);

    @Override
    protected Transport transport() {
        return transport;
    }

    @Override
    protected String freeAddress() {
        return "loop:0";
    }

    @Override
    protected Closeable dialDeaf(String address) {
        transport.dial(address).block();
        transport.cut();
        return transport::restore;
    }
}
