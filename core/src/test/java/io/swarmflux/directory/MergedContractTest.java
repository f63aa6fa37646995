package io.swarmflux.directory;

import io.swarmflux.contract.DirectoryContract;

class MergedContractTest extends DirectoryContract {
    private LeaseDirectory only = InMemoryDirectory.create();

    @Override
    protected Directory directory(DirectoryLimits limits) {
        only = InMemoryDirectory.create(limits);
        return Directories.merged(only);
    }

    @Override
    protected LeaseDirectory leases(Directory tested) {
        return only;
    }
}
