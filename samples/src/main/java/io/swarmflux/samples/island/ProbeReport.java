package io.swarmflux.samples.island;

import io.swarmflux.samples.island.Ear.Voiced;
import io.swarmflux.samples.island.Findings.Other;
import io.swarmflux.transport.multicast.MulticastCounts.Dropped;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a probe has found, for people: a few lines of facts, one for each other prober, and what is wrong. */
public final class ProbeReport {
    private static final int BUFFER_ASKED = 4 << 20;
    private static final double LOSS_WORTH_A_WORD = 0.01;

    private ProbeReport() {}

    /**
     * Writes the report.
     *
     * @param found what was found
     * @return its lines
     */
    public static List<String> of(Findings found) {
        List<String> lines = new ArrayList<>();
        lines.add("multicast on " + found.at() + ", group " + found.where());
        lines.add("  interface   MTU " + found.at().mtu() + ", frames to " + found.maxFrameBytes()
                + " bytes, receive buffer " + (found.receiveBufferBytes() >> 10) + " KiB");
        lines.add("  sent        " + found.sent() + " probes, each fourth full-sized; " + found.back()
                + " came back through a second socket");
        if (found.others().isEmpty()) {
            lines.add("  heard       nobody else");
        } else {
            lines.add(
                    String.format("  %-24s %-16s %-18s %s", "other prober", "address", "heard here", "hears this one"));
            found.others().forEach(other -> lines.add(line(other)));
        }
        if (found.foreign() > 0) {
            lines.add("  " + found.foreign() + " frames of another kind came: an island uses this group");
        }
        wrong(found).forEach(text -> lines.add("! " + text));
        notes(found).forEach(text -> lines.add("- " + text));
        lines.add(verdict(found));
        return lines;
    }

    private static String verdict(Findings found) {
        if (!found.works()) {
            return "does not work";
        }
        return found.others().isEmpty() ? "works on this host; nobody else was heard" : "works";
    }

    private static String line(Other other) {
        String heard = other.heard().map(one -> share(one.came(), one.sent())).orElse("no");
        String hears = other.hearsUs()
                ? share(other.hears().came(), other.hears().sent())
                : other.isNew() ? "too early to say" : "no";
        return String.format(
                        "  %-24s %-16s %-18s %s",
                        other.who().name(), other.who().address(), heard, hears)
                .stripTrailing();
    }

    private static String share(long came, long sent) {
        long lost = Math.max(0, sent - came);
        return came + " of " + Math.max(came, sent)
                + (lost == 0 ? "" : String.format(Locale.ROOT, " (%.1f %% lost)", 100.0 * lost / sent));
    }

    /** What keeps it from working, and the cure. */
    private static List<String> wrong(Findings found) {
        List<String> wrong = new ArrayList<>();
        String port = found.where().replaceAll(".*:(\\d+)@.*", "$1");
        long refused = found.counts().dropped(Dropped.WRITE_FAILED);
        if (refused > 0) {
            wrong.add("the system refused to send " + refused
                    + " datagrams: a firewall on this host, or the interface went" + " down; allow UDP to "
                    + found.where().replaceAll("@.*", ""));
        }
        if (found.back() == 0) {
            wrong.add("no probe came back, not even on this host: a firewall here drops them; allow UDP port " + port
                    + " in and out on " + found.at().name());
        }
        for (Other other : found.others()) {
            String name = other.who().name() + " (" + other.who().address() + ")";
            if (other.isHeard() && !other.hearsUs() && !other.isNew()) {
                wrong.add(name + " is heard and does not hear this host: look at the firewall there (UDP port " + port
                        + " in), at what leaves here, and at the switch (IGMP snooping)");
            } else if (!other.isHeard() && other.hearsUs()) {
                wrong.add(name + " hears this host and is not heard: look at the firewall here (UDP port " + port
                        + " in), at what leaves there, and at the switch (IGMP snooping)");
            } else if (!other.isHeard()) {
                wrong.add(name + " is only heard by others: nothing goes either way between it and this host");
            }
            other.heard()
                    .filter(Voiced::onlySmall)
                    .ifPresent(one -> wrong.add("full-sized probes of " + name
                            + " do not come: the MTU on the way is smaller than at the ends"));
        }
        if (found.counts().dropped(Dropped.MAGIC) > 0) {
            wrong.add(found.counts().dropped(Dropped.MAGIC)
                    + " datagrams of another application came: choose another group or port");
        }
        return wrong;
    }

    /** What need not be wrong. */
    private static List<String> notes(Findings found) {
        List<String> notes = new ArrayList<>();
        if (found.others().isEmpty() && found.back() > 0 && !found.at().loopback()) {
            notes.add(
                    "only this host was heard: run the same on another one at the same time; if it runs there too, a firewall"
                            + " drops UDP or IGMP, or the switch carries no multicast (IGMP snooping without a querier, Wi-Fi isolation)");
        }
        if (found.at().loopback()) {
            notes.add("on the loopback interface only this host can hear");
        }
        if (found.receiveBufferBytes() < BUFFER_ASKED) {
            notes.add("the system granted " + (found.receiveBufferBytes() >> 10) + " KiB of " + (BUFFER_ASKED >> 10)
                    + " KiB for the receive buffer: bursts may be lost (sysctl -w net.core.rmem_max=" + BUFFER_ASKED
                    + ")");
        }
        for (Other other : found.others()) {
            if (other.heard().filter(one -> lossy(one.came(), one.sent())).isPresent()
                    || lossy(other.hears().came(), other.hears().sent())) {
                notes.add("probes between this host and " + other.who().name()
                        + " are lost: islands repair that, at a cost; Wi-Fi loses most");
            }
        }
        for (Map.Entry<Dropped, String> one : Map.of(
                        Dropped.OTHER_SECURITY, "with a secret where there is none here, or the other way round",
                        Dropped.TAG, "made with another secret",
                        Dropped.VERSION, "of another version")
                .entrySet()) {
            if (found.counts().dropped(one.getKey()) > 0) {
                notes.add(found.counts().dropped(one.getKey()) + " datagrams were " + one.getValue());
            }
        }
        return notes;
    }

    private static boolean lossy(long came, long sent) {
        return sent > 0 && (double) (sent - came) / sent > LOSS_WORTH_A_WORD;
    }
}
