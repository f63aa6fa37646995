package io.swarmflux.flux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A reader in the front row cancels while an element comes the direct way: it is given or discarded, and the reader is gone. */
@JCStressTest
@Outcome(id = "2, 0", expect = Expect.ACCEPTABLE, desc = "given")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "discarded")
@State
public class RowAndCancelStressTest {
    private final StressReader reader = new StressReader();
    private final StreamHub<Long> hub = reader.hub();
    private final Intake<Long> a = hub.intake("a");

    public RowAndCancelStressTest() {
        hub.flux(StressReader.waiting()).subscribe(reader);
        reader.request(Long.MAX_VALUE);
        a.offer(0L); // now it sits
    }

    @Actor
    public void first() {
        a.offer(1L);
    }

    @Actor
    public void second() {
        reader.cancel();
    }

    @Arbiter
    public void look(II_Result result) {
        boolean gone = hub.readers().isEmpty();
        hub.dispose();
        result.r1 = reader.given() + (gone ? 0 : 1000);
        result.r2 = reader.discarded.get();
    }
}
