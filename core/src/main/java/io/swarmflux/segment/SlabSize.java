package io.swarmflux.segment;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/** How large an array has to be so that the collector of this virtual machine leaves it where it is, found out once. */
final class SlabSize {
    /** An array has a header, and one that needs a second region for it would cost both. */
    private static final int HEADER_BYTES = 64;

    /** A window of the usual size should have several. */
    private static final int MOST_BYTES = 8 << 20;

    private static final int BYTES = find();

    private SlabSize() {}

    /** 0 for none. */
    static int bytes() {
        return BYTES;
    }

    private static int find() {
        try {
            HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            if (machine == null
                    || !Boolean.parseBoolean(machine.getVMOption("UseG1GC").getValue())) {
                return 0;
            }
            long region = Long.parseLong(machine.getVMOption("G1HeapRegionSize").getValue());
            return region > 0 && region <= MOST_BYTES ? (int) region - HEADER_BYTES : 0;
        } catch (RuntimeException | LinkageError unknown) {
            return 0; // another virtual machine, or one without this module
        }
    }
}
