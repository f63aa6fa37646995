package io.swarmflux.flux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** An upstream is attached while the hub is disposed. */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "nothing stays attached")
@State
public class AttachAndDisposeStressTest {
    private final StressReader reader = new StressReader();
    private final StreamHub<Long> hub = reader.hub();

    public AttachAndDisposeStressTest() {}

    @Actor
    public void first() {
        try {
            hub.intake("late").offer(0L);
        } catch (IllegalStateException disposed) {
            return; // refused
        }
    }

    @Actor
    public void second() {
        hub.dispose();
    }

    @Arbiter
    public void look(II_Result result) {
        result.r1 = hub.upstreams().size();
        result.r2 = 0;
    }
}
