package io.swarmflux.samples.watch;

import io.swarmflux.media.http.HttpOutput;
import io.swarmflux.media.http.HttpPlayer;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.samples.run.Log;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Where {@code --play http:} listens.
 *
 * @param host a name or an address of this host
 * @param port 0 for a free one
 */
public record Watch(String host, int port) {
    private static final String KIND = "http:";
    private static final int MAX_PORT = 65_535;

    /**
     * Whether a player is one of these.
     *
     * @param player as it was typed
     * @return true for {@code http} and what begins with {@code http:}
     */
    public static boolean is(String player) {
        return player.equals("http") || player.startsWith(KIND);
    }

    /**
     * Reads {@code http:PORT} and {@code http:HOST:PORT}. Without a host only this one is let in.
     *
     * @param player as it was typed
     * @return where to listen
     * @throws IllegalArgumentException when it is neither; the message says what was expected
     */
    public static Watch parse(String player) {
        String at = player.startsWith(KIND) ? player.substring(KIND.length()) : "";
        int colon = at.lastIndexOf(':');
        String host = colon < 0 ? "127.0.0.1" : at.substring(0, colon).replaceAll("[\\[\\]]", "");
        String port = at.substring(colon + 1);
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > MAX_PORT || host.isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + player + "' is no place to watch; give http:PORT for this machine only,"
                            + " or http:HOST:PORT, for example http:8080 or http:0.0.0.0:8080");
        }
        return new Watch(host, Integer.parseInt(port));
    }

    /**
     * Listens, and says where.
     *
     * @param peer has been started
     * @return the player; fails when it cannot listen
     */
    public Mono<HttpPlayer> on(RunningPeer peer) {
        return Mono.defer(() -> {
            AtomicReference<@Nullable HttpPlayer> player = new AtomicReference<>();
            PeerState state = PeerState.of(peer, () -> {
                HttpPlayer listening = player.get();
                return listening == null ? Played.NOTHING : listening.soFar();
            });
            return HttpOutput.of(peer.stream().name(), peer::signals)
                    .headers(peer::headers)
                    .state(Flux.defer(state::lines))
                    .listen(host, port)
                    .doOnNext(listening -> {
                        player.set(listening);
                        Log.info(peer.name(), "watch " + peer.stream() + " on " + listening.address());
                    });
        });
    }
}
