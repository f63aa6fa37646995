package io.swarmflux.flux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two upstreams bring one number. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "one is given, one discarded")
@State
public class SameSequenceStressTest {
    private final StressReader reader = new StressReader();
    private final StreamHub<Long> hub = reader.hub();
    private final Intake<Long> a = hub.intake("a");
    private final Intake<Long> b = hub.intake("b");

    public SameSequenceStressTest() {
        hub.flux(StressReader.waiting()).subscribe(reader);
        reader.request(Long.MAX_VALUE);
    }

    @Actor
    public void first() {
        a.offer(0L);
    }

    @Actor
    public void second() {
        b.offer(0L);
    }

    @Arbiter
    public void look(II_Result result) {
        result.r1 = reader.given();
        result.r2 = reader.discarded.get();
    }
}
