package io.swarmflux.samples.run;

import io.swarmflux.media.player.Player;
import io.swarmflux.peer.RunningPeer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Seeders and peers in this process, started together and run to their end. */
public final class Swarm {
    private final List<Member> members;
    private final Map<String, Life> lives = new ConcurrentHashMap<>();
    private final Map<String, Mono<Outcome>> ends = new ConcurrentHashMap<>();
    private final Set<String> running = ConcurrentHashMap.newKeySet();

    /**
     * One of them.
     *
     * @param name its name
     * @param stream the stream's name
     * @param seeder whether it generates the stream
     * @param start starts it
     * @param players play its stream
     */
    public record Member(
            String name, String stream, boolean seeder, Mono<RunningPeer> start, List<? extends Player> players) {}

    /**
     * Puts a swarm together.
     *
     * @param members in the order of every list here
     */
    public Swarm(List<Member> members) {
        this.members = List.copyOf(members);
    }

    /**
     * Starts everybody, in order, and waits until all have ended. When one cannot start, the others leave.
     *
     * @return emits the outcomes by name, in the members' order; fails when somebody could not start; one subscriber
     */
    public Mono<Map<String, Outcome>> run() {
        return Flux.fromIterable(members)
                .concatMap(member -> member.start().map(peer -> begin(member, peer)))
                .then()
                .doOnError(e -> leave())
                .then(Mono.defer(this::allEnded));
    }

    /** Who was started again meanwhile is waited for too. */
    private Mono<Map<String, Outcome>> allEnded() {
        Map<String, Mono<Outcome>> before = Map.copyOf(ends);
        return Flux.fromIterable(members)
                .concatMap(member -> Objects.requireNonNull(ends.get(member.name())))
                .collectList()
                .flatMap(outcomes -> before.equals(ends) ? Mono.just(byName(outcomes)) : allEnded());
    }

    /**
     * One of them leaves; the others go on.
     *
     * @param name its name
     */
    public void stop(String name) {
        Life life = lives.get(name);
        if (life != null) {
            life.leave();
        }
    }

    /**
     * One that has ended begins again.
     *
     * @param member of the same name, with players that have not played
     * @return completes when it has started; fails when it cannot
     */
    public Mono<Void> startAgain(Member member) {
        return member.start().doOnNext(peer -> begin(member, peer)).then();
    }

    /**
     * Whether one has started and not ended.
     *
     * @param name its name
     * @return false before and after
     */
    public boolean isRunning(String name) {
        return running.contains(name);
    }

    /** A member lives from its own start on, while the others are still being started. */
    private Mono<Outcome> begin(Member member, RunningPeer peer) {
        Life life = new Life(peer, member.players());
        lives.put(member.name(), life);
        running.add(member.name());
        Mono<Outcome> end = life.toTheEnd()
                .doFinally(signal -> running.remove(member.name()))
                .cache();
        ends.put(member.name(), end);
        end.subscribe(outcome -> {}, e -> Log.warn(member.name(), "ended badly: " + e));
        return end;
    }

    private Map<String, Outcome> byName(List<Outcome> outcomes) {
        Map<String, Outcome> byName = new LinkedHashMap<>();
        for (int i = 0; i < outcomes.size(); i++) {
            byName.put(members.get(i).name(), outcomes.get(i));
        }
        return byName;
    }

    /** Everybody leaves now; {@link #run} then emits. */
    public void leave() {
        lives.values().forEach(Life::leave);
    }

    /**
     * How everybody stands.
     *
     * @return one map by name for each subscription, in the members' order, without those that have not started
     */
    public Mono<Map<String, Outcome>> now() {
        List<Mono<Map.Entry<String, Outcome>>> looks = new ArrayList<>();
        for (Member member : members) {
            @Nullable Life life = lives.get(member.name());
            if (life != null) {
                looks.add(life.now().onErrorComplete().map(outcome -> Map.entry(member.name(), outcome)));
            }
        }
        return Flux.mergeSequential(looks).collectMap(Map.Entry::getKey, Map.Entry::getValue, LinkedHashMap::new);
    }
}
