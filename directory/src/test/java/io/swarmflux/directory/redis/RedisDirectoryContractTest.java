package io.swarmflux.directory.redis;

import io.swarmflux.contract.DirectoryContract;
import io.swarmflux.directory.Directory;
import io.swarmflux.directory.DirectoryLimits;
import io.swarmflux.directory.LeaseDirectory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Two directories that share one Redis: one is asked and watched, the other registers. */
class RedisDirectoryContractTest extends DirectoryContract {
    private static @Nullable RedisServer redis;

    private final List<RedisDirectory> open = new ArrayList<>();

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.start();
    }

    @AfterAll
    static void endRedis() {
        if (redis != null) {
            redis.close();
        }
    }

    private RedisDirectory open(DirectoryLimits limits) {
        RedisDirectory directory =
                RedisDirectory.open(java.util.Objects.requireNonNull(redis).url(), limits);
        open.add(directory);
        return directory;
    }

    @Override
    protected Directory directory(DirectoryLimits limits) {
        open.add(open(limits));
        return open(limits);
    }

    @Override
    protected LeaseDirectory leases(Directory tested) {
        return open.get(open.size() - 2);
    }

    @AfterEach
    void end() {
        open.forEach(RedisDirectory::dispose);
    }
}
