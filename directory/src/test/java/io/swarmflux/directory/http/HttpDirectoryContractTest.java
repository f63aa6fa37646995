package io.swarmflux.directory.http;

import io.swarmflux.contract.DirectoryContract;
import io.swarmflux.directory.Directory;
import io.swarmflux.directory.DirectoryLimits;
import io.swarmflux.directory.InMemoryDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;

/** The client against a server with its table in memory. */
class HttpDirectoryContractTest extends DirectoryContract {
    private final List<RunningDirectory> servers = new ArrayList<>();

    @Override
    protected Directory directory(DirectoryLimits limits) {
        RunningDirectory server = Objects.requireNonNull(DirectoryServer.create()
                .store(InMemoryDirectory.create(limits))
                .bind("127.0.0.1", 0)
                .block());
        servers.add(server);
        return HttpDirectory.of(server.url());
    }

    @AfterEach
    void end() {
        servers.forEach(RunningDirectory::dispose);
    }
}
