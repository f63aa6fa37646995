package io.swarmflux.link;

import io.swarmflux.contract.TransportContract;
import reactor.core.scheduler.Schedulers;

class ImpairedTransportTest extends TransportContract {
    @Override
    protected Transport transport() {
        return ImpairedTransport.of(LoopbackTransport.create(), Schedulers.parallel(), 1);
    }

    @Override
    protected String freeAddress() {
        return "loop:0";
    }
}
