package io.swarmflux.samples.island;

import io.swarmflux.link.Link;
import io.swarmflux.samples.island.ProbeMessage.Prober;
import io.swarmflux.topology.MulticastGroup;
import io.swarmflux.transport.multicast.MulticastLink;
import io.swarmflux.transport.multicast.MulticastTransport;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One run: sends numbered probes to a group, and listens on two sockets, one of which never sends. */
public final class Probe {
    /** The group unless said otherwise. */
    public static final String DEFAULT_GROUP = "239.83.88.1:5388";

    static final int PER_SECOND = 20;

    private static final int LONGEST_NAME = 64;
    /** For what is still on its way, once this prober's own probes are back. */
    private static final Duration GRACE = Duration.ofMillis(150);

    /** How often it is looked whether they are back, and how many times: what a busy machine needs three seconds for is not lost. */
    private static final Duration LOOK = Duration.ofMillis(50);

    private static final int LOOKS = 60;

    private final MulticastTransport transport;
    private final MulticastGroup group;

    /**
     * A run to come.
     *
     * @param transport how to join
     * @param group where, the interface named
     */
    public Probe(MulticastTransport transport, MulticastGroup group) {
        this.transport = transport;
        this.group = group;
    }

    /**
     * Probes.
     *
     * @param time for how long
     * @return emits what was found; fails when the group cannot be joined
     */
    public Mono<Findings> run(Duration time) {
        return Mono.usingWhen(
                transport.join(group.toString()),
                sender -> Mono.usingWhen(
                        transport.join(group.toString()), second -> run(sender, second, time), Probe::close),
                Probe::close);
    }

    private static Mono<Void> close(Link link) {
        link.dispose();
        return link.onClose();
    }

    private static Mono<Findings> run(MulticastLink sender, MulticastLink second, Duration time) {
        Prober own = own(sender);
        Ear ear = new Ear();
        Ear secondEar = new Ear();
        Mono<Void> hearing =
                Mono.when(sender.receive().doOnNext(ear::hear), second.receive().doOnNext(secondEar::hear));
        long probes = Math.max(1, time.toMillis() * PER_SECOND / 1_000);
        Mono<Void> sending = Flux.interval(Duration.ZERO, Duration.ofMillis(1_000 / PER_SECOND))
                .onBackpressureBuffer()
                .take(probes)
                .doOnNext(number -> {
                    ProbeMessage message = new ProbeMessage(own, number, ear.toTell(own));
                    boolean unused = sender.send(message.frame(sender.maxFrameBytes()));
                })
                .then(Flux.interval(LOOK)
                        .onBackpressureDrop()
                        .take(LOOKS)
                        .takeUntil(look -> secondEar.came(own) >= probes)
                        .then())
                .then(Mono.delay(GRACE))
                .then();
        return Mono.firstWithSignal(hearing, sending)
                .then(Mono.fromSupplier(() -> Findings.of(own, sender, ear, secondEar, probes)));
    }

    private static Prober own(MulticastLink link) {
        byte[] id = new byte[6];
        new SecureRandom().nextBytes(id);
        String address = link.networkInterface()
                .address()
                .map(InetAddress::getHostAddress)
                .orElse("");
        return new Prober(HexFormat.of().formatHex(id), hostName(), address);
    }

    private static String hostName() {
        String name = Optional.ofNullable(System.getenv("HOSTNAME")).orElseGet(() -> {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                return "unnamed";
            }
        });
        return name.substring(0, Math.min(name.length(), LONGEST_NAME));
    }
}
