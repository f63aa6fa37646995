package io.swarmflux.peer;

import io.swarmflux.flux.Gap;
import io.swarmflux.flux.LagPolicy;
import io.swarmflux.link.Transport;
import io.swarmflux.wire.Message.FailureCode;
import java.util.Map;

/**
 * What a peer counts by kind, from its start on. Each map has every key, with zeros for what never happened.
 *
 * @param gaps the gaps that readers passed, each reader counting for itself
 * @param gapSegments how many segments these gaps had
 * @param evictions the readers and downstreams that were closed for being too slow, by what their lag policy does; a downstream of a
 *     lossless stream counts as one that waits
 * @param violations the links that were closed because the other end broke the rules, by the failure that it was told
 * @param links what went over links, by what carries them
 */
public record PeerCounts(
        Map<Gap.Reason, Long> gaps,
        Map<Gap.Reason, Long> gapSegments,
        Map<LagPolicy.Action, Long> evictions,
        Map<FailureCode, Long> violations,
        Map<Transport.Kind, Carried> links) {
    /** What became of an attempt to open a link, by either end. */
    public enum Connect {
        /** Both ends have greeted. */
        UP,
        /** What was dialled could not be reached. */
        UNREACHABLE,
        /** One end has turned the other away. */
        REJECTED,
        /** It was lost or closed before both had greeted. */
        FAILED
    }

    /** Why a greeted link is gone. */
    public enum Close {
        /** This peer said goodbye. */
        LEFT,
        /** The other end said goodbye. */
        GOODBYE,
        /** It broke off, or the other end closed it without a word. */
        LOST,
        /** Nothing was heard for 3 s. */
        SILENT,
        /** One end has told the other that it broke the rules. */
        PROTOCOL_ERROR,
        /** An error in this peer. */
        ERROR
    }

    /** Keeps its own maps. */
    public PeerCounts {
        gaps = Map.copyOf(gaps);
        gapSegments = Map.copyOf(gapSegments);
        evictions = Map.copyOf(evictions);
        violations = Map.copyOf(violations);
        links = Map.copyOf(links);
    }

    /**
     * What went over links of one kind.
     *
     * @param bytesIn encoded bytes of the segments that came, whatever became of them; of local transports also those of publishers
     *     in this process
     * @param bytesOut encoded bytes of the segments that were sent
     * @param connects what became of attempts
     * @param closes why greeted links are gone
     */
    public record Carried(long bytesIn, long bytesOut, Map<Connect, Long> connects, Map<Close, Long> closes) {
        /** Keeps its own maps. */
        public Carried {
            connects = Map.copyOf(connects);
            closes = Map.copyOf(closes);
        }
    }
}
