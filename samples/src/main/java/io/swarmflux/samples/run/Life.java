package io.swarmflux.samples.run;

import io.swarmflux.flux.Join;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.media.player.PlayReport;
import io.swarmflux.media.player.Player;
import io.swarmflux.peer.PeerEvent;
import io.swarmflux.peer.PeerSnapshot;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.segment.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** A started seeder or peer with its players, from here to its end. */
public final class Life {
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private static final Duration GAPS_EVERY = Duration.ofSeconds(1);

    private final RunningPeer peer;

    /** Why the stream of a seeder ended before its time; what came until then is played. */
    private volatile @Nullable Throwable sourceFailure;

    private final List<Player> players;
    private final Sinks.Empty<Void> leaving = Sinks.empty();
    private final AtomicReference<@Nullable PeerSnapshot> lastLook = new AtomicReference<>();

    /**
     * Puts players on a peer.
     *
     * @param peer has been started
     * @param players play its stream, each at its own pace; none for a relay
     */
    public Life(RunningPeer peer, List<? extends Player> players) {
        this.peer = peer;
        this.players = List.copyOf(players);
    }

    /**
     * Plays, logs what happens, and waits for the end.
     *
     * @return emits the outcome once the peer has closed and every player is done; a player that fails makes the peer
     *     leave; never fails itself, unless the peer was never there; one subscriber
     */
    public Mono<Outcome> toTheEnd() {
        List<Mono<PlayReport>> plays = new ArrayList<>();
        for (int i = 0; i < players.size(); i++) {
            plays.add(players.get(i).play(signals(players.get(i), "player" + (i + 1))));
        }
        Mono<Void> played =
                Flux.merge(plays).then().onErrorResume(e -> peer.leave().then(Mono.error(e)));
        Mono<Outcome> ended =
                played.then(peer.onDone()).then(Mono.defer(() -> outcome(null))).onErrorResume(this::outcome);
        return Mono.using(this::watch, watching -> look().then(ended), Disposable::dispose);
    }

    /** Leaves now: says goodbye; {@link #toTheEnd} then emits. */
    public void leave() {
        Sinks.EmitResult unused = leaving.tryEmitEmpty();
        peer.leave().subscribe(done -> {}, e -> Log.warn(peer.name(), "could not say goodbye: " + e.getMessage()));
    }

    /**
     * How it stands.
     *
     * @return one outcome up to now for each subscription
     */
    public Mono<Outcome> now() {
        return look().map(snapshot -> outcome(snapshot, null, false));
    }

    private Flux<StreamSignal<Segment>> signals(Player player, String name) {
        ReaderSpec spec =
                ReaderSpec.defaults().named(name).joinAt(Join.oldest()).deliveringOn(Schedulers.boundedElastic());
        return peer.signals(player.reader(spec)).takeUntilOther(leaving.asMono().then(peer.onDone()));
    }

    private Disposable watch() {
        Disposable events = peer.events()
                .filter(event -> !(event instanceof PeerEvent.Passed))
                .subscribe(this::log, e -> Log.warn(peer.name(), "events ended: " + e));
        Disposable gaps = peer.events()
                .ofType(PeerEvent.Passed.class)
                .buffer(GAPS_EVERY)
                .subscribe(this::log, e -> Log.warn(peer.name(), "gaps ended: " + e));
        Disposable looks = Flux.interval(LOOK_EVERY)
                .onBackpressureDrop()
                .concatMap(tick -> look().onErrorComplete(), 1)
                .subscribe(snapshot -> {}, e -> Log.warn(peer.name(), "snapshots ended: " + e));
        return () -> {
            events.dispose();
            gaps.dispose();
            looks.dispose();
        };
    }

    private void log(PeerEvent event) {
        if (event instanceof PeerEvent.SourceFailed failed) {
            sourceFailure = new IllegalStateException(failed.text());
        }
        if (event instanceof PeerEvent.Unreachable
                || event instanceof PeerEvent.Refused
                || event instanceof PeerEvent.Conflict
                || event instanceof PeerEvent.TooSlow
                || event instanceof PeerEvent.SourceFailed) {
            Log.warn(peer.name(), event.text());
        } else {
            Log.info(peer.name(), event.text());
        }
    }

    /** One line a second, however many gaps a lossy link makes. */
    private void log(List<PeerEvent.Passed> gaps) {
        if (gaps.size() == 1) {
            Log.info(peer.name(), gaps.get(0).text());
        } else if (!gaps.isEmpty()) {
            long passed = gaps.stream().mapToLong(gap -> gap.gap().size()).sum();
            String last = gaps.get(gaps.size() - 1).text();
            Log.info(peer.name(), passed + " sequences passed in " + gaps.size() + " gaps; the last: " + last);
        }
    }

    private Mono<PeerSnapshot> look() {
        return peer.snapshot().doOnNext(lastLook::set);
    }

    /** A closed peer may not answer any more: then the last look counts. */
    private Mono<Outcome> outcome(@Nullable Throwable failure) {
        return look().timeout(Duration.ofSeconds(1))
                .onErrorResume(e -> Mono.justOrEmpty(lastLook.get()))
                .switchIfEmpty(Mono.fromSupplier(lastLook::get))
                .map(snapshot -> outcome(snapshot, failure, true));
    }

    private Outcome outcome(PeerSnapshot snapshot, @Nullable Throwable failure, boolean over) {
        return new Outcome(
                snapshot,
                players.stream().map(Player::soFar).toList(),
                failure == null ? sourceFailure : failure,
                over);
    }
}
