package io.swarmflux.flux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A reader reads while the window moves over it. */
@JCStressTest
@Outcome(id = "9, 0", expect = Expect.ACCEPTABLE, desc = "in order, each given or discarded, gaps told")
@State
public class OverrunStressTest {
    private final StressReader reader = new StressReader();
    private final StreamHub<Long> hub = reader.hub();
    private final Intake<Long> a = hub.intake("a");

    public OverrunStressTest() {
        hub.signals(ReaderSpec.defaults()).subscribe(reader);
        for (long n = 0; n < 4; n++) {
            a.offer(n);
        }
    }

    @Actor
    public void first() {
        for (long n = 4; n < 9; n++) {
            a.offer(n);
        }
    }

    @Actor
    public void second() {
        reader.request(Long.MAX_VALUE);
    }

    @Arbiter
    public void look(II_Result result) {
        hub.dispose();
        result.r1 = reader.given() + reader.discarded.get() == 9 ? 9 : 1000;
        result.r2 = reader.broken ? 1 : 0;
    }
}
