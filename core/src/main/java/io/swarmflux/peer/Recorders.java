package io.swarmflux.peer;

import io.swarmflux.link.Transport;
import java.util.ArrayList;
import java.util.List;

/** Those who record what is measured; most of the time nobody. Measurements come from any thread. */
final class Recorders implements StreamMetricsRecorder {
    private volatile List<StreamMetricsRecorder> all = List.of();

    boolean any() {
        return !all.isEmpty();
    }

    /** Inside the strand. */
    void add(StreamMetricsRecorder recorder) {
        List<StreamMetricsRecorder> more = new ArrayList<>(all);
        more.add(recorder);
        all = List.copyOf(more);
    }

    /** Inside the strand. */
    void remove(StreamMetricsRecorder recorder) {
        all = all.stream().filter(other -> other != recorder).toList();
    }

    @Override
    public void merged(long nanos) {
        for (StreamMetricsRecorder one : all) {
            one.merged(nanos);
        }
    }

    @Override
    public void published(long nanos) {
        for (StreamMetricsRecorder one : all) {
            one.published(nanos);
        }
    }

    @Override
    public void roundTrip(Transport.Kind over, long nanos) {
        for (StreamMetricsRecorder one : all) {
            one.roundTrip(over, nanos);
        }
    }

    @Override
    public void creditStalled(Direction direction, long nanos) {
        for (StreamMetricsRecorder one : all) {
            one.creditStalled(direction, nanos);
        }
    }

    @Override
    public void subscriberLag(long segments) {
        for (StreamMetricsRecorder one : all) {
            one.subscriberLag(segments);
        }
    }
}
