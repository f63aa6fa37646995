package io.swarmflux.link;

import io.swarmflux.contract.TransportContract;

class LoopbackTransportTest extends TransportContract {
    @Override
    protected Transport transport() {
        return LoopbackTransport.create();
    }

    @Override
    protected String freeAddress() {
        return "loop:0";
    }
}
