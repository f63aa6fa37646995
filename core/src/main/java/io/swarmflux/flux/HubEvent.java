package io.swarmflux.flux;

import org.jspecify.annotations.Nullable;

/** Something that happened in a hub. */
public sealed interface HubEvent {
    /**
     * A reader passed a gap.
     *
     * @param reader its name
     * @param gap what it passed
     */
    record Passed(String reader, Gap gap) implements HubEvent {}

    /**
     * A reader was ended because it lagged or stood still.
     *
     * @param reader its name
     * @param at the sequence it wanted next
     * @param policy what its lag policy does
     */
    record Evicted(String reader, long at, LagPolicy.Action policy) implements HubEvent {}

    /**
     * An upstream is there.
     *
     * @param upstream its name
     */
    record Attached(String upstream) implements HubEvent {}

    /**
     * An upstream is gone; the stream goes on.
     *
     * @param upstream its name
     * @param error why it failed; null when it completed or was detached
     */
    record Detached(String upstream, @Nullable Throwable error) implements HubEvent {}

    /**
     * Two elements with one number differ; the first stays.
     *
     * @param upstream who brought the second
     * @param epoch the epoch
     * @param sequence the number
     */
    record Conflicting(String upstream, long epoch, long sequence) implements HubEvent {}

    /**
     * A new epoch began.
     *
     * @param epoch the epoch
     * @param from its first sequence here
     */
    record Epoch(long epoch, long from) implements HubEvent {}
}
