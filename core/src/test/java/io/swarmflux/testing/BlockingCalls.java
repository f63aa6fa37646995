package io.swarmflux.testing;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;

/** BlockHound, and the blocking calls it has seen on threads that must not block. */
final class BlockingCalls {
    private static final ConcurrentLinkedQueue<String> SEEN = new ConcurrentLinkedQueue<>();

    private BlockingCalls() {}

    /** Where Reactor's threads keep what is planned. A cancelled task is taken out under a lock that is held for an instant. */
    private static final String TIMERS = ScheduledThreadPoolExecutor.class.getName() + "$DelayedWorkQueue";

    /**
     * Starts watching, once per JVM; with the integrations that Reactor and Netty bring for their own threads. Reactor's
     * allows those threads to wait for the lock of their timers when something is planned, but not when it is cancelled. An
     * error thrown there would leave a dead waiter in the lock's queue, and the thread behind it would never wake again.
     */
    static void install() {
        BlockHound.install(builder -> builder.allowBlockingCallsInside("java.util.logging.Logger", "log")
                .allowBlockingCallsInside(TIMERS, "remove")
                .blockingMethodCallback(method -> {
                    BlockingOperationError error = new BlockingOperationError(method);
                    SEEN.add(stackOf(error));
                    throw error;
                }));
    }

    /**
     * The calls seen since the last time, which are forgotten.
     *
     * @return one stack trace for each
     */
    static List<String> take() {
        List<String> taken = new ArrayList<>();
        for (String call = SEEN.poll(); call != null; call = SEEN.poll()) {
            taken.add(call);
        }
        return taken;
    }

    private static String stackOf(Throwable error) {
        StringWriter text = new StringWriter();
        text.append("On ").append(Thread.currentThread().getName()).append(": ");
        error.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
