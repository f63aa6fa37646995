package io.swarmflux.peer;

import io.swarmflux.directory.Announcement;
import io.swarmflux.directory.Directories;
import io.swarmflux.directory.LeaseEvent;
import io.swarmflux.directory.PeerRecord;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * A peer's leases in its directories, from the moment it has the stream until it leaves. Who has no address where others can dial it
 * is not announced. What is announced is made inside the strand and read by the directories at each renewal.
 */
final class Announcing {
    private static final Duration REFUSED_AGAIN = Duration.ofSeconds(30);
    private static final Duration LEAVES = Duration.ofSeconds(3);
    private static final long LOOK_NS = Duration.ofMillis(250).toNanos();
    private static final int MOST_ADDRESSES = PeerRecord.MAX_ADDRESSES;

    private final Self self;
    private final Links links;
    private final Upload upload;
    private final Directories directories;
    private final Troubles troubles;
    private final Supplier<@Nullable String> island;
    private final long incarnation;
    private final Sinks.Empty<Void> leaving = Sinks.empty();
    private final Sinks.Empty<Void> withdrawn = Sinks.empty();
    private volatile @Nullable PeerRecord record;
    private boolean begun;
    private boolean ended;
    private long lookedAtNs;

    Announcing(
            Self self,
            Links links,
            Upload upload,
            Directories directories,
            Troubles troubles,
            Supplier<@Nullable String> island) {
        this.island = island;
        this.self = self;
        this.links = links;
        this.upload = upload;
        this.directories = directories;
        this.troubles = troubles;
        this.incarnation = Math.max(0, Math.min(PeerRecord.MAX_INCARNATION, self.dateMs()));
    }

    /** Refuses a name that no directory takes, before anything is started. */
    static void check(Self.Plan plan, String name) {
        PeerRecord unused = PeerRecord.of(plan.stream(), name, 0, "somewhere");
    }

    /** Looks what has changed; announces from when {@code hasStream} is true for the first time. Who is {@code stranded} has nothing to give. */
    void tick(boolean hasStream, boolean stranded, long nowNs) {
        if (ended || (begun && nowNs - lookedAtNs < LOOK_NS) || !(begun || hasStream)) {
            return;
        }
        lookedAtNs = nowNs;
        List<String> addresses = addresses();
        if (addresses.isEmpty()) {
            return;
        }
        long limit = self.options().serving().uploadBitsPerSecond();
        record = PeerRecord.of(self.stream(), self.name(), incarnation, addresses.toArray(String[]::new))
                .withFreePlaces(stranded ? 0 : freePlaces())
                .withIsland(island.get())
                .withUpload(limit == 0 ? PeerRecord.UNKNOWN : limit);
        if (!begun) {
            begun = true;
            announce();
        }
    }

    private List<String> addresses() {
        String advertised = self.options().advertised();
        if (advertised != null) {
            return List.of(advertised);
        }
        return links.addresses().stream()
                .flatMap(one -> self.transport().dialable(one).stream())
                .limit(MOST_ADDRESSES)
                .toList();
    }

    private int freePlaces() {
        long downstreams = links.downstreams().count();
        long places = Math.max(0, self.options().serving().maxDownstreams() - downstreams);
        return (int) Math.min(places, upload.spare());
    }

    private void announce() {
        Random jitter = new Random(self.random().nextLong());
        Announcement announcement = Announcement.of(this::now)
                .on(self.scheduler())
                .jitter(jitter::nextDouble)
                .until(leaving.asMono());
        directories
                .announce(announcement)
                .doOnNext(event -> self.strand().execute(() -> heard(event)))
                .doOnError(failure -> self.strand().execute(() -> troubles.failed(directories.name(), failure)))
                // what does not help now may later: somebody else of this name has left, the clock was put right
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, REFUSED_AGAIN).scheduler(self.scheduler()))
                .takeUntilOther(leaving.asMono().then(Mono.delay(LEAVES, self.scheduler())))
                .subscribe(event -> {}, failure -> withdrawn.tryEmitEmpty(), () -> withdrawn.tryEmitEmpty());
    }

    private PeerRecord now() {
        PeerRecord present = record;
        if (present == null) {
            throw new IllegalStateException("nothing is announced yet");
        }
        return present;
    }

    private void heard(LeaseEvent event) {
        if (event instanceof LeaseEvent.Failing failing) {
            troubles.failed(failing.directory(), failing.why());
        } else if (event instanceof LeaseEvent.Refused refused) {
            troubles.failed(refused.directory(), refused.why());
        } else if (troubles.works(event.directory())) {
            self.tell(() -> new PeerEvent.Announced(event.directory(), now().addresses()));
        }
    }

    /** Withdraws everywhere. */
    void end() {
        ended = true;
        Sinks.EmitResult unused = leaving.tryEmitEmpty();
    }

    /** Completes when every directory knows that it is gone, or was given the time to. */
    Mono<Void> withdrawn() {
        return begun ? withdrawn.asMono() : Mono.empty();
    }
}
