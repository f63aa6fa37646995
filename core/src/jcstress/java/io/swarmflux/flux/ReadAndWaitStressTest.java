package io.swarmflux.flux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A reader lets go of the window while an upstream finds it full. */
@JCStressTest
@Outcome(id = "6, 0", expect = Expect.ACCEPTABLE, desc = "everything comes through")
@State
public class ReadAndWaitStressTest {
    private final StressReader reader = new StressReader();
    private final StreamHub<Long> hub = reader.hub();
    private final Subscribed<Long> a = hub.subscriber("a", true);

    public ReadAndWaitStressTest() {
        hub.flux(StressReader.waiting()).subscribe(reader);
        a.onSubscribe(reactor.core.publisher.Operators.emptySubscription());
        for (long n = 0; n < 4; n++) {
            a.onNext(n);
        }
    }

    @Actor
    public void first() {
        a.onNext(4L);
        a.onNext(5L);
    }

    @Actor
    public void second() {
        reader.request(Long.MAX_VALUE);
    }

    @Arbiter
    public void look(II_Result result) {
        result.r1 = reader.given();
        result.r2 = reader.discarded.get();
    }
}
