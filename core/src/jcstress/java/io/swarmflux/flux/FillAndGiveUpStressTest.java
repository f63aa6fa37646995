package io.swarmflux.flux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The missing element comes while its upstream says that it never will. */
@JCStressTest
@Outcome(id = "2, 0", expect = Expect.ACCEPTABLE, desc = "it came first")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the gap was told first")
@State
public class FillAndGiveUpStressTest {
    private final StressReader reader = new StressReader();
    private final StreamHub<Long> hub = reader.hub();
    private final Intake<Long> a = hub.intake("a");

    public FillAndGiveUpStressTest() {
        hub.signals(ReaderSpec.defaults()).subscribe(reader);
        reader.request(Long.MAX_VALUE);
        a.offer(1L);
    }

    @Actor
    public void first() {
        a.offer(0L);
    }

    @Actor
    public void second() {
        a.gone(0, 0, 1);
    }

    @Arbiter
    public void look(II_Result result) {
        result.r1 = reader.given();
        result.r2 = reader.gaps.get();
    }
}
