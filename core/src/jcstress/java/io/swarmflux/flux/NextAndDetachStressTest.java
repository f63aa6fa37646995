package io.swarmflux.flux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** An element comes while its upstream is detached. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "given")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "discarded")
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "dropped")
@State
public class NextAndDetachStressTest {
    private final StressReader reader = new StressReader();
    private final StreamHub<Long> hub = reader.hub();
    private final Subscribed<Long> a = hub.subscriber("a", false);

    public NextAndDetachStressTest() {
        hub.flux(StressReader.waiting()).subscribe(reader);
        reader.request(Long.MAX_VALUE);
        a.onSubscribe(reactor.core.publisher.Operators.emptySubscription());
    }

    @Actor
    public void first() {
        a.onNext(0L);
    }

    @Actor
    public void second() {
        a.dispose();
    }

    @Arbiter
    public void look(II_Result result) {
        hub.dispose();
        result.r1 = reader.given();
        result.r2 = reader.discarded.get();
    }
}
