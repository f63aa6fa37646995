package io.swarmflux.peer;

import io.swarmflux.link.Link;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;

/** A member's way into its group, which is joined again as often as it is lost. Inside the strand, but for frames. */
final class IslandJoin {
    private static final Logger log = Loggers.getLogger(RunningPeer.class);
    private static final long REJOIN_NS = Duration.ofSeconds(1).toNanos();

    private final Self self;
    private final Island island;
    private final Consumer<ByteBuffer> onFrame;
    private final Consumer<Link> onJoined;
    private final Runnable onLost;
    private @Nullable Link link;
    private boolean closed;

    IslandJoin(Self self, Island island, Consumer<ByteBuffer> onFrame, Consumer<Link> onJoined, Runnable onLost) {
        this.self = self;
        this.island = island;
        this.onFrame = onFrame;
        this.onJoined = onJoined;
        this.onLost = onLost;
    }

    /** Joins the group; fails as the transport does. */
    Mono<Void> join() {
        return island.transport()
                .dial(island.group())
                .doOnNext(joined -> self.strand().execute(() -> joined(joined)))
                .then();
    }

    private void joined(Link opened) {
        if (closed) {
            opened.dispose();
            return;
        }
        link = opened;
        onJoined.accept(opened);
        opened.receive().subscribe(onFrame, failure -> lost(opened, failure), () -> lost(opened, null));
    }

    /** The group cannot be heard any more: joins it again until that succeeds. */
    private void lost(Link which, @Nullable Throwable failure) {
        self.strand().execute(() -> {
            if (link != which || closed) {
                return;
            }
            log.warn(
                    "peer {}, group {}: {}; joins it again",
                    self.name(),
                    island.group(),
                    failure == null ? "it was closed" : failure.getMessage());
            link = null;
            onLost.run();
            later();
        });
    }

    private void later() {
        self.scheduler().schedule(this::rejoin, REJOIN_NS, TimeUnit.NANOSECONDS);
    }

    private void rejoin() {
        join().subscribe(nothing -> {}, failure -> self.strand().execute(() -> {
            if (!closed) {
                later();
            }
        }));
    }

    /** The link to the group; null while it is not joined. */
    @Nullable
    Link link() {
        return link;
    }

    Mono<Void> close() {
        closed = true;
        Link present = link;
        return present == null ? Mono.empty() : present.close();
    }
}
