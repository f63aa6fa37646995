package io.swarmflux.flux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** What one upstream brings first another repeats, which settles it by itself or in the loop: each is given once, and credit comes back. */
@JCStressTest
@Outcome(
        id = "2, 2, 1",
        expect = Expect.ACCEPTABLE,
        desc = "each once, the others discarded, and there is credit again")
@State
public class RepeatAndTakeStressTest {
    private final StressReader reader = new StressReader();
    private final StreamHub<Long> hub = reader.hub();
    private final Subscribed<Long> a = hub.subscriber("a", true);
    private final Subscribed<Long> b = hub.subscriber("b", true);
    private final Credit credit = new Credit();

    public RepeatAndTakeStressTest() {
        hub.flux(StressReader.waiting()).subscribe(reader);
        reader.request(Long.MAX_VALUE);
        a.onSubscribe(reactor.core.publisher.Operators.emptySubscription());
        b.onSubscribe(credit);
    }

    @Actor
    public void first() {
        for (long n = 0; n < 2; n++) {
            a.onNext(n);
        }
    }

    @Actor
    public void second() {
        for (long n = 0; n < 2; n++) {
            b.onNext(n);
        }
    }

    @Arbiter
    public void look(III_Result result) {
        result.r1 = reader.given();
        result.r2 = reader.discarded.get();
        result.r3 = credit.requested > 2 ? 1 : 0; // how much more depends on what waited when
    }

    private static final class Credit implements org.reactivestreams.Subscription {
        private long requested;

        @Override
        public void request(long n) {
            requested += n; // inside the loop only
        }

        @Override
        public void cancel() {
            // nothing to end
        }
    }
}
