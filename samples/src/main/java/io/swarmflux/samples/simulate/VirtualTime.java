package io.swarmflux.samples.simulate;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.scheduler.Scheduler;

/**
 * A clock that stands still while anything runs, and jumps to the next task when nothing does. The same tasks always run
 * in the same order: by time, and at the same time in the order in which they were scheduled.
 *
 * <p>Tasks wait in a heap of four children each; those for the present, which are many, in a plain queue beside it. A task that is disposed
 * stays there, empty, until its time. Everything happens on the one thread that made the clock.
 */
final class VirtualTime implements Scheduler {
    private static final int ARITY = 4;

    private final Thread thread = Thread.currentThread();
    private final ArrayDeque<Task> present = new ArrayDeque<>();
    private Task[] heap = new Task[1024];

    /** When each task of the heap is due: beside it, because to look at the tasks themselves is slow when there are many. */
    private long[] dueNs = new long[1024];

    private int size;
    private long nowNs;
    private long scheduled;
    private long done;
    private boolean disposed;

    /** How many tasks have run. */
    long done() {
        return done;
    }

    long nowNs() {
        return nowNs;
    }

    /** Runs everything up to a moment, that moment included; the clock stands there afterwards. */
    void runUntil(long endNs) {
        Task next = next(endNs);
        while (next != null) {
            run(next);
            next = next(endNs);
        }
        nowNs = Math.max(nowNs, endNs);
    }

    private void run(Task task) {
        Runnable what = task.what;
        if (what == null || (task.worker != null && task.worker.disposed)) {
            return;
        }
        nowNs = task.atNs;
        done++;
        if (task.periodNs < 0) {
            task.what = null;
            what.run();
        } else {
            what.run();
            if (task.what != null) {
                task.atNs += task.periodNs;
                task.number = scheduled++;
                push(task);
            }
        }
    }

    private @Nullable Task next(long endNs) {
        Task first = present.peek();
        Task later = size == 0 ? null : heap[0];
        if (later != null && (first == null || later.before(first))) {
            return later.atNs <= endNs ? pop() : null;
        }
        return first == null || first.atNs > endNs ? null : present.poll();
    }

    // ------------------------------------------------------------------ the heap

    private void push(Task task) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
            dueNs = Arrays.copyOf(dueNs, size * 2);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) / ARITY;
            if (dueNs[parent] < task.atNs || !task.before(heap[parent])) {
                break;
            }
            place(heap[parent], at);
            at = parent;
        }
        place(task, at);
    }

    private Task pop() {
        Task top = heap[0];
        Task last = heap[--size];
        int at = 0;
        for (int least = leastChild(0); least < size && heap[least].before(last); least = leastChild(at)) {
            place(heap[least], at);
            at = least;
        }
        place(last, at);
        clear(size);
        return top;
    }

    /** The child that is due first; beyond the heap when there is none. */
    private int leastChild(int parent) {
        int least = parent * ARITY + 1;
        int end = Math.min(least + ARITY, size);
        for (int child = least + 1; child < end; child++) {
            if (dueNs[child] < dueNs[least] || (dueNs[child] == dueNs[least] && heap[child].before(heap[least]))) {
                least = child;
            }
        }
        return least;
    }

    private void place(Task task, int at) {
        heap[at] = task;
        dueNs[at] = task.atNs;
    }

    @SuppressWarnings("NullAway") // beyond the size there is nothing
    private void clear(int index) {
        heap[index] = null;
    }

    // ------------------------------------------------------------------ Scheduler

    @Override
    public long now(TimeUnit unit) {
        return unit == TimeUnit.NANOSECONDS ? nowNs : unit.convert(nowNs, TimeUnit.NANOSECONDS);
    }

    @Override
    public Disposable schedule(Runnable task) {
        return add(task, 0, -1, null);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return add(task, unit.toNanos(delay), -1, null);
    }

    @Override
    public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
        return add(task, unit.toNanos(initialDelay), unit.toNanos(period), null);
    }

    private Task add(Runnable what, long delayNs, long periodNs, @Nullable OneWorker worker) {
        if (disposed || (worker != null && worker.disposed)) {
            throw Exceptions.failWithRejected();
        }
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException(
                    "virtual time belongs to " + thread + ", used by " + Thread.currentThread());
        }
        Task task = new Task(what, nowNs + Math.max(0, delayNs), scheduled++, periodNs, worker);
        if (delayNs <= 0) {
            present.add(task);
        } else {
            push(task);
        }
        return task;
    }

    @Override
    public Worker createWorker() {
        return new OneWorker();
    }

    @Override
    public void dispose() {
        disposed = true;
        present.clear();
        heap = new Task[1];
        dueNs = new long[1];
        size = 0;
    }

    @Override
    public boolean isDisposed() {
        return disposed;
    }

    private static final class Task implements Disposable {
        private final long periodNs;
        private final @Nullable OneWorker worker;
        private @Nullable Runnable what;
        private long atNs;
        private long number;

        Task(Runnable what, long atNs, long number, long periodNs, @Nullable OneWorker worker) {
            this.what = what;
            this.atNs = atNs;
            this.number = number;
            this.periodNs = periodNs;
            this.worker = worker;
        }

        boolean before(Task other) {
            return atNs < other.atNs || (atNs == other.atNs && number < other.number);
        }

        @Override
        public void dispose() {
            what = null;
        }

        @Override
        public boolean isDisposed() {
            return what == null;
        }
    }

    /** Some tasks that are disposed of together; all tasks run one after the other anyway. */
    private final class OneWorker implements Worker {
        private boolean disposed;

        @Override
        public Disposable schedule(Runnable task) {
            return add(task, 0, -1, this);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            return add(task, unit.toNanos(delay), -1, this);
        }

        @Override
        public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
            return add(task, unit.toNanos(initialDelay), unit.toNanos(period), this);
        }

        @Override
        public void dispose() {
            disposed = true;
        }

        @Override
        public boolean isDisposed() {
            return disposed;
        }
    }
}
