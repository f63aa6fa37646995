package io.swarmflux.wire;

import java.lang.reflect.Method;

/** How much the current thread has allocated. By reflection: core has no other use for the management modules. */
final class AllocatedBytes {
    private final Object threads;
    private final Method current;

    AllocatedBytes() {
        try {
            threads = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getThreadMXBean")
                    .invoke(null);
            current = Class.forName("com.sun.management.ThreadMXBean").getMethod("getCurrentThreadAllocatedBytes");
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("this JVM does not count what threads allocate", e);
        }
    }

    long now() {
        try {
            return (long) current.invoke(threads);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
