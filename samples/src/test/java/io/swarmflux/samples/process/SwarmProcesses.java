package io.swarmflux.samples.process;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The processes of one test, which end with it. */
final class SwarmProcesses implements AfterEachCallback {
    private final List<SwarmProcess> all = new ArrayList<>();

    /** One more. */
    SwarmProcess add(SwarmProcess process) {
        all.add(process);
        return process;
    }

    @Override
    public void afterEach(ExtensionContext test) {
        all.forEach(SwarmProcess::close);
    }
}
