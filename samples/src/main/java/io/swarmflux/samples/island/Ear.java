package io.swarmflux.samples.island;

import io.swarmflux.samples.island.ProbeMessage.Heard;
import io.swarmflux.samples.island.ProbeMessage.Prober;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one socket has heard: whose probes came, and what those say they hear. Several threads may use it. */
final class Ear {
    private static final int MOST_PROBERS = 256;

    private final Map<String, Voice> voices = new LinkedHashMap<>();
    private final Map<String, Map<String, Heard>> told = new HashMap<>();
    private long foreign;

    /** One prober's probes. */
    static final class Voice {
        private final Prober who;
        private final long first;
        private long last;
        private long came;
        private long fullSized;
        private final Map<String, Heard> tells = new LinkedHashMap<>();

        private Voice(ProbeMessage message) {
            this.who = message.who();
            this.first = message.number();
            this.last = first;
        }

        private void add(ProbeMessage message) {
            last = Math.max(last, message.number());
            came++;
            if (ProbeMessage.isFullSized(message.number())) {
                fullSized++;
            }
            tells.clear();
            message.told().stream()
                    .filter(one -> one.by().id().equals(who.id()))
                    .forEach(one -> tells.put(one.whom().id(), one));
        }
    }

    /**
     * How a prober is heard here.
     *
     * @param who who it is
     * @param came how many of its probes came
     * @param sent how many it has sent between the first and the last of them
     * @param fullSizedCame how many of those that came were full-sized
     * @param fullSizedSent how many of those that were sent
     */
    record Voiced(Prober who, long came, long sent, long fullSizedCame, long fullSizedSent) {
        /** Others come, and none that is full-sized. */
        boolean onlySmall() {
            return fullSizedSent > 2 && fullSizedCame == 0 && came > 2;
        }
    }

    synchronized void hear(ByteBuffer frame) {
        ProbeMessage message = ProbeMessage.read(frame);
        if (message == null) {
            foreign++;
            return;
        }
        Voice voice = voices.get(message.who().id());
        if (voice == null) {
            if (voices.size() == MOST_PROBERS) {
                return;
            }
            voice = new Voice(message);
            voices.put(message.who().id(), voice);
        }
        voice.add(message);
        message.told().stream()
                .filter(one ->
                        told.size() < MOST_PROBERS || told.containsKey(one.by().id()))
                .forEach(one -> told.computeIfAbsent(one.by().id(), id -> new LinkedHashMap<>())
                        .put(one.whom().id(), one));
    }

    synchronized long foreign() {
        return foreign;
    }

    synchronized List<Voiced> voices() {
        return voices.values().stream().map(Ear::voiced).toList();
    }

    /** How many probes of one prober came. */
    synchronized long came(Prober who) {
        Voice voice = voices.get(who.id());
        return voice == null ? 0 : voice.came;
    }

    private static Voiced voiced(Voice voice) {
        long full = ProbeMessage.FULL_SIZED;
        return new Voiced(
                voice.who,
                voice.came,
                voice.last - voice.first + 1,
                voice.fullSized,
                (voice.last + 1) / full - voice.first / full);
    }

    /** What is to be told: first whom this prober hears, then what others have said of those they hear. */
    synchronized List<Heard> toTell(Prober own) {
        List<Heard> all = new ArrayList<>();
        for (Voiced one : voices()) {
            all.add(new Heard(own, one.who(), one.came(), one.sent()));
        }
        for (Voice voice : voices.values()) {
            all.addAll(voice.tells.values());
        }
        return all;
    }

    /** How one says, itself or by others, that it hears another; null counts when it does not. */
    synchronized Heard told(Prober by, Prober whom) {
        Voice voice = voices.get(by.id());
        Map<String, Heard> says = voice != null ? voice.tells : told.getOrDefault(by.id(), Map.of());
        return says.getOrDefault(whom.id(), new Heard(by, whom, 0, 0));
    }

    /** Probers that others hear, and this ear does not. */
    synchronized List<Prober> unheard(Prober own) {
        Map<String, Prober> known = new LinkedHashMap<>();
        told.values().forEach(says -> says.values().forEach(one -> {
            known.put(one.by().id(), one.by());
            known.put(one.whom().id(), one.whom());
        }));
        known.remove(own.id());
        known.keySet().removeAll(voices.keySet());
        return List.copyOf(known.values());
    }
}
