package io.swarmflux.transport.tcp;

import io.swarmflux.contract.TransportContract;
import io.swarmflux.link.Transport;

class TcpTransportTest extends TransportContract {
    @Override
    protected Transport transport() {
        return TcpTransport.create();
    }

    @Override
    protected String freeAddress() {
        return "127.0.0.1:0";
    }
}
