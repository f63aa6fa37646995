package io.swarmflux.flux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A reader in the front row asks for more while its demand is used up, so that it has to leave the row, or just need not. */
@JCStressTest
@Outcome(id = "3, 0", expect = Expect.ACCEPTABLE, desc = "no wake-up is lost")
@State
public class RowAndRequestStressTest {
    private final StressReader reader = new StressReader();
    private final StreamHub<Long> hub = reader.hub();
    private final Intake<Long> a = hub.intake("a");

    public RowAndRequestStressTest() {
        hub.flux(StressReader.waiting()).subscribe(reader);
        reader.request(2);
        a.offer(0L); // now it sits
    }

    @Actor
    public void first() {
        a.offer(1L);
        a.offer(2L);
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
