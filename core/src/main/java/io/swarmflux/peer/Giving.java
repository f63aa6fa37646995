package io.swarmflux.peer;

import io.swarmflux.flux.ArrivalReader;
import io.swarmflux.flux.LagPolicy;
import io.swarmflux.flux.StreamHub;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Mode;
import io.swarmflux.segment.Segment;
import io.swarmflux.swarm.StreamClock;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.MessageCodec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a peer gives to all its downstreams together: lets them in, answers them once there is a stream, tells them each
 * 250 ms what it holds, and keeps the place of one whose link broke. What one of them is sent is the business of its
 * {@link DownstreamSide}.
 */
final class Giving {
    static final long STAND_STILL_NS = Duration.ofSeconds(10).toNanos();

    private static final long ANNOUNCE_NS = Duration.ofMillis(250).toNanos();
    private static final int MAX_HOLES = 32;
    private static final int HOLES_REACH = 4096;
    private static final ByteBuffer NO_FRAME = ByteBuffer.allocate(0);

    private final Self self;
    private final Programme programme;
    private final Origin origin;
    private final Links links;
    private final Runnable onReleased;
    private final Runnable onConfirmed;
    private final Dividing dividing;
    private final Upload upload;
    private final Hosting hosting;
    private final Map<String, Kept> kept = new LinkedHashMap<>();
    private Message.@Nullable Path[] paths = new Message.Path[0];
    private boolean released;
    private boolean served;
    private long announcedAtNs;
    private long endKnownAtNs = -1;

    /** How this peer itself takes the stream, as far as those who take it from here are concerned. */
    interface Dividing {
        /** The way by which each sub-stream comes here; null by which none comes. */
        Message.@Nullable Path[] paths();

        /** What time it is in the stream. */
        StreamClock clock();

        /** A downstream takes sub-streams from here. */
        void assigned(String downstream, List<Message.Assignment> assignments);
    }

    /** A place in the window that is kept for a downstream whose link broke. */
    private record Kept(ArrivalReader<Segment> reader, long untilNs) {}

    /** What a downstream's answer is made from. */
    record Playing(
            StreamHub<Segment> hub,
            StreamHub.View view,
            Description description,
            long oldest,
            long newestRandomAccess) {
        boolean lossless() {
            return description.mode() == Mode.LOSSLESS;
        }

        /** The sequence with which a subscription starts, if it is one to this epoch. */
        long startOf(Message.Subscribe subscribe) {
            return switch (subscribe.start()) {
                case NATURAL -> lossless() ? oldest : newestRandomAccess;
                case LIVE_EDGE -> view.edge();
                case OLDEST -> oldest;
                case SEQUENCE -> Math.max(subscribe.from(), oldest);
                case RANDOM_ACCESS -> newestRandomAccess;
            };
        }
    }

    /**
     * Nobody is served yet. {@code onReleased} is told once, when as many downstreams are there as are waited for;
     * {@code onConfirmed} whenever a downstream has confirmed more; {@code dividing} says how sub-streams come here.
     */
    Giving(
            Self self,
            Programme programme,
            Origin origin,
            Links links,
            Upload upload,
            Runnable onReleased,
            Runnable onConfirmed,
            Dividing dividing) {
        this.dividing = dividing;
        this.self = self;
        this.programme = programme;
        this.origin = origin;
        this.links = links;
        this.onReleased = onReleased;
        this.onConfirmed = onConfirmed;
        this.upload = upload;
        this.hosting = new Hosting(self, links);
        this.released = self.options().waitFor() == 0;
        // not all peers of a swarm at the same moment
        this.announcedAtNs = self.nowNs() - (long) (self.random().nextDouble() * ANNOUNCE_NS);
    }

    // ------------------------------------------------------------------ letting in

    /** Whether downstreams are still waited for. */
    boolean waiting() {
        return !released;
    }

    /** Whether any downstream was ever served. */
    boolean served() {
        return served;
    }

    @Nullable
    DownstreamSide serve(Conversation with, Message.Subscribe subscribe, @Nullable DownstreamSide old) {
        if (!subscribe.stream().equals(self.stream())) {
            with.send(new Message.Refused(
                    subscribe.number(), Message.RefuseReason.UNKNOWN_STREAM, "this peer has " + self.stream()));
            return null;
        }
        programme.heardOfEpoch(subscribe.newestEpoch());
        links.takesOver(with);
        if (old != null) {
            old.leaves();
            old.close();
        } else if (!hosting.admits(with, subscribe)) {
            return null;
        }
        served = true;
        self.strand()
                .execute(
                        () -> { // once the link knows its new side
                            if (!released
                                    && links.downstreams().count()
                                            >= self.options().waitFor()) {
                                released = true;
                                onReleased.run();
                            }
                            answerThoseWhoWait();
                        });
        return new DownstreamSide(self, programme, origin, this, upload, with, subscribe);
    }

    /** Answers every subscribe that could not be answered before. */
    void answerThoseWhoWait() {
        if (allAnswered()) {
            return;
        }
        StreamHub<Segment> here = programme.hubNow();
        StreamHub.View view = programme.view();
        Description said = programme.description();
        if (here == null || view == null || said == null) {
            return;
        }
        Playing playing =
                new Playing(here, view, said, origin.oldest(view), Math.max(view.oldest(), here.newestRandomAccess()));
        for (DownstreamSide side : links.downstreamList()) {
            if (!side.answered()) {
                side.answer(playing);
                side.announce(MessageCodec.encode(announcement(side.number(), view)), paths(), self.nowNs());
                Kept before = kept.remove(side.peer());
                if (before != null) {
                    before.reader().dispose();
                }
            }
        }
    }

    private boolean allAnswered() {
        for (DownstreamSide side : links.downstreamList()) {
            if (!side.answered()) {
                return false;
            }
        }
        return true;
    }

    void confirmed() {
        onConfirmed.run();
    }

    Hosting hosting() {
        return hosting;
    }

    /** Keeps a lossless downstream's place for a while after its link broke, unless it has one over another link. */
    void keepFor(String peer, ArrivalReader<Segment> reader) {
        if (links.downstreams()
                .anyMatch(side -> side.reads(programme.epoch()) && side.peer().equals(peer))) {
            reader.dispose();
            return;
        }
        Kept before = kept.put(peer, new Kept(reader, self.nowNs() + STAND_STILL_NS));
        if (before != null) {
            before.reader().dispose();
        }
    }

    /** Whether every downstream, present or expected back, has confirmed the end. */
    boolean allConfirmed(long finalSequence) {
        return kept.isEmpty() && links.downstreams().allMatch(side -> side.confirmed(finalSequence));
    }

    /** Whether a downstream has not confirmed the end because others hold it up. */
    boolean anyIsHeldUp() {
        return links.downstreams().anyMatch(DownstreamSide::isHeldUp);
    }

    // ------------------------------------------------------------------ what happens by itself

    void assigned(String downstream, List<Message.Assignment> assignments) {
        dividing.assigned(downstream, assignments);
    }

    /** Tells every downstream what is here. */
    private void announce(long nowNs) {
        StreamHub.View view = programme.view();
        if (view == null) {
            return;
        }
        announcedAtNs = nowNs;
        Message.@Nullable Path[] paths = paths();
        Message.Announce announcement = announcement(0, view);
        int number = -1;
        ByteBuffer frame = NO_FRAME;
        for (DownstreamSide side : links.downstreamList()) {
            if (!side.answered()) {
                continue;
            }
            if (side.number() != number) { // nearly everybody's is the same, and so all get the same bytes
                number = side.number();
                frame = MessageCodec.encode(announcement.as(number));
            }
            side.announce(frame, paths, nowNs);
        }
    }

    /** Tells every downstream the newest description, also those that take nothing from here. */
    void describe() {
        Description newest = programme.description();
        for (DownstreamSide side : links.downstreamList()) {
            if (newest != null && side.answered()) {
                side.describe(newest);
            }
        }
    }

    /** Tells one downstream by which ways comes what it takes from now on. */
    void tellPaths(DownstreamSide side) {
        side.tellPaths(paths(), self.nowNs());
    }

    /** Tells every downstream at once that sub-streams come here by other ways. */
    void tellPaths() {
        Message.@Nullable Path[] paths = paths();
        for (DownstreamSide side : links.downstreamList()) {
            if (side.answered()) {
                side.tellPaths(paths, self.nowNs());
            }
        }
    }

    /** The ways; one that has not changed is the same object as before, so that each downstream's look at it is short. */
    private Message.@Nullable Path[] paths() {
        Message.@Nullable Path[] now = dividing.paths();
        for (int i = 0; i < now.length && i < paths.length; i++) {
            Message.Path before = paths[i];
            Message.Path path = now[i];
            if (before != null && path != null && before.peers().equals(path.peers())) {
                now[i] = before.ageUs() == path.ageUs()
                        ? before
                        : new Message.Path(path.subStreams(), before.peers(), path.ageUs());
            }
        }
        paths = now;
        return now;
    }

    void tick(long nowNs) {
        stopWaitingAtTheEnd(nowNs);
        hosting.tick(nowNs);
        answerThoseWhoWait();
        StreamHub.View view = programme.view();
        if (nowNs - announcedAtNs >= ANNOUNCE_NS) {
            announce(nowNs);
        }
        upload.pumpAll();
        for (Conversation one : links.all()) {
            DownstreamSide down = one.downstream();
            if (down == null || !one.isOpen()) {
                continue;
            }
            if (view != null && programme.lossless() && down.standsStill(nowNs, view.edge())) {
                long at = down.next();
                self.counts().evicted(LagPolicy.Action.WAIT);
                self.tell(() -> new PeerEvent.TooSlow(down.peer(), at));
                down.leaves();
                one.goodbye(Message.GoodbyeReason.TOO_SLOW, 0);
            }
        }
        if (!kept.isEmpty()) {
            forgetKept(nowNs);
        }
    }

    private void forgetKept(long nowNs) {
        kept.values().removeIf(place -> {
            boolean over = nowNs > place.untilNs();
            if (over) {
                place.reader().dispose();
            }
            return over;
        });
    }

    /** Who is waited for may have got everything from others and have left: that must not leave this peer behind. */
    private void stopWaitingAtTheEnd(long nowNs) {
        if (released || !programme.endIsKnown()) {
            return;
        }
        if (endKnownAtNs < 0) {
            endKnownAtNs = nowNs;
        } else if (nowNs - endKnownAtNs >= self.options().linger().toNanos() / 2) {
            release();
        }
    }

    private void release() {
        released = true;
        onReleased.run();
    }

    private Message.Announce announcement(int number, StreamHub.View view) {
        long oldest = origin.oldest(view);
        long nowNs = self.nowNs();
        StreamClock clock = dividing.clock();
        boolean known = clock.known();
        return new Message.Announce(
                number,
                view.epoch(),
                oldest,
                view.edge(),
                oldest > view.next() ? List.of() : holes(view),
                view.finalSequence(),
                known ? clock.timeUs(nowNs) : 0,
                known ? clock.errorUs(nowNs) : Message.UNKNOWN,
                links.isLeaving() ? 0 : upload.spare(),
                upload.serviceUs());
    }

    private List<Message.Range> holes(StreamHub.View view) {
        List<Message.Range> holes = new ArrayList<>();
        long from = -1;
        long reach = Math.min(view.edge(), view.next() + HOLES_REACH);
        for (long sequence = view.next(); sequence <= reach && holes.size() < MAX_HOLES; sequence++) {
            boolean missing = sequence < reach && programme.segment(view.epoch(), sequence) == null;
            if (missing && from < 0) {
                from = sequence;
            } else if (!missing && from >= 0) {
                holes.add(new Message.Range(from, sequence));
                from = -1;
            }
        }
        return holes;
    }
}
