package io.swarmflux.samples.command;

import io.swarmflux.link.Transport;
import io.swarmflux.transport.tcp.TcpTls;
import io.swarmflux.transport.tcp.TcpTransport;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The transport of the command line. */
final class Links {
    private Links() {}

    /** TCP, or TLS when one of the files is given. */
    static Transport over(@Nullable Path certificate, @Nullable Path key, @Nullable Path authority) {
        TcpTls tls = TcpTls.create();
        if (certificate != null && key != null) {
            tls = tls.identity(certificate, key);
        }
        if (authority != null) {
            tls = tls.authority(authority);
        }
        return certificate == null && authority == null
                ? TcpTransport.create()
                : TcpTransport.create().tls(tls);
    }
}
