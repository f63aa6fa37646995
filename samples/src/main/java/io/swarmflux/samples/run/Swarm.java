package io.swarmflux.samples.run;

import io.swarmflux.media.player.Player;
import io.swarmflux.peer.RunningPeer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Seeders and peers in this process, started together and run to their end. */
public final class Swarm {
    private final List<Member> members;
    private final Map<String, Life> lives = new ConcurrentHashMap<>();

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
                .collectList()
                .doOnError(e -> leave())
                .flatMap(begun -> Flux.mergeSequential(begun).collectList())
                .map(this::byName);
    }

    /** A member lives from its own start on, while the others are still being started. */
    private Mono<Outcome> begin(Member member, RunningPeer peer) {
        Life life = new Life(peer, member.players());
        lives.put(member.name(), life);
        Mono<Outcome> end = life.toTheEnd().cache();
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
