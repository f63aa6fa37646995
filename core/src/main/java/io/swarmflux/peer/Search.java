package io.swarmflux.peer;

import io.swarmflux.directory.Directories;
import io.swarmflux.directory.DirectoryEvent;
import io.swarmflux.directory.DirectoryException;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.swarm.PassiveView;
import io.swarmflux.swarm.Prospect;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * What directories say of a stream's peers, for the {@link PassiveView}. A directory is asked for a few of them; when it knows no more than
 * that it is watched, so that the peers of a small swarm learn of each other at once. In a large one it is asked again now and
 * then, because everybody watching everybody costs the square of their number. Inside the strand.
 */
final class Search {
    private static final int ASKED = 64;
    private static final int MOST_WATCHED = 256;
    private static final long SHORT_NS = Duration.ofSeconds(2).toNanos();
    private static final long FAILED_NS = Duration.ofMillis(500).toNanos();
    private static final long AGAIN_NS = Duration.ofSeconds(30).toNanos();

    private final Self self;
    private final Directories directories;
    private final PassiveView view;
    private final Troubles troubles;
    private final Runnable onNews;
    private final Set<String> watched = new HashSet<>();
    private boolean asking;
    private boolean stopped;
    private long againAtNs = Long.MIN_VALUE;
    private @Nullable Disposable watch;

    /** Nothing was asked; {@code onNews} is told when somebody may have been named who was not known. */
    Search(Self self, Directories directories, PassiveView view, Troubles troubles, Runnable onNews) {
        this.self = self;
        this.directories = directories;
        this.view = view;
        this.troubles = troubles;
        this.onNews = onNews;
    }

    /** Asks when that is due: soon again while upstreams are missing and nobody is left to dial. */
    void tick(boolean missing, long nowNs) {
        if (stopped || asking || nowNs < againAtNs) {
            return;
        }
        asking = true;
        long everyNs = missing && !knowsAll() ? SHORT_NS : AGAIN_NS;
        againAtNs = nowNs + (long) (everyNs * (0.75 + self.random().nextDouble() / 2));
        directories
                .find(self.stream(), ASKED)
                .subscribe(
                        peers -> self.strand().execute(() -> answered(peers)),
                        failure -> self.strand().execute(() -> failed(failure)),
                        () -> self.strand().execute(() -> asking = false));
    }

    /** Upstreams are missing: what was to be asked some time is asked soon. */
    void hurry(long nowNs) {
        if (!knowsAll()) {
            againAtNs = Math.min(againAtNs, nowNs + SHORT_NS);
        }
    }

    /** Whether whoever comes is told at once, and nobody was told who is not kept in mind. */
    private boolean knowsAll() {
        return watch != null && watched.size() <= view.all().size() + 1; // it may be among them itself
    }

    private void answered(List<PeerRecord> peers) {
        asking = false;
        if (stopped) {
            return;
        }
        directories.failing().forEach(why -> troubles.failed(why.directory(), why));
        peers.forEach(this::heard);
        onNews.run();
        if (peers.size() < ASKED && watch == null) {
            // one change at a time: who is flooded with them gets one snapshot instead
            watch = directories
                    .watch(self.stream())
                    .concatMap(
                            event -> Mono.<Void>create(done -> self.strand().execute(() -> {
                                told(event);
                                done.success();
                            })),
                            1)
                    .subscribe(nothing -> {}, failure -> self.strand().execute(() -> failed(failure)));
        }
    }

    private void failed(Throwable failure) {
        asking = false;
        againAtNs = self.nowNs() + FAILED_NS; // each directory has its own back-off
        directories.failing().forEach(why -> troubles.failed(why.directory(), why));
        if (!(failure instanceof DirectoryException)) {
            troubles.failed(directories.name(), failure);
        }
    }

    private void told(DirectoryEvent event) {
        if (stopped || watch == null) {
            return;
        }
        if (event instanceof DirectoryEvent.Snapshot all) {
            if (all.peers().size() > MOST_WATCHED) {
                endWatch(); // so many at once would push out everybody that is known
                return;
            }
            all.peers().forEach(this::heard);
            watched.clear();
            all.peers().forEach(one -> watched.add(one.name()));
            view.onlyThese(watched);
        } else if (event instanceof DirectoryEvent.Joined joined) {
            heard(joined.peer());
            watched.add(joined.peer().name());
        } else if (event instanceof DirectoryEvent.Updated updated) {
            heard(updated.peer());
        } else if (event instanceof DirectoryEvent.Left left) {
            watched.remove(left.name());
            view.left(left.name());
        } else if (event instanceof DirectoryEvent.Broken broken) {
            troubles.failed(broken.why().directory(), broken.why());
        }
        if (watched.size() > MOST_WATCHED) {
            endWatch();
        }
        onNews.run();
    }

    private void heard(PeerRecord peer) {
        if (peer.stream().equals(self.stream()) && !peer.name().equals(self.name())) {
            view.heard(
                    new Prospect(
                            peer.name(),
                            peer.incarnation(),
                            peer.addresses(),
                            peer.freePlaces(),
                            peer.uploadBitsPerSecond(),
                            peer.island(),
                            -1),
                    PassiveView.Source.DIRECTORY);
        }
    }

    private void endWatch() {
        watched.clear();
        Disposable present = watch;
        watch = null;
        if (present != null) {
            present.dispose();
        }
    }

    void stop() {
        stopped = true;
        endWatch();
    }
}
