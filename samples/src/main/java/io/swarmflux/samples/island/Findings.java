package io.swarmflux.samples.island;

import io.swarmflux.samples.island.Ear.Voiced;
import io.swarmflux.samples.island.ProbeMessage.Heard;
import io.swarmflux.samples.island.ProbeMessage.Prober;
import io.swarmflux.transport.multicast.MulticastCounts;
import io.swarmflux.transport.multicast.MulticastInterface;
import io.swarmflux.transport.multicast.MulticastLink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a probe has found.
 *
 * @param own who has probed
 * @param where the group, port and interface
 * @param at the interface
 * @param maxFrameBytes the longest frame there
 * @param receiveBufferBytes what the system granted
 * @param sent probes that were sent
 * @param back how many of them the second socket heard
 * @param fullSizedBack how many of those were full-sized
 * @param foreign frames in the group that were no probes
 * @param counts of the sending link
 * @param others everybody else
 */
public record Findings(
        Prober own,
        String where,
        MulticastInterface at,
        int maxFrameBytes,
        int receiveBufferBytes,
        long sent,
        long back,
        long fullSizedBack,
        long foreign,
        MulticastCounts counts,
        List<Other> others) {
    /** A prober must have had so many probes' time to say that it hears this one. */
    private static final int TIME_TO_TELL = Probe.PER_SECOND / 2;

    /**
     * Another prober.
     *
     * @param who who it is
     * @param heard how it is heard here; empty when it is not, and others told of it
     * @param hears how it hears this one, as far as it said; nothing came when it does not
     */
    record Other(Prober who, Optional<Voiced> heard, Heard hears) {
        boolean isHeard() {
            return heard.isPresent();
        }

        boolean hearsUs() {
            return hears.came() > 0;
        }

        boolean works() {
            return heard.filter(one -> !one.onlySmall()).isPresent() && (hearsUs() || isNew());
        }

        /** It came so late that it could not say yet whom it hears. */
        boolean isNew() {
            return !hearsUs() && heard.map(Voiced::came).orElse(0L) < TIME_TO_TELL && isHeard();
        }
    }

    static Findings of(Prober own, MulticastLink link, Ear ear, Ear second, long sent) {
        List<Other> others = new ArrayList<>();
        ear.voices().forEach(one -> others.add(new Other(one.who(), Optional.of(one), ear.told(one.who(), own))));
        ear.unheard(own).forEach(who -> others.add(new Other(who, Optional.empty(), ear.told(who, own))));
        Optional<Voiced> back = second.voices().stream()
                .filter(one -> one.who().id().equals(own.id()))
                .findFirst();
        return new Findings(
                own,
                link.remote(),
                link.networkInterface(),
                link.maxFrameBytes(),
                link.receiveBufferBytes(),
                sent,
                back.map(Voiced::came).orElse(0L),
                back.map(Voiced::fullSizedCame).orElse(0L),
                ear.foreign(),
                link.counts(),
                List.copyOf(others));
    }

    /** Own probes came back, and every other prober is heard, at any size, and hears this one. */
    public boolean works() {
        return back > 0 && others.stream().allMatch(Other::works);
    }
}
