package io.swarmflux.flux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two requests at once. */
@JCStressTest
@Outcome(id = "3, 0", expect = Expect.ACCEPTABLE, desc = "they add up")
@State
public class TwoRequestsStressTest {
    private final StressReader reader = new StressReader();
    private final StreamHub<Long> hub = reader.hub();
    private final Intake<Long> a = hub.intake("a");

    public TwoRequestsStressTest() {
        hub.flux(StressReader.waiting()).subscribe(reader);
        for (long n = 0; n < 4; n++) {
            a.offer(n);
        }
    }

    @Actor
    public void first() {
        reader.request(1);
    }

    @Actor
    public void second() {
        reader.request(2);
    }

    @Arbiter
    public void look(II_Result result) {
        result.r1 = reader.given();
        result.r2 = reader.discarded.get();
    }
}
