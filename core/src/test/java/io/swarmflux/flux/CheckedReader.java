package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** A reader in a random history that checks everything it is given. */
final class CheckedReader extends BaseSubscriber<Object> {
    private final HubPropertyTest.History history;
    private final boolean waits;
    private final boolean arrivals;
    private final boolean signals;
    private final ReaderSpec spec;
    private final long joinedEpoch;
    private final long joinedFrontier;
    private final long patienceMs;
    private final Set<Integer> seen = new HashSet<>();
    boolean over;
    long demand;
    private long epoch = -1;
    private long next = -1;

    CheckedReader(HubPropertyTest.History history) {
        this.history = history;
        int kind = history.random.nextInt(3);
        arrivals = kind == 0;
        signals = kind == 1;
        waits = history.lossless && history.random.nextInt(3) > 0;
        LagPolicy lag = history.random.nextInt(5) == 0 ? LagPolicy.fail() : LagPolicy.skip();
        lag = history.random.nextInt(3) == 0 ? lag.limit(4).grace(Duration.ofMillis(history.random.nextInt(30))) : lag;
        Join join =
                switch (history.random.nextInt(4)) {
                    case 0 -> Join.oldest();
                    case 1 -> Join.randomAccess();
                    case 2 -> Join.from(history.random.nextInt(20));
                    default -> Join.liveEdge();
                };
        ReaderSpec joining = ReaderSpec.defaults()
                .joinAt(join)
                .onLag(waits ? LagPolicy.waiting().grace(Duration.ofMillis(200)) : lag);
        boolean own = history.random.nextInt(3) == 0;
        patienceMs = own ? history.random.nextInt(150) : history.patienceMs;
        spec = own ? joining.holePatience(Duration.ofMillis(patienceMs)) : joining;
        StreamHub.View view = history.hub.view();
        joinedEpoch = view == null ? -1 : view.epoch();
        joinedFrontier = view == null ? -1 : view.next();
        if (arrivals) {
            history.hub.arrivals(spec).subscribe(this);
        } else if (signals) {
            history.hub.signals(spec).subscribe(this);
        } else {
            history.hub.flux(spec).subscribe(this);
        }
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        // asks when the history says so
    }

    @Override
    protected void hookOnNext(Object signal) {
        assertThat(over).isFalse();
        assertThat(--demand).as("demand").isNotNegative();
        if (signal instanceof HubPropertyTest.Item item) {
            take(item);
        } else if (signal instanceof StreamSignal.Element<?> element) {
            take((HubPropertyTest.Item) element.value());
        } else if (signal instanceof StreamSignal.Missing<?> missing) {
            pass(missing.gap());
        }
        if (history.random.nextInt(50) == 0) {
            demand++;
            request(1); // from inside
        } else if (history.random.nextInt(200) == 0) {
            over = true;
            cancel();
        }
    }

    private void take(HubPropertyTest.Item item) {
        history.deliver(item);
        assertThat(seen.add(item.id())).as("given twice: %s", item).isTrue();
        if (arrivals) {
            assertThat(item.epoch()).isGreaterThanOrEqualTo(epoch);
            epoch = item.epoch();
            return;
        }
        moveTo(item.epoch(), item.sequence());
        next = item.sequence() + 1;
    }

    private void moveTo(long toEpoch, long sequence) {
        if (toEpoch != epoch) {
            assertThat(toEpoch).isGreaterThan(epoch);
            epoch = toEpoch;
        } else if (signals) {
            assertThat(sequence).as("contiguous").isEqualTo(next);
        } else {
            assertThat(sequence).as("rising").isGreaterThanOrEqualTo(next);
        }
    }

    private void pass(Gap gap) {
        moveTo(gap.epoch(), gap.from());
        next = gap.until();
        if (gap.reason() == Gap.Reason.LAG) {
            return; // also what a reader that waits is told that joined at what was gone
        }
        for (long s = gap.from(); s < Math.min(gap.until(), gap.from() + 64); s++) {
            if (gap.reason() != Gap.Reason.EPOCH) {
                assertThat(history.hub.peek(gap.epoch(), s)).as("%s", gap).isNull();
            }
        }
        boolean known = gap.epoch() == joinedEpoch && gap.from() < joinedFrontier; // passed for everyone before it came
        if (gap.reason() == Gap.Reason.TIMEOUT && !known) {
            assertThat(history.lossless)
                    .as("a lossless hub never gives up by time")
                    .isFalse();
            assertThat(history.nowMs() - history.firstAboveMs(gap.epoch(), gap.from()))
                    .as("patience of %s", gap)
                    .isGreaterThanOrEqualTo(patienceMs);
        }
    }

    /** What may be read is read as long as there is demand. Only who is told of gaps shows where it is. */
    void checkLiveness(StreamHub.@Nullable View view) {
        if (over || !signals || demand == 0 || view == null || view.epoch() != epoch || next < 0) {
            return;
        }
        if (next < view.next()) {
            assertThat(history.hub.peek(epoch, next))
                    .as("unread by %s with demand %d; %s", spec, demand, view)
                    .isNull();
        }
    }

    @Override
    protected void hookFinally(reactor.core.publisher.SignalType type) {
        over = true;
    }

    @Override
    protected void hookOnError(Throwable failure) {
        if (!(failure instanceof LaggedException)) {
            history.broken = failure; // an assertion in here would otherwise be dropped
        }
    }
}
