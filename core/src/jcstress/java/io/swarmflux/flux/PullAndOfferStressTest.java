package io.swarmflux.flux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Somebody who reads when asked to pulls while elements come the direct way and push out what was there before: each is pulled or
 * discarded, never both, and counts once.
 */
@JCStressTest
@Outcome(id = "6, 6, 0", expect = Expect.ACCEPTABLE, desc = "each pulled or discarded, counted alike, nothing twice")
@State
public class PullAndOfferStressTest {
    /** Two more than there are slots. */
    private static final int ALL = 6;

    private final StressReader discards = new StressReader();
    private final StreamHub<Long> hub = discards.hub();
    private final Subscribed<Long> upstream = hub.subscriber("a", true);
    private final ArrivalReader<Long> reader;
    private long last = -1;
    private int pulled;
    private int wrong;

    public PullAndOfferStressTest() {
        upstream.onSubscribe(reactor.core.publisher.Operators.emptySubscription());
        reader = hub.arrivalReader(0);
    }

    @Actor
    public void push() {
        for (long n = 0; n < ALL; n++) {
            upstream.onNext(n);
        }
    }

    @Actor
    public void pull() {
        for (int i = 0; i < 4; i++) {
            pullOne();
        }
    }

    private boolean pullOne() {
        Long next = reader.poll(sequence -> true, Long.MAX_VALUE, Long.MAX_VALUE);
        if (next == null) {
            return false;
        }
        if (next <= last) {
            wrong++;
        }
        last = next;
        pulled++;
        return true;
    }

    @Arbiter
    public void look(III_Result result) {
        while (pullOne()) {
            // what is left
        }
        result.r1 = pulled + discards.discarded.get();
        result.r2 = (int) (hub.delivered() + hub.unread());
        result.r3 = wrong;
    }
}
