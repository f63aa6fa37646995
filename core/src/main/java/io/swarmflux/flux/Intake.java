package io.swarmflux.flux;

/**
 * An upstream that pushes: for sources with a flow control of their own, such as a link with credit. What the window
 * cannot take is refused, not kept. It is never taken as ordered: only what {@link #gone} says proves a hole
 * unfillable.
 *
 * @param <T> the element
 */
public final class Intake<T> implements Upstream {
    private final Pushed<T> inlet;

    Intake(Pushed<T> inlet) {
        this.inlet = inlet;
    }

    /**
     * Offers an element. From any thread; what becomes of it shows in {@link #stats()}.
     *
     * @param element the element
     */
    public void offer(T element) {
        inlet.offer(element);
    }

    /**
     * Says that a range will never come from here.
     *
     * @param epoch its epoch
     * @param from the first sequence
     * @param until one past the last
     */
    public void gone(long epoch, long from, long until) {
        inlet.gone(epoch, from, until);
    }

    @Override
    public String name() {
        return inlet.name();
    }

    /**
     * How many bytes were taken from it so far, whatever became of them: {@link Stats#bytes} alone.
     *
     * @return only grows
     */
    public long receivedBytes() {
        return inlet.receivedBytes();
    }

    @Override
    public Stats stats() {
        return inlet.stats();
    }

    @Override
    public void dispose() {
        inlet.dispose();
    }

    @Override
    public boolean isDisposed() {
        return inlet.isDisposed();
    }
}
