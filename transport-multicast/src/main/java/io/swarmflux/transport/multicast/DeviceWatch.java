package io.swarmflux.transport.multicast;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * Looks each second whether an interface is what it was. Nobody tells a socket that its interface has gone: it stays open and is deaf for
 * good, also when another interface of the same name comes.
 */
final class DeviceWatch {
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final NetworkInterface device;
    private final InetAddress own;

    DeviceWatch(NetworkInterface device, InetAddress own) {
        this.device = device;
        this.own = own;
    }

    /** Tells once what is wrong, in words, unless it is disposed before; on a thread that may block. */
    Disposable tell(Consumer<String> trouble) {
        return Flux.interval(EVERY, Schedulers.boundedElastic())
                .onBackpressureDrop()
                .map(tick -> trouble())
                .filter(what -> !what.isEmpty())
                .next()
                .subscribe(trouble);
    }

    /** What is wrong; empty for nothing. Asks the system. */
    String trouble() {
        String name = "interface " + device.getName();
        try {
            NetworkInterface now = NetworkInterface.getByName(device.getName());
            if (now == null) {
                return name + " has gone or has no address";
            }
            if (now.getIndex() != device.getIndex()) {
                return name + " is another one than before";
            }
            if (!now.isUp()) {
                return name + " is down";
            }
            return now.inetAddresses().anyMatch(own::equals)
                    ? ""
                    : name + " is not " + own.getHostAddress() + " any more";
        } catch (SocketException e) {
            return name + ": " + e.getMessage();
        }
    }
}
