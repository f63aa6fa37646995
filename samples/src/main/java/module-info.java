/** The swarmflux command, and small programs that show the library. */
module io.swarmflux.samples {
    requires io.swarmflux.core;
    requires io.swarmflux.directory;
    requires io.swarmflux.media;
    requires io.swarmflux.transport.tcp;
    requires io.swarmflux.transport.multicast;
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires java.logging;
    requires java.management;
    requires jdk.management;
    requires org.knowm.xchart;
    requires org.eclipse.elk.alg.layered;
    requires org.eclipse.emf.common;
    requires org.eclipse.emf.ecore;
    requires org.eclipse.elk.core;
    requires org.eclipse.elk.graph;
    requires static org.jspecify;

    exports io.swarmflux.samples;

    opens io.swarmflux.samples.command to
            info.picocli;
}
