package io.swarmflux.testing;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Counts the buffers that were garbage-collected before they were released, instead of only logging them.
 *
 * <p>Netty notices a leak when a later buffer is allocated and the leaked one has been collected by then; so at the end
 * of a run the last leaks would go unseen. {@link #find()} collects and then asks every detector.
 */
final class NettyLeaks extends ResourceLeakDetectorFactory {
    private static final NettyLeaks INSTALLED = new NettyLeaks();
    private static final long COLLECTION_MS = 1_000;

    private final List<Detector<?>> detectors = new CopyOnWriteArrayList<>();
    private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

    /** Makes Netty use this for every resource it tracks: to be called before Netty's buffers are loaded. */
    static void install() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        setResourceLeakDetectorFactory(INSTALLED);
    }

    static NettyLeaks installed() {
        return INSTALLED;
    }

    /**
     * The leaks up to now; collects garbage, twice, as a leaked buffer may hold another.
     *
     * @return for each what leaked and, as far as Netty recorded it, where it was touched
     */
    List<String> find() {
        for (int round = 0; round < 2; round++) {
            collectGarbage();
            detectors.forEach(NettyLeaks::poll);
        }
        return List.copyOf(leaks);
    }

    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
        Detector<T> detector = new Detector<>(resource, samplingInterval);
        detectors.add(detector);
        return detector;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in Netty all the same
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
            Class<T> resource, int samplingInterval, long maxActive) {
        return newResourceLeakDetector(resource, samplingInterval);
    }

    // A detector reports what was collected whenever it is asked to track one more.
    private static <T> void poll(Detector<T> detector) {
        @SuppressWarnings("unchecked") // the detector never looks at the resource, it only refers to it
        T probe = (T) new Object();
        ResourceLeakTracker<T> tracker = detector.trackForcibly(probe);
        tracker.close(probe);
    }

    // Until an object that nobody holds is gone; the collector may ignore one request.
    private static void collectGarbage() {
        ReferenceQueue<Object> gone = new ReferenceQueue<>();
        WeakReference<Object> canary = new WeakReference<>(new Object(), gone);
        try {
            for (int attempt = 0; attempt < 5; attempt++) {
                System.gc();
                if (gone.remove(COLLECTION_MS) == canary) {
                    return;
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("garbage was not collected, so leaks cannot be counted");
    }

    private final class Detector<T> extends ResourceLeakDetector<T> {
        Detector(Class<T> resource, int samplingInterval) {
            super(resource, samplingInterval);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String type, String records) {
            leaks.add(type + records);
        }

        @Override
        protected void reportUntracedLeak(String type) {
            leaks.add(type);
        }
    }
}
