package io.swarmflux.benchmarks.merge;

import io.swarmflux.benchmarks.Element;
import io.swarmflux.benchmarks.Lane;
import io.swarmflux.flux.MergeSpec;
import io.swarmflux.flux.Numbering;
import io.swarmflux.flux.SequencedFlux;
import io.swarmflux.flux.StartPolicy;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;

/** The ways to make one stream of several: ours, and what a user of Reactor would write instead. */
public enum Merger {
    /** {@code SequencedFlux.merge}: in order, once, with a bounded window. */
    SWARMFLUX {
        @Override
        Disposable merge(List<Lane> lanes, Consumer<Element> out) {
            MergeSpec<Element> spec = MergeSpec.of(Numbering.<Element>of(Element::sequence))
                    .startingAt(StartPolicy.at(0))
                    .window(WINDOW);
            return SequencedFlux.merge(spec, lanes).subscribe(out);
        }
    },
    /** {@code Flux.merge}, and a map of what came early: in order, once, without a bound. */
    MERGE_MAP {
        @Override
        Disposable merge(List<Lane> lanes, Consumer<Element> out) {
            Map<Long, Element> early = new HashMap<>();
            long[] next = {0};
            return Flux.merge(lanes).subscribe(element -> {
                if (element.sequence() < next[0]) {
                    return;
                }
                early.put(element.sequence(), element);
                for (Element due = early.remove(next[0]); due != null; due = early.remove(next[0])) {
                    next[0]++;
                    out.accept(due);
                }
            });
        }
    },
    /** {@code Flux.merge}, and a filter that knows what came lately: once, but not in order. */
    MERGE_FILTER {
        @Override
        Disposable merge(List<Lane> lanes, Consumer<Element> out) {
            Seen seen = new Seen();
            return Flux.merge(lanes).filter(seen::first).subscribe(out);
        }
    },
    /** {@code Flux.mergeComparing}, which waits for everybody, and a filter for what came twice: in order, once. */
    MERGE_COMPARING {
        @Override
        Disposable merge(List<Lane> lanes, Consumer<Element> out) {
            long[] last = {-1};
            return Flux.mergeComparing(32, Comparator.naturalOrder(), publishers(lanes))
                    .filter(element -> {
                        boolean first = element.sequence() > last[0];
                        last[0] = element.sequence();
                        return first;
                    })
                    .subscribe(out);
        }
    },
    /** A ring that all lanes write to: the limit. For one thread; without a bound, so that what is a lap ahead is lost. */
    PLAIN_RING {
        @Override
        Disposable merge(List<Lane> lanes, Consumer<Element> out) {
            @Nullable Element[] ring = new Element[WINDOW];
            long[] next = {0};
            Consumer<Element> take = element -> {
                if (element.sequence() < next[0]) {
                    return;
                }
                ring[(int) element.sequence() & (WINDOW - 1)] = element;
                for (Element due = ring[(int) next[0] & (WINDOW - 1)];
                        due != null && due.sequence() == next[0];
                        due = ring[(int) next[0] & (WINDOW - 1)]) {
                    next[0]++;
                    out.accept(due);
                }
            };
            Disposable.Composite all = Disposables.composite();
            lanes.forEach(lane -> all.add(Flux.from(lane).subscribe(take)));
            return all;
        }

        @Override
        public boolean isForThreads() {
            return false;
        }
    };

    static final int WINDOW = 256;

    /**
     * Whether each lane may have a thread of its own.
     *
     * @return false when it has no place where threads meet
     */
    public boolean isForThreads() {
        return true;
    }

    /** Subscribes to the lanes; {@code out} gets the elements on the threads that push. */
    abstract Disposable merge(List<Lane> lanes, Consumer<Element> out);

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static Publisher<Element>[] publishers(List<Lane> lanes) {
        return lanes.toArray(Publisher[]::new);
    }

    /** Which of the last elements came, in a ring of bits. */
    private static final class Seen {
        private static final int MASK = 4 * WINDOW - 1;

        private final BitSet bits = new BitSet(4 * WINDOW);
        private long edge;

        boolean first(Element element) {
            long sequence = element.sequence();
            for (; edge <= sequence; edge++) {
                bits.clear((int) edge & MASK);
            }
            boolean first = !bits.get((int) sequence & MASK);
            bits.set((int) sequence & MASK);
            return first;
        }
    }
}
