package io.swarmflux.benchmarks.hub;

import io.swarmflux.benchmarks.Element;
import io.swarmflux.benchmarks.Lane;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;

/**
 * One stream for many readers, on one thread. An operation is one delivery; the benchmark fails when a reader did not get every
 * element.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class HubBenchmark {
    private static final int DELIVERIES = 1 << 20;

    /** Who shares. */
    @Param({"SWARMFLUX", "PUBLISH", "BEST_EFFORT", "SINK_BUFFER"})
    public Sharing sharing = Sharing.SWARMFLUX;

    /** With how many. */
    @Param({"1", "8", "64", "512"})
    public int readers = 1;

    /** How much a reader asks for at once; 0 for everything. */
    @Param({"64", "0"})
    public int demand;

    private Element[] elements = {};

    /** Makes the elements. */
    @Setup
    public void prepare() {
        elements = Element.many(DELIVERIES / readers);
    }

    /**
     * Everybody gets everything.
     *
     * @return how many deliveries
     */
    @Benchmark
    @OperationsPerInvocation(DELIVERIES)
    public long deliveries() {
        Lane source = new Lane();
        List<Counting> all =
                Stream.generate(() -> new Counting(demand)).limit(readers).toList();
        Disposable shared = sharing.share(source, all);
        for (Element element : elements) {
            source.pushWhenReady(element);
        }
        source.complete();
        shared.dispose();
        long count = 0;
        for (Counting one : all) {
            count += one.count;
        }
        if (count != (long) elements.length * readers) {
            throw new IllegalStateException(count + " deliveries of " + (long) elements.length * readers);
        }
        return count;
    }

    /** A reader that asks for some, and for as many again before they are used up. */
    private static final class Counting extends BaseSubscriber<Element> {
        private final int demand;
        private int used;
        private long count;

        Counting(int demand) {
            this.demand = demand;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(demand == 0 ? Long.MAX_VALUE : demand);
        }

        @Override
        protected void hookOnNext(Element element) {
            count++;
            if (demand != 0 && ++used == demand * 3 / 4) {
                used = 0;
                request(demand * 3L / 4);
            }
        }
    }
}
