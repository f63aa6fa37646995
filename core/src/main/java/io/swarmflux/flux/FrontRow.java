package io.swarmflux.flux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * The readers that have read everything and have asked for more: they stand at one place, so one cursor serves all of them,
 * and the drain loop gives them each element itself, one reader after the other, without an atomic operation for any. All
 * but laggards stand here. Inside the drain loop only, but where it says otherwise.
 *
 * <p><b>Who sits.</b> A reader without a scheduler, of the present window and the hub's own patience, whose next sequence is
 * where the row is, with demand. While it sits, the loop has the reader's counter: nobody else gives it anything. What it is
 * given is not counted one by one; it follows from where the row was when it sat down.
 *
 * <p><b>Demand.</b> Nobody is looked at before {@code until}, up to which everyone here has asked. There what is requested
 * is read anew, and who has no demand leaves. A reader adds to what is requested and then looks whether it sits; the loop
 * lets it stand up and then looks at what is requested once more. So one of them sees the other.
 *
 * <p><b>Leaving.</b> Without demand, cancelled, at a gap, at the end, and when the next epoch begins, a reader stands up: it
 * gets its cursor and counter back, and reads by itself until it has caught up.
 */
final class FrontRow<T> {
    private static final VarHandle AT = Handles.of(MethodHandles.lookup(), "at", long.class);
    private static final VarHandle DELIVERED = Handles.of(MethodHandles.lookup(), "delivered", long.class);

    private final Readers<T> readers;
    private final Runnable first = this::count;

    /** Who sits where, and beside it whom its elements are given to. */
    private @Nullable OrderedReader<T, ?>[] seats = seats();

    private @Nullable CoreSubscriber<? super T>[] subscribers = subscribers();
    private int size;

    /** How many of them hold the window. */
    private int holding;

    /** The next sequence of everyone here. */
    private volatile long at;

    /** Up to here everyone has asked. */
    private long until;

    /** Somebody here has cancelled. */
    private volatile boolean disturbed;

    private volatile long delivered;

    FrontRow(Readers<T> readers) {
        this.readers = readers;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static <T> @Nullable OrderedReader<T, ?>[] seats() {
        return new OrderedReader[8];
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static <T> @Nullable CoreSubscriber<? super T>[] subscribers() {
        return new CoreSubscriber[8];
    }

    // ------------------------------------------------------------------ any thread

    /** The next sequence of everyone here. */
    long at() {
        return at;
    }

    /** How many elements were first given to this row. */
    long delivered() {
        return delivered;
    }

    /** Somebody here has cancelled: the loop is entered next. */
    void disturb() {
        disturbed = true;
    }

    boolean isDisturbed() {
        return disturbed;
    }

    // ------------------------------------------------------------------ inside the loop

    /** From where on it holds the window; {@link Long#MAX_VALUE} when nobody here does. */
    long holds() {
        return holding > 0 ? at : Long.MAX_VALUE;
    }

    /** Gives a seat to a reader whose next sequence this is, and whose counter the loop has. */
    void add(OrderedReader<T, ?> reader, CoreSubscriber<? super T> subscriber, long next, long demand) {
        if (size == seats.length) {
            seats = Arrays.copyOf(seats, 2 * size);
            subscribers = Arrays.copyOf(subscribers, 2 * size);
        }
        if (size == 0) {
            at = next;
            until = Long.MAX_VALUE;
        }
        assert at == next : "a reader at " + next + " in a row at " + at;
        until = Math.min(until, next + Math.min(demand, Long.MAX_VALUE - next));
        seats[size] = reader;
        subscribers[size] = subscriber;
        holding += reader.waits ? 1 : 0;
        size++;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Up to where everybody here has asked. */
    long until() {
        return size > 0 ? until : Long.MAX_VALUE;
    }

    /** Gives everybody the element here, which was taken for this row. */
    void giveNext(T element, long sequence) {
        AT.setRelease(this, sequence + 1);
        count();
        give(element);
    }

    /** Gives everybody what there is below a limit. */
    void advance(Window<T> w, long limit) {
        if (disturbed) {
            review();
        }
        if (w.end != Window.OPEN) {
            breakUp();
        }
        long next = at;
        while (next < limit && size > 0) {
            if (next >= until || disturbed) {
                review();
                continue;
            }
            T element = w.peek(next);
            if (element == null || !w.take(next, first)) {
                breakUp(); // at a gap, which each of them passes in its own way
                return;
            }
            AT.setRelease(this, ++next);
            give(element);
        }
    }

    private void give(T element) {
        @Nullable CoreSubscriber<? super T>[] all = subscribers;
        for (int i = 0, end = size; i < end; i++) {
            CoreSubscriber<? super T> subscriber = all[i];
            if (subscriber != null) {
                subscriber.onNext(element);
            }
        }
    }

    private void count() {
        DELIVERED.setRelease(this, delivered + 1);
    }

    /** Looks at what everyone has requested. Who wants nothing now stands up. */
    private void review() {
        disturbed = false; // before what is requested: who cancels says so after it
        long lowest = Long.MAX_VALUE;
        for (int i = size - 1; i >= 0; i--) {
            OrderedReader<T, ?> reader = seats[i];
            if (reader == null) {
                continue;
            }
            long demand = reader.demandAt(at);
            if (demand > 0) {
                lowest = Math.min(lowest, demand);
            } else {
                dismiss(i, reader);
            }
        }
        until = at + Math.min(lowest, Long.MAX_VALUE - at);
    }

    /** Everybody stands up. */
    void breakUp() {
        for (int i = size - 1; i >= 0; i--) {
            OrderedReader<T, ?> reader = seats[i];
            if (reader != null) {
                dismiss(i, reader);
            }
        }
    }

    private void dismiss(int seat, OrderedReader<T, ?> reader) {
        int last = --size;
        seats[seat] = seats[last];
        seats[last] = null;
        subscribers[seat] = subscribers[last];
        subscribers[last] = null;
        holding -= reader.waits ? 1 : 0;
        readers.standsApart(reader);
        reader.standUp(at);
    }
}
