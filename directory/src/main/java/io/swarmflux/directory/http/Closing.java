package io.swarmflux.directory.http;

import io.netty.channel.Channel;
import java.util.concurrent.Future;

/** Closing a channel, whatever becomes of it. */
final class Closing {
    private Closing() {}

    static void of(Channel channel) {
        Future<Void> unused = channel.close();
    }
}
