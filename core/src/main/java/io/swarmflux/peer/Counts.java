package io.swarmflux.peer;

import io.swarmflux.flux.Gap;
import io.swarmflux.flux.LagPolicy;
import io.swarmflux.link.Transport;
import io.swarmflux.wire.Message.FailureCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Counts what {@link PeerCounts} tells, from the start of the peer on. From any thread. */
final class Counts {
    private final CountBy<Gap.Reason> gaps = new CountBy<>(Gap.Reason.class);
    private final CountBy<Gap.Reason> gapSegments = new CountBy<>(Gap.Reason.class);
    private final CountBy<LagPolicy.Action> evictions = new CountBy<>(LagPolicy.Action.class);
    private final CountBy<FailureCode> violations = new CountBy<>(FailureCode.class);
    private final Map<Transport.Kind, Carried> carried = new EnumMap<>(Transport.Kind.class); // filled once

    Counts() {
        for (Transport.Kind kind : Transport.Kind.values()) {
            carried.put(kind, new Carried());
        }
    }

    /** What goes over links of one kind. */
    static final class Carried {
        private final LongAdder bytesIn = new LongAdder();
        private final LongAdder bytesOut = new LongAdder();
        private final CountBy<PeerCounts.Connect> connects = new CountBy<>(PeerCounts.Connect.class);
        private final CountBy<PeerCounts.Close> closes = new CountBy<>(PeerCounts.Close.class);

        void came(int bytes) {
            bytesIn.add(bytes);
        }

        void sent(int bytes) {
            bytesOut.add(bytes);
        }

        void connected(PeerCounts.Connect outcome) {
            connects.add(outcome, 1);
        }

        void closed(PeerCounts.Close reason) {
            closes.add(reason, 1);
        }

        private PeerCounts.Carried now(long moreBytesIn) {
            return new PeerCounts.Carried(bytesIn.sum() + moreBytesIn, bytesOut.sum(), connects.all(), closes.all());
        }
    }

    /** The account of what links of one kind carry. */
    Carried over(Transport.Kind kind) {
        return Objects.requireNonNull(carried.get(kind));
    }

    void passed(Gap gap) {
        gaps.add(gap.reason(), 1);
        gapSegments.add(gap.reason(), gap.size());
    }

    /** The gaps of what did not come, each reader counting for itself. */
    long missedGaps() {
        return gaps.of(Gap.Reason.TIMEOUT) + gaps.of(Gap.Reason.UNFILLABLE);
    }

    /** How many segments they had. */
    long missedSegments() {
        return gapSegments.of(Gap.Reason.TIMEOUT) + gapSegments.of(Gap.Reason.UNFILLABLE);
    }

    void evicted(LagPolicy.Action policy) {
        evictions.add(policy, 1);
    }

    void violated(FailureCode code) {
        violations.add(code, 1);
    }

    long violations() {
        return violations.sum();
    }

    /** All of it; what publishers in this process have brought is counted by the hub. */
    PeerCounts now(long localBytes) {
        Map<Transport.Kind, PeerCounts.Carried> links = new EnumMap<>(Transport.Kind.class);
        for (Transport.Kind kind : Transport.Kind.values()) {
            links.put(kind, over(kind).now(kind == Transport.Kind.LOCAL ? localBytes : 0));
        }
        return new PeerCounts(gaps.all(), gapSegments.all(), evictions.all(), violations.all(), links);
    }
}
