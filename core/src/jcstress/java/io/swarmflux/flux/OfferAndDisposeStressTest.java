package io.swarmflux.flux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** An element comes while the hub is disposed. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "given")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "discarded")
@State
public class OfferAndDisposeStressTest {
    private final StressReader reader = new StressReader();
    private final StreamHub<Long> hub = reader.hub();
    private final Intake<Long> a = hub.intake("a");

    public OfferAndDisposeStressTest() {
        hub.flux(StressReader.waiting()).subscribe(reader);
        reader.request(Long.MAX_VALUE);
    }

    @Actor
    public void first() {
        a.offer(0L);
    }

    @Actor
    public void second() {
        hub.dispose();
    }

    @Arbiter
    public void look(II_Result result) {
        result.r1 = reader.given();
        result.r2 = reader.discarded.get();
    }
}
