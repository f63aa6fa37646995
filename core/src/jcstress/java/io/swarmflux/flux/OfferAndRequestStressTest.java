package io.swarmflux.flux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** An element comes while it is asked for. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "no wake-up is lost")
@State
public class OfferAndRequestStressTest {
    private final StressReader reader = new StressReader();
    private final StreamHub<Long> hub = reader.hub();
    private final Intake<Long> a = hub.intake("a");

    public OfferAndRequestStressTest() {
        hub.flux(StressReader.waiting()).subscribe(reader);
    }

    @Actor
    public void first() {
        a.offer(0L);
    }

    @Actor
    public void second() {
        reader.request(1);
    }

    @Arbiter
    public void look(II_Result result) {
        result.r1 = reader.given();
        result.r2 = reader.discarded.get();
    }
}
