package io.swarmflux.link;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A link that is another one, but for what is overridden: whatever is asked of it is asked of the other. For decorators. */
public interface ForwardedLink extends Link {
    /**
     * The other one.
     *
     * @return the same each time
     */
    Link link();

    @Override
    default boolean send(ByteBuffer... parts) {
        return link().send(parts);
    }

    @Override
    default Flux<ByteBuffer> receive() {
        return link().receive();
    }

    @Override
    default String remote() {
        return link().remote();
    }

    @Override
    default boolean dialled() {
        return link().dialled();
    }

    @Override
    default int maxFrameBytes() {
        return link().maxFrameBytes();
    }

    @Override
    default long unsentBytes() {
        return link().unsentBytes();
    }

    @Override
    default long droppedFrames() {
        return link().droppedFrames();
    }

    @Override
    default @Nullable String provenName() {
        return link().provenName();
    }

    @Override
    default Mono<Void> onClose() {
        return link().onClose();
    }

    @Override
    default Mono<Void> close() {
        return link().close();
    }

    @Override
    default boolean isDisposed() {
        return link().isDisposed();
    }

    @Override
    default void dispose() {
        link().dispose();
    }
}
