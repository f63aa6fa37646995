package io.swarmflux.flux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A reader joins while elements come. */
@JCStressTest
@Outcome(id = "3, 0", expect = Expect.ACCEPTABLE, desc = "from the first on")
@Outcome(id = "2, 0", expect = Expect.ACCEPTABLE, desc = "from the second on")
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "from the third on")
@State
public class JoinAndOfferStressTest {
    private final StressReader reader = new StressReader();
    private final StreamHub<Long> hub = reader.hub();
    private final Intake<Long> a = hub.intake("a");

    public JoinAndOfferStressTest() {}

    @Actor
    public void first() {
        a.offer(0L);
        a.offer(1L);
    }

    @Actor
    public void second() {
        hub.flux().subscribe(reader);
        reader.request(Long.MAX_VALUE);
    }

    @Arbiter
    public void look(II_Result result) {
        a.offer(2L);
        result.r1 = reader.given();
        result.r2 = 0;
    }
}
