package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** An upstream of a random history, that keeps to its credit and checks the hub's side of it. */
final class ScriptedUpstream extends Flux<HubPropertyTest.Item> implements Subscription {
    private static final int ORDERED = 0;
    private static final int PUSHED = 2;

    private final HubPropertyTest.History history;
    private final String name;
    private final int kind;
    boolean over;
    private long credit;
    private long lastEpoch = -1;
    private long last = -1;
    private @Nullable CoreSubscriber<? super HubPropertyTest.Item> hub;
    private @Nullable Intake<HubPropertyTest.Item> intake;
    private @Nullable Upstream handle;

    ScriptedUpstream(HubPropertyTest.History history, String name, int kind) {
        this.history = history;
        this.name = name;
        this.kind = kind;
    }

    void attach() {
        if (kind == PUSHED) {
            Intake<HubPropertyTest.Item> made = history.hub.intake(name);
            intake = made;
            handle = made;
        } else {
            handle = history.hub.attach(name, this, kind == ORDERED);
        }
    }

    @Override
    public void subscribe(CoreSubscriber<? super HubPropertyTest.Item> actual) {
        hub = actual;
        actual.onSubscribe(this);
    }

    @Override
    public void request(long n) {
        assertThat(n).isPositive();
        credit += n;
    }

    @Override
    public void cancel() {
        over = true;
    }

    void send(long epoch, long sequence) {
        if (over) {
            return;
        }
        if (intake != null) {
            if (history.random.nextInt(8) == 0) {
                intake.gone(epoch, sequence, sequence + 1 + history.random.nextInt(3));
            } else {
                intake.offer(history.item(epoch, sequence));
            }
            return;
        }
        long place = sequence;
        if (kind == ORDERED) {
            if (epoch < lastEpoch) {
                return;
            }
            place = epoch == lastEpoch && sequence <= last ? last + 1 : sequence;
        }
        if (credit == 0 || hub == null) {
            return;
        }
        lastEpoch = epoch;
        last = place;
        credit--;
        HubPropertyTest.Item item = history.item(epoch, place);
        if (history.random.nextBoolean() && hub instanceof Subscribed<? super HubPropertyTest.Item> conditional) {
            credit += conditional.tryOnNext(item) ? 0 : 1;
        } else {
            hub.onNext(item);
        }
    }

    void complete() {
        if (hub != null && !over) {
            over = true;
            hub.onComplete();
        }
    }

    void fail() {
        if (hub != null && !over) {
            over = true;
            hub.onError(new IllegalStateException("failed on purpose"));
        }
    }

    void detach() {
        if (handle != null) {
            over = true;
            handle.dispose();
        }
    }

    void check() {
        assertThat(credit).isBetween(0L, 4L);
    }
}
