package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Operators;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.context.Context;

/**
 * Random histories of a hub against what must hold in each of them, whatever happens: arrivals, requests, cancels,
 * attaches, detaches, failures, ends, epochs, and the passing of time. A failure names its seed.
 */
class HubPropertyTest {
    private static final int PREFETCH = 4;
    private static final int STEPS = 400;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void keepsItsPromisesInRandomHistories(long block) {
        for (long seed = block * 1_000; seed < block * 1_000 + 250; seed++) {
            try {
                new History(seed).run();
            } catch (Throwable broken) {
                throw new AssertionError("seed " + seed, broken);
            }
        }
    }

    /** An element; its id tells apart two with one number. */
    record Item(int id, long epoch, long sequence, int size) {}

    /** One random history. */
    static final class History {
        final Random random;
        final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        final boolean lossless;
        final long patienceMs;
        final long maxBytes;
        final int slots;
        final StreamHub<Item> hub;
        final Map<Integer, Item> sent = new HashMap<>();
        final Map<Integer, Long> sentAtMs = new HashMap<>();
        final Set<Integer> discarded = new HashSet<>();
        final Set<Integer> dropped = new HashSet<>();
        final Set<Integer> delivered = new HashSet<>();
        final List<ScriptedUpstream> upstreams = new ArrayList<>();
        final List<CheckedReader> readers = new ArrayList<>();

        @Nullable
        Throwable broken;

        int names;
        long epoch = 1;
        long center;

        History(long seed) {
            random = new Random(seed);
            lossless = random.nextInt(3) == 0;
            patienceMs = 10L + random.nextInt(100);
            slots = 4 << random.nextInt(4);
            maxBytes = random.nextBoolean() ? Long.MAX_VALUE : 60L + random.nextInt(100);
            MergeSpec<Item> spec = MergeSpec.of(Numbering.of(Item::sequence)
                            .inEpochs(Item::epoch)
                            .sized(Item::size)
                            .startingAt(i -> i.sequence % 5 == 0))
                    .window(slots)
                    .taking(PREFETCH, 64)
                    .startingAt(
                            random.nextBoolean()
                                    ? StartPolicy.at(0)
                                    : StartPolicy.lowestWithin(Duration.ofMillis(20), 2))
                    .timedBy(clock);
            spec = lossless ? spec : spec.holePatience(Duration.ofMillis(patienceMs));
            spec = maxBytes == Long.MAX_VALUE ? spec : spec.windowBytes(maxBytes, 20);
            spec = random.nextInt(4) == 0 ? spec.keeping(Duration.ofMillis(50)) : spec;
            Context context = Operators.enableOnDiscard(Context.empty(), item -> discard((Item) item))
                    .put("reactor.onNextDropped.local", (java.util.function.Consumer<Object>)
                            item -> dropped.add(((Item) item).id));
            hub = StreamHub.create(spec, context);
        }

        long nowMs() {
            return clock.now(TimeUnit.MILLISECONDS);
        }

        void discard(Item item) {
            if (!discarded.add(item.id) || delivered.contains(item.id)) {
                broken = new AssertionError(
                        "discarded after it was discarded or delivered: " + item); // a hook may not throw
            }
        }

        void run() {
            for (int step = 0; step < STEPS && !hub.isDisposed(); step++) {
                act();
                check();
            }
            hub.dispose();
            for (Item item : sent.values()) {
                int fates = (delivered.contains(item.id) ? 1 : 0)
                        + (discarded.contains(item.id) ? 1 : 0)
                        + (dropped.contains(item.id) ? 1 : 0);
                assertThat(fates).as("fates of %s", item).isEqualTo(1);
            }
            assertThat(readers).allMatch(reader -> reader.over);
            assertThat(hub.upstreams()).isEmpty();
            assertThat(hub.loop().readers.present()).isEmpty();
        }

        void act() {
            switch (random.nextInt(24)) {
                case 0 -> attach();
                case 1 -> {
                    if (readers.size() < 6) {
                        readers.add(new CheckedReader(this));
                    }
                }
                case 2, 3, 4, 5 -> request();
                case 6 -> clock.advanceTimeBy(Duration.ofMillis(random.nextInt(40)));
                case 7 -> {
                    if (random.nextInt(6) == 0) {
                        leave();
                    }
                }
                case 8 -> {
                    if (random.nextInt(20) == 0) {
                        epoch++;
                        center = 0;
                    }
                }
                default -> arrive();
            }
        }

        void attach() {
            upstreams.removeIf(u -> u.over);
            if (upstreams.size() < 4) {
                ScriptedUpstream added = new ScriptedUpstream(this, "u" + names++, random.nextInt(3));
                upstreams.add(added);
                added.attach();
            }
        }

        void request() {
            if (!readers.isEmpty()) {
                CheckedReader reader = readers.get(random.nextInt(readers.size()));
                if (random.nextInt(25) == 0) {
                    reader.cancel();
                } else {
                    long n = 1L + random.nextInt(20);
                    reader.demand += n;
                    reader.request(n);
                }
            }
        }

        void leave() {
            if (!upstreams.isEmpty()) {
                ScriptedUpstream leaving = upstreams.get(random.nextInt(upstreams.size()));
                switch (random.nextInt(3)) {
                    case 0 -> leaving.complete();
                    case 1 -> leaving.fail();
                    default -> leaving.detach();
                }
            }
        }

        void arrive() {
            if (upstreams.isEmpty()) {
                attach();
                return;
            }
            ScriptedUpstream from = upstreams.get(random.nextInt(upstreams.size()));
            StreamHub.View view = hub.view();
            long base = view == null || view.epoch() != epoch ? center : view.next();
            long offset = random.nextInt(slots * 2) - (long) slots / 2;
            long sequence = Math.max(
                    0,
                    base
                            + switch (random.nextInt(10)) {
                                case 0 -> offset;
                                case 1 -> random.nextInt(8) == 0 ? 1_000_000_000_000L : 1;
                                case 2, 3 -> 0;
                                default -> random.nextInt(4);
                            });
            from.send(random.nextInt(15) == 0 ? epoch - 1 : epoch, sequence);
        }

        Item item(long epoch, long sequence) {
            Item item = new Item(sent.size(), epoch, sequence, 1 + random.nextInt(20));
            sent.put(item.id, item);
            sentAtMs.put(item.id, nowMs());
            return item;
        }

        void deliver(Item item) {
            assertThat(discarded).as("discarded and delivered: %s", item).doesNotContain(item.id);
            delivered.add(item.id);
        }

        void check() {
            if (broken != null) {
                throw new AssertionError(broken);
            }
            upstreams.forEach(ScriptedUpstream::check);
            StreamHub.View view = hub.view();
            if (view != null && maxBytes != Long.MAX_VALUE) {
                assertThat(view.bytes()).isLessThanOrEqualTo(maxBytes);
            }
            for (CheckedReader reader : readers) {
                reader.checkLiveness(view);
            }
        }

        /** The least time for which a hole can have been known. */
        long firstAboveMs(long epoch, long sequence) {
            return sent.values().stream()
                    .filter(i -> i.epoch == epoch && i.sequence > sequence)
                    .mapToLong(i -> sentAtMs.get(i.id))
                    .min()
                    .orElse(Long.MAX_VALUE);
        }
    }
}
