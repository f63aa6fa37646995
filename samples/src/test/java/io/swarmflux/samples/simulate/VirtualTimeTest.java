package io.swarmflux.samples.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

class VirtualTimeTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> ran = new ArrayList<>();

    private Disposable after(long ms, String name) {
        return time.schedule(() -> ran.add(time.now(TimeUnit.MILLISECONDS) + ":" + name), ms, TimeUnit.MILLISECONDS);
    }

    private void run(long untilMs) {
        time.runUntil(TimeUnit.MILLISECONDS.toNanos(untilMs));
    }

    @Test
    void runsByTimeAndAtOneTimeInTheOrderOfScheduling() {
        after(20, "c");
        after(10, "a");
        after(10, "b");
        after(0, "now");
        time.schedule(() -> after(10, "d"));
        run(15);
        assertThat(ran).containsExactly("0:now", "10:a", "10:b", "10:d");
        assertThat(time.now(TimeUnit.MILLISECONDS)).isEqualTo(15);

        run(20);
        assertThat(ran).endsWith("20:c");
    }

    @Test
    void runsWhatIsForThePresentBehindWhatWasScheduledForItBefore() {
        time.schedule(
                () -> {
                    ran.add("first");
                    time.schedule(() -> ran.add("third"));
                },
                5,
                TimeUnit.MILLISECONDS);
        time.schedule(() -> ran.add("second"), 5, TimeUnit.MILLISECONDS);
        run(5);

        assertThat(ran).containsExactly("first", "second", "third");
    }

    @Test
    void leavesOutWhatWasDisposedOf() {
        after(10, "a");
        Disposable b = after(10, "b");
        b.dispose();
        Scheduler.Worker worker = time.createWorker();
        worker.schedule(() -> ran.add("w"), 10, TimeUnit.MILLISECONDS);
        worker.dispose();
        run(100);

        assertThat(ran).containsExactly("10:a");
        assertThat(b.isDisposed()).isTrue();
        assertThatThrownBy(() -> worker.schedule(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void repeatsUntilDisposedOf() {
        Disposable[] periodic = new Disposable[1];
        periodic[0] = time.schedulePeriodically(
                () -> {
                    ran.add(Long.toString(time.now(TimeUnit.MILLISECONDS)));
                    if (ran.size() == 3) {
                        periodic[0].dispose();
                    }
                },
                5,
                10,
                TimeUnit.MILLISECONDS);
        run(100);

        assertThat(ran).containsExactly("5", "15", "25");
    }

    @Test
    void belongsToOneThread() throws InterruptedException {
        List<Throwable> refused = new ArrayList<>();
        Thread other = new Thread(() -> {
            try {
                time.schedule(() -> {});
            } catch (IllegalStateException e) {
                refused.add(e);
            }
        });
        other.start();
        other.join();

        assertThat(refused).hasSize(1);
    }

    @Test
    void takesNothingAfterItsEnd() {
        after(10, "a");
        time.dispose();
        run(100);

        assertThat(ran).isEmpty();
        assertThatThrownBy(() -> after(10, "b")).isInstanceOf(RejectedExecutionException.class);
    }

    /** Against a list that is sorted anew for each task. */
    @Test
    void agreesWithANaiveClock() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        record Planned(long atMs, int number) {}
        List<Planned> planned = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            int number = i;
            long ms = random.nextInt(200);
            Disposable task = time.schedule(() -> order.add(number), ms, TimeUnit.MILLISECONDS);
            if (random.nextInt(4) == 0) {
                task.dispose();
            } else {
                planned.add(new Planned(ms, number));
            }
        }
        run(1_000);

        planned.sort(Comparator.comparingLong(Planned::atMs).thenComparingInt(Planned::number));
        assertThat(order)
                .as("seed %s", seed)
                .isEqualTo(planned.stream().map(Planned::number).toList());
    }
}
