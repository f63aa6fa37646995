package io.swarmflux.directory.http;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.swarmflux.directory.InMemoryDirectory;
import io.swarmflux.directory.LeaseDirectory;
import java.util.concurrent.TimeUnit;

/** What a server has done, for Prometheus. No tag holds anything that a client says. */
final class ServerMeters {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    ServerMeters(Addresses addresses, LeaseDirectory store) {
        Gauge.builder("swarmflux.directory.watches", addresses, Addresses::watches)
                .description("Open watches")
                .register(registry);
        Gauge.builder("swarmflux.directory.connections", addresses, Addresses::connections)
                .description("Open connections")
                .register(registry);
        if (store instanceof InMemoryDirectory memory) {
            Gauge.builder("swarmflux.directory.leases", memory, InMemoryDirectory::size)
                    .description("Peers that are announced")
                    .register(registry);
            Gauge.builder("swarmflux.directory.streams", memory, InMemoryDirectory::streams)
                    .description("Streams that have a peer")
                    .register(registry);
        }
    }

    void served(String operation, long startedNs) {
        time(operation, "served", startedNs);
    }

    void refused(String operation, String error, long startedNs) {
        time(operation, "refused", startedNs);
        refused(error);
    }

    private void time(String operation, String outcome, long startedNs) {
        Timer.builder("swarmflux.directory.requests")
                .description("Requests and how long they took; a watch, until it ended")
                .tags("operation", operation, "outcome", outcome)
                .register(registry)
                .record(System.nanoTime() - startedNs, TimeUnit.NANOSECONDS);
    }

    void refused(String error) {
        registry.counter("swarmflux.directory.refusals", "error", error).increment();
    }

    String text() {
        return registry.scrape();
    }
}
