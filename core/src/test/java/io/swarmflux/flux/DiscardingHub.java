package io.swarmflux.flux;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** What a test makes hubs with that have begun at 0, and what they have discarded. */
final class DiscardingHub {
    final List<Long> discarded = new ArrayList<>();

    StreamHub<Long> hub(MergeSpec<Long> of) {
        StreamHub<Long> made = StreamHub.create(
                of, Operators.enableOnDiscard(Context.empty(), element -> discarded.add((Long) element)));
        made.begin(0, 0);
        return made;
    }

    static void offer(Intake<Long> to, long from, long until) {
        for (long n = from; n < until; n++) {
            to.offer(n);
        }
    }

    static List<Long> upTo(long until) {
        return LongStream.range(0, until).boxed().toList();
    }
}
