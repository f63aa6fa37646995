package io.swarmflux.directory.http;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import reactor.netty.http.server.HttpServerRequest;

/** Counts connections by address, and closes those that are too many or say nothing that is a request. */
final class Connections {
    private static final AttributeKey<Future<?>> FIRST = AttributeKey.valueOf("swarmflux.directory.first-request");
    private static final int FIRST_SECONDS = 10;

    private final Addresses addresses;
    private final ServerMeters meters;

    Connections(Addresses addresses, ServerMeters meters) {
        this.addresses = addresses;
        this.meters = meters;
    }

    void opened(Channel channel) {
        String key = Addresses.key(channel.remoteAddress());
        boolean taken;
        try {
            taken = addresses.connect(key, System.nanoTime());
        } catch (Refusal full) {
            meters.refused(full.error());
            Closing.of(channel);
            return;
        }
        if (!taken) {
            meters.refused("too-many-connections");
            Closing.of(channel);
            return;
        }
        Future<Void> unused = channel.closeFuture().addListener(closed -> addresses.disconnect(key));
        // whoever sends its first request byte by byte
        channel.attr(FIRST)
                .set(channel.eventLoop()
                        .schedule(
                                () -> {
                                    meters.refused("slow-request");
                                    Closing.of(channel);
                                },
                                FIRST_SECONDS,
                                TimeUnit.SECONDS));
    }

    void served(HttpServerRequest request) {
        request.withConnection(connection -> {
            Future<?> first = connection.channel().attr(FIRST).get();
            if (first != null) {
                first.cancel(false);
            }
        });
    }
}
