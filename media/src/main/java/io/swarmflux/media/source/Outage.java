package io.swarmflux.media.source;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * The breaks of one input: says when to try again, and tells what happens. A break is told with its reason; the same reason over and over ever
 * more seldom, until bytes have come again, which is told too.
 *
 * <p>The first attempt is made after {@value #FIRST_MILLIS} ms, each further one after twice as long, up to 10 s, and from the beginning
 * once the input has held for 10 s.
 */
final class Outage {
    private static final long FIRST_MILLIS = 200;
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final long NEVER = Long.MIN_VALUE;

    private final String name;
    private final Consumer<String> notices;
    private final Scheduler timer;

    private int failures;
    private @Nullable String told;
    private long sameReason;
    private long brokeNs = NEVER;
    private long cameNs = NEVER;

    Outage(String name, Consumer<String> notices, Scheduler timer) {
        this.name = name;
        this.notices = notices;
        this.timer = timer;
    }

    /** Begins again after such failures, for ever, and passes all others on. */
    Retry retry(Predicate<Throwable> which) {
        return Retry.from(signals -> signals.concatMap(signal -> {
            Throwable failure = Exceptions.unwrap(signal.failure());
            return failure instanceof Exception && which.test(failure)
                    ? Mono.delay(broke(reason(failure), nowNs()), timer)
                    : Mono.error(failure);
        }));
    }

    /** Sees that bytes come. */
    Flux<ByteBuffer> watch(Flux<ByteBuffer> bytes) {
        return bytes.doOnNext(buffer -> came(nowNs()));
    }

    /** Tells something else about the input. */
    void tell(String text) {
        notices.accept(name + ": " + text);
    }

    /** It broke off; answers how long to wait. */
    synchronized Duration broke(String reason, long atNs) {
        if (cameNs != NEVER && atNs - cameNs >= LONGEST.toNanos()) {
            failures = 0;
        }
        cameNs = NEVER;
        if (brokeNs == NEVER) {
            brokeNs = atNs;
        }
        long millis = Math.min(LONGEST.toMillis(), FIRST_MILLIS << Math.min(failures, 16));
        failures++;
        sameReason = reason.equals(told) ? sameReason + 1 : 1;
        told = reason;
        if ((sameReason & (sameReason - 1)) == 0) {
            String times = sameReason > 1 ? " (" + sameReason + " times by now)" : "";
            tell(reason + times + "; trying again in " + seconds(millis));
        }
        return Duration.ofMillis(millis);
    }

    private synchronized void came(long atNs) {
        if (cameNs != NEVER) {
            return;
        }
        cameNs = atNs;
        if (brokeNs != NEVER) {
            if ((sameReason & (sameReason - 1)) == 0) {
                tell("is back after " + seconds(TimeUnit.NANOSECONDS.toMillis(atNs - brokeNs)));
            }
            brokeNs = NEVER;
        }
    }

    private long nowNs() {
        return timer.now(TimeUnit.NANOSECONDS);
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
    }

    private static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
