package io.swarmflux.directory.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** A step that Redis does as a whole, by its own clock. Sent as a digest, and in full when Redis has not seen it since its start. */
final class Script {
    static final Script REGISTER = new Script("register");
    static final Script WITHDRAW = new Script("withdraw");
    static final Script EXPIRE = new Script("expire");
    static final Script FIND = new Script("find");
    static final Script ALL = new Script("all");

    private final String text;
    private final String digest;

    private Script(String name) {
        this.text = read("common.lua") + read(name + ".lua");
        this.digest = sha1(text);
    }

    /** Reads the scripts, which blocks for a moment the first time. */
    static void load() {
        // the class is initialised by now
    }

    private static String read(String resource) {
        try (InputStream in = Script.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return String.format("%040x", new BigInteger(1, digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    Mono<List<String>> run(StatefulRedisConnection<String, String> connection, String prefix, String... args) {
        String[] keys = {prefix};
        return Mono.<List<String>>fromCompletionStage(
                        () -> connection.async().evalsha(digest, ScriptOutputType.MULTI, keys, args))
                .onErrorResume(
                        RedisNoScriptException.class,
                        unknown -> Mono.fromCompletionStage(
                                () -> connection.async().eval(text, ScriptOutputType.MULTI, keys, args)));
    }
}
