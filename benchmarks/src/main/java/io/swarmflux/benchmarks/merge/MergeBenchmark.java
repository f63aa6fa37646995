package io.swarmflux.benchmarks.merge;

import io.swarmflux.benchmarks.Element;
import io.swarmflux.benchmarks.Lane;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * Three upstreams of one stream, merged. An operation is one element that an upstream brings; the benchmark fails when not every
 * sequence came out exactly once.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class MergeBenchmark {
    static final int ELEMENTS = 300_000;
    private static final int LANES = 3;

    /** Who merges. */
    @Param({"SWARMFLUX", "MERGE_MAP", "MERGE_FILTER", "MERGE_COMPARING"})
    public Merger merger = Merger.SWARMFLUX;

    private Element[] elements = {};

    /** Makes the elements. */
    @Setup
    public void prepare() {
        elements = Element.many(ELEMENTS / LANES);
    }

    /**
     * One thread, each upstream brings everything.
     *
     * @return how many came out
     */
    @Benchmark
    @OperationsPerInvocation(ELEMENTS)
    public long duplicates() {
        Out out = new Out();
        List<Lane> lanes = lanes(out);
        for (Element element : elements) {
            for (Lane lane : lanes) {
                lane.push(element);
            }
        }
        return out.all(lanes, elements.length);
    }

    /**
     * One thread, each upstream brings every third element.
     *
     * @return how many came out
     */
    @Benchmark
    @OperationsPerInvocation(ELEMENTS / LANES)
    public long striped() {
        Out out = new Out();
        List<Lane> lanes = lanes(out);
        for (int i = 0; i < elements.length; i++) {
            lanes.get(i % LANES).push(elements[i]);
        }
        return out.all(lanes, elements.length);
    }

    /**
     * A thread for each upstream, each brings everything.
     *
     * @return how many came out
     * @throws InterruptedException when it is stopped
     */
    @Benchmark
    @OperationsPerInvocation(ELEMENTS)
    public long duplicatesOnThreads() throws InterruptedException {
        return onThreads(1, 0);
    }

    /**
     * A thread for each upstream, each brings every third element.
     *
     * @return how many came out
     * @throws InterruptedException when it is stopped
     */
    @Benchmark
    @OperationsPerInvocation(ELEMENTS / LANES)
    public long stripedOnThreads() throws InterruptedException {
        return onThreads(LANES, 1);
    }

    private long onThreads(int step, int offset) throws InterruptedException {
        Out out = new Out();
        List<Lane> lanes = lanes(out);
        CountDownLatch over = new CountDownLatch(LANES);
        for (int i = 0; i < LANES; i++) {
            int first = i * offset;
            Lane lane = lanes.get(i);
            new Thread(() -> {
                        for (int at = first; at < elements.length; at += step) {
                            lane.pushWhenReady(elements[at]);
                        }
                        lane.complete();
                        over.countDown();
                    })
                    .start();
        }
        over.await();
        return out.check(elements.length);
    }

    private List<Lane> lanes(Out out) {
        List<Lane> lanes = Stream.generate(Lane::new).limit(LANES).toList();
        out.merged = merger.merge(lanes, out::accept);
        return lanes;
    }

    /** Where everything comes out, one thread at a time. */
    private static final class Out {
        private Disposable merged = Disposables.disposed();
        private long count;
        private long sum;

        void accept(Element element) {
            count++;
            sum += element.sequence();
        }

        long all(List<Lane> lanes, int expected) {
            lanes.forEach(Lane::complete);
            return check(expected);
        }

        long check(int expected) {
            merged.dispose();
            if (count != expected || sum != expected * (expected - 1L) / 2) {
                throw new IllegalStateException(count + " elements came out of " + expected);
            }
            return count;
        }
    }
}
