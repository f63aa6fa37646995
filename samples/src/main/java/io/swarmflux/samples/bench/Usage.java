package io.swarmflux.samples.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What this process has used so far.
 *
 * @param atNs when that was
 * @param cpuNs of all processors together, the collector and the compiler included
 * @param allocatedBytes by all threads that live
 */
record Usage(long atNs, long cpuNs, long allocatedBytes) {
    static Usage now() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = 0;
        for (long each : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            bytes += Math.max(0, each);
        }
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Usage(System.nanoTime(), system.getProcessCpuTime(), bytes);
    }

    Usage since(Usage before) {
        return new Usage(atNs - before.atNs, cpuNs - before.cpuNs, allocatedBytes - before.allocatedBytes);
    }
}
