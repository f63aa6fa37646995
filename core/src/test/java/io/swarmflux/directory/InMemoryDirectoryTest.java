package io.swarmflux.directory;

import io.swarmflux.contract.DirectoryContract;

class InMemoryDirectoryTest extends DirectoryContract {
    @Override
    protected Directory directory(DirectoryLimits limits) {
        return InMemoryDirectory.create(limits);
    }
}
