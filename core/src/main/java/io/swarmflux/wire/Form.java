package io.swarmflux.wire;

import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * One kind of control message: its type number, and its body written and read.
 *
 * @param type the first byte of its frames
 * @param name what documents and complaints call it
 * @param message the record it becomes
 * @param write writes the body
 * @param read reads the body
 */
record Form<M extends Message>(
        int type, String name, Class<M> message, BiConsumer<M, FieldWriter> write, Function<FieldReader, M> read) {}
