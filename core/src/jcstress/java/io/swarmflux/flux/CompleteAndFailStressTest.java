package io.swarmflux.flux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** One source completes while the other fails. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the reader ends once")
@State
public class CompleteAndFailStressTest {
    private final StressReader reader = new StressReader();
    private final StreamHub<Long> hub = reader.hub();
    private final Subscribed<Long> a = hub.subscriber("a", false);
    private final Subscribed<Long> b = hub.subscriber("b", false);

    public CompleteAndFailStressTest() {
        hub.flux(StressReader.waiting()).subscribe(reader);
        a.onSubscribe(reactor.core.publisher.Operators.emptySubscription());
        b.onSubscribe(reactor.core.publisher.Operators.emptySubscription());
        hub.loop().execute(() -> hub.loop().upstreams.expect(2));
    }

    @Actor
    public void first() {
        a.onComplete();
    }

    @Actor
    public void second() {
        b.onError(new IllegalStateException("failed on purpose"));
    }

    @Arbiter
    public void look(II_Result result) {
        result.r1 = reader.terminals.get();
        result.r2 = reader.elements.get();
    }
}
