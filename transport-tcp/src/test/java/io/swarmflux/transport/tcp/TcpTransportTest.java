package io.swarmflux.transport.tcp;

import io.swarmflux.contract.TransportContract;
import io.swarmflux.link.Transport;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

class TcpTransportTest extends TransportContract {
    @Override
    protected Transport transport() {
        return TcpTransport.create();
    }

    @Override
    protected String freeAddress() {
        return "127.0.0.1:0";
    }

    @Override
    protected Closeable dialDeaf(String address) throws IOException {
        return new Socket(
                InetAddress.getLoopbackAddress(), HostPort.parse(address).port());
    }
}
