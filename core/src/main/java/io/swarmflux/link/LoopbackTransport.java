package io.swarmflux.link;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Links inside one process, for tests and simulations. Addresses are any text, for example {@code loop:seed}; one that
 * ends in {@code :0} is replaced by a free one, and one that begins with {@code group:} is a {@link LoopbackGroup}, joined by dialling. Only those who share a network, made by {@link #create}, find each
 * other.
 *
 * <p>Each direction of a link delivers through the scheduler, one frame at a time, so virtual time works; the
 * scheduler must not run tasks inside the call that schedules them, as {@link Schedulers#immediate()} does. The view
 * that a receiver gets is overwritten when its {@code onNext} returns: who keeps it reads {@code 0xDD}.
 */
public final class LoopbackTransport implements Transport {
    /** The longest frame unless said otherwise: a chunk of 16 KiB and room for its prefix. */
    public static final int DEFAULT_MAX_FRAME_BYTES = 16_448;

    /** What fits into an Ethernet frame, less what a datagram needs itself. */
    private static final int GROUP_FRAME_BYTES = 1400;

    private final Network network;
    private final String name;

    private LoopbackTransport(Network network, String name) {
        this.network = network;
        this.name = name;
    }

    /**
     * A new network on the parallel scheduler.
     *
     * @return the transport, with nobody listening yet
     */
    public static LoopbackTransport create() {
        return create(Schedulers.parallel(), DEFAULT_MAX_FRAME_BYTES);
    }

    /**
     * A new network.
     *
     * @param scheduler delivers the frames, for example a virtual-time scheduler
     * @param maxFrameBytes the longest frame its links carry
     * @return the transport, with nobody listening yet
     */
    public static LoopbackTransport create(Scheduler scheduler, int maxFrameBytes) {
        if (scheduler == Schedulers.immediate()) {
            throw new IllegalArgumentException("scheduler must not be immediate(): frames would nest without end");
        }
        if (maxFrameBytes <= 0) {
            throw new IllegalArgumentException("maxFrameBytes must be positive, was " + maxFrameBytes);
        }
        return new LoopbackTransport(new Network(scheduler, maxFrameBytes), "loop:dialler");
    }

    /**
     * The same network, seen by somebody with a name: those whom it dials see that name as {@link Link#remote()}.
     *
     * @param name for example {@code loop:peer3}
     * @return a transport to the same network
     */
    public LoopbackTransport named(String name) {
        return new LoopbackTransport(network, name);
    }

    @Override
    public Kind kind(String remote) {
        return Kind.LOCAL;
    }

    /**
     * A group of this network, in which frames can be lost and delayed.
     *
     * @param address {@code group:} and any text
     * @return the group that {@link #dial} joins with that address
     * @throws IllegalArgumentException when the address does not begin with {@code group:}
     */
    public LoopbackGroup group(String address) {
        if (!isGroup(address)) {
            throw new IllegalArgumentException("a group's address begins with group:, was '" + address + "'");
        }
        return network.groups.computeIfAbsent(
                address, one -> new LoopbackGroup(one, network.scheduler, GROUP_FRAME_BYTES));
    }

    private static boolean isGroup(String address) {
        return address.startsWith("group:");
    }

    @Override
    public Mono<Link> dial(String address) {
        if (isGroup(address)) {
            return Mono.fromCallable(() -> group(address).join(name));
        }
        return Mono.create(sink -> {
            LoopbackListener listener = network.listeners.get(address);
            if (listener == null) {
                sink.error(new LinkException(address, "nobody listens there", null));
            } else {
                network.connect(sink, name, listener);
            }
        });
    }

    @Override
    public Mono<Listener> listen(String address, Consumer<? super Link> accept) {
        if (isGroup(address)) {
            return Mono.error(new LinkException(address, "a group is joined by dialling it", null));
        }
        return Mono.fromCallable(() -> {
            LoopbackListener listener = new LoopbackListener(network.listeners, network.free(address), accept);
            if (network.listeners.putIfAbsent(listener.address(), listener) != null) {
                throw new LinkException(
                        address, "address already in use; choose another, or one that ends in :0", null);
            }
            return listener;
        });
    }

    /** Who listens where. */
    private static final class Network {
        private final Map<String, LoopbackListener> listeners = new ConcurrentHashMap<>();
        private final Map<String, LoopbackGroup> groups = new ConcurrentHashMap<>();
        private final AtomicInteger lastFree = new AtomicInteger();
        private final Scheduler scheduler;
        private final int maxFrameBytes;

        Network(Scheduler scheduler, int maxFrameBytes) {
            this.scheduler = scheduler;
            this.maxFrameBytes = maxFrameBytes;
        }

        String free(String address) {
            if (!address.endsWith(":0")) {
                return address;
            }
            String prefix = address.substring(0, address.length() - 1);
            String found;
            do {
                found = prefix + lastFree.incrementAndGet();
            } while (listeners.containsKey(found));
            return found;
        }

        void connect(MonoSink<Link> dialler, String diallerName, LoopbackListener listener) {
            LoopbackLane there = new LoopbackLane(scheduler, maxFrameBytes);
            LoopbackLane back = new LoopbackLane(scheduler, maxFrameBytes);
            LoopbackLink dialled = new LoopbackLink(listener.address(), true, back, there);
            LoopbackLink accepted = new LoopbackLink(diallerName, false, there, back);
            there.leadsTo(accepted);
            back.leadsTo(dialled);
            dialler.onCancel(dialled);
            there.execute(() -> {
                if (!listener.accept(accepted)) {
                    accepted.dispose();
                    dialler.error(new LinkException(listener.address(), "refused: no longer listening", null));
                } else {
                    back.execute(() -> dialler.success(dialled));
                }
            });
        }
    }
}
