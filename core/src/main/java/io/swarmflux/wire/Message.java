package io.swarmflux.wire;

import io.swarmflux.segment.Description;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import java.util.ArrayList;
import java.util.List;

/**
 * What two peers say to each other over a link: the complete set of wire version 1. {@code docs/wire-format.md} has the
 * bytes. {@code number} is the link-local number of a stream: the subscriber chooses it, and uses each once.
 */
public sealed interface Message {
    /** A message about one stream of the link. */
    sealed interface OfStream extends Message {
        /**
         * Which stream.
         *
         * @return the link-local number
         */
        int number();
    }

    // ------------------------------------------------------------------ the link itself

    /**
     * The first frame each way. Its first 12 bytes never change between versions.
     *
     * @param minVersion the oldest wire version the sender speaks
     * @param maxVersion the newest
     * @param features bits for later use; unknown bits are ignored
     * @param peer the sender's name, at most 64 bytes
     * @param instance random, new for each start of the peer
     * @param maxFrameBytes the longest frame the sender takes
     * @param maxSegmentBytes the longest encoded segment the sender takes
     * @param advertised where the sender can be dialled; empty when it does not say
     */
    record Hello(
            int minVersion,
            int maxVersion,
            long features,
            String peer,
            long instance,
            int maxFrameBytes,
            int maxSegmentBytes,
            String advertised)
            implements Message {}

    /**
     * The listener's answer to a hello it likes; nothing but a hello is sent before it.
     *
     * @param version the version both will speak
     * @param instance the hello's instance, given back
     */
    record Welcome(int version, long instance) implements Message {}

    /**
     * The answer to a hello it does not like; the link closes after it.
     *
     * @param reason why
     * @param retryAfterMillis when to try again; 0 when it is not worth it
     * @param text for people
     */
    record Reject(RejectReason reason, int retryAfterMillis, String text) implements Message {}

    /**
     * Asks for an answer.
     *
     * @param stamp comes back in the {@link Pong}
     */
    record Ping(long stamp) implements Message {}

    /**
     * Answers a {@link Ping}.
     *
     * @param stamp the ping's
     */
    record Pong(long stamp) implements Message {}

    /**
     * The sender leaves; the link closes after it.
     *
     * @param reason why
     * @param retryAfterMillis when it may be dialled again; 0 when it is not worth it
     */
    record Goodbye(GoodbyeReason reason, int retryAfterMillis) implements Message {}

    /**
     * The receiver broke the rules; the link closes after it.
     *
     * @param code which rule
     * @param text names the value and the place, for people
     */
    record Failure(FailureCode code, String text) implements Message {}

    /**
     * Peers one may dial.
     *
     * @param addresses at most 8
     */
    record Neighbours(List<Address> addresses) implements Message {}

    /**
     * A peer and where it listens.
     *
     * @param peer its name
     * @param address in the transport's form
     */
    record Address(String peer, String address) {}

    // ------------------------------------------------------------------ upwards: from a downstream to its upstream

    /**
     * Asks for a stream from a sequence on: join, resume and fail-over alike.
     *
     * @param number chosen by the sender
     * @param stream the stream
     * @param epoch the epoch wanted; -1 for whichever is played now
     * @param newestEpoch the newest epoch the sender ever heard of; -1 for none
     * @param start where to start
     * @param from the sequence, when {@code start} is {@link Start#SEQUENCE}; otherwise 0
     * @param subStreams bit i set: sub-stream i is wanted; -1 for all; 0 unless the sender gets nothing from anybody
     * @param creditSegments how many sequences past the start may be sent at first
     * @param creditBytes how many encoded bytes may be sent at first
     * @param waiting the sender takes nothing yet, but holds its place
     */
    record Subscribe(
            int number,
            StreamId stream,
            long epoch,
            long newestEpoch,
            Start start,
            long from,
            long subStreams,
            int creditSegments,
            long creditBytes,
            boolean waiting)
            implements OfStream {}

    /**
     * Which sub-streams the sender wants pushed; takes the place of what was assigned before.
     *
     * @param number the stream
     * @param assignments one for each sub-stream that is wanted, or was and now ends; sub-streams not named keep theirs
     */
    record Assign(int number, List<Assignment> assignments) implements OfStream {}

    /**
     * One sub-stream of an {@link Assign}.
     *
     * @param subStream from 0 to K - 1
     * @param from the first sequence that is wanted
     * @param until the first sequence that is wanted no more; {@link Long#MAX_VALUE} for none
     * @param reach how many peers get it by this, the sender included; 0 when it is wanted no more
     * @param need what happens to the sender without it
     */
    record Assignment(int subStream, long from, long until, long reach, Need need) {
        /**
         * The end of an assignment.
         *
         * @param subStream from 0 to K - 1
         * @param until the first sequence that is wanted no more
         * @return the assignment
         */
        public static Assignment until(int subStream, long until) {
            return new Assignment(subStream, 0, until, 0, Need.WANTED);
        }

        /**
         * Whether anything is wanted.
         *
         * @return false for an end
         */
        public boolean wants() {
            return until > from && reach > 0;
        }
    }

    /**
     * How many peers get what the sender takes: it changes when peers come and go further down.
     *
     * @param number the stream
     * @param subStreams for each sub-stream whose reach has changed
     */
    record Reach(int number, List<Reached> subStreams) implements OfStream {}

    /**
     * The reach of some sub-streams.
     *
     * @param subStreams bit i set: sub-stream i
     * @param peers how many get it by the sender, itself included
     */
    record Reached(long subStreams, long peers) {}

    /**
     * How much may be sent on this subscription, all told. Limits only grow, so only the newest counts.
     *
     * @param number the stream
     * @param sequenceLimit the first sequence that may not be sent
     * @param byteLimit the total of encoded bytes that may be sent since the subscribe
     * @param next the first sequence that the sender's window does not hold: confirms all before it
     * @param receivedBytes the total of encoded bytes received since the subscribe
     * @param held the sender cannot take more because of its own downstreams or readers
     */
    record Credit(int number, long sequenceLimit, long byteLimit, long next, long receivedBytes, boolean held)
            implements OfStream {}

    /**
     * Asks for segments again; carries its own credit.
     *
     * @param number the stream
     * @param ranges at most 32
     */
    record Request(int number, List<Range> ranges) implements OfStream {}

    /**
     * These have come from somebody else: they need not be sent, neither in answer to a {@link Request} nor otherwise.
     *
     * @param number the stream
     * @param ranges at most 32
     */
    record Have(int number, List<Range> ranges) implements OfStream {}

    /**
     * Ends a subscription; answered with {@link Stopped}.
     *
     * @param number the stream
     */
    record Unsubscribe(int number) implements OfStream {}

    // ------------------------------------------------------------------ downwards: from an upstream to its downstream

    /**
     * Answers a {@link Subscribe}. Turns the first credit into absolute limits: sequences below
     * {@code start + creditSegments}, {@code creditBytes} bytes.
     *
     * @param number the stream
     * @param epoch the epoch the sender has; when another one was asked for, nothing will be sent
     * @param start the first sequence that may be sent
     * @param oldest the oldest sequence the sender has
     * @param description what holds for the epoch
     */
    record Subscribed(int number, long epoch, long start, long oldest, Description description) implements OfStream {}

    /**
     * A subscribe that cannot be served, or one that was and is not any more.
     *
     * @param number the stream
     * @param reason why
     * @param text for people
     */
    record Refused(int number, RefuseReason reason, String text) implements OfStream {}

    /**
     * A new version of the description.
     *
     * @param number the stream
     * @param description the new one
     */
    record Described(int number, Description description) implements OfStream {}

    /**
     * A segment, put together from its frames.
     *
     * @param number the stream
     * @param segment the segment
     */
    record Data(int number, Segment segment) implements OfStream {}

    /**
     * What the sender holds, each 250 ms on every open link.
     *
     * @param number the stream
     * @param epoch its epoch
     * @param oldest the oldest sequence it has
     * @param edge one past the newest sequence it has
     * @param holes what is missing between the two, oldest first, at most 32
     * @param finalSequence the last sequence of the epoch: -1 for an empty stream, {@link #UNKNOWN} while it goes on
     * @param streamTimeUs the sender's estimate of the seeder's monotonic clock, which is at 0 where the media time is
     * @param streamTimeErrorUs the bound of its error; {@link #UNKNOWN} when it has no estimate
     * @param spare how many more sub-streams it has upload for; {@link #ANY} for as many as there are
     * @param serviceUs how long a segment takes from here to a downstream, on average: its queue and the sending
     */
    record Announce(
            int number,
            long epoch,
            long oldest,
            long edge,
            List<Range> holes,
            long finalSequence,
            long streamTimeUs,
            long streamTimeErrorUs,
            int spare,
            long serviceUs)
            implements OfStream {
        /**
         * The same for another subscription.
         *
         * @param other its number
         * @return the announcement
         */
        public Announce as(int other) {
            return new Announce(
                    other,
                    epoch,
                    oldest,
                    edge,
                    holes,
                    finalSequence,
                    streamTimeUs,
                    streamTimeErrorUs,
                    spare,
                    serviceUs);
        }
    }

    /** An upload that has no known bound, as {@link Announce#spare}. */
    int ANY = 64;

    /**
     * The ways by which sub-streams come to the sender: all of them after SUBSCRIBED and now and then, otherwise what has
     * changed.
     *
     * @param number the stream
     * @param epoch its epoch
     * @param paths of each sub-stream that is named the newest way
     */
    record Paths(int number, long epoch, List<Path> paths) implements OfStream {}

    /**
     * The way by which some sub-streams come.
     *
     * @param subStreams bit i set: sub-stream i
     * @param peers ids from the seeder to the sender, at most 16; empty when they come by no way
     * @param ageUs how old their segments are when they arrive at the sender, by stream time; {@link #UNKNOWN} when it
     *     cannot tell
     */
    record Path(long subStreams, List<String> peers, long ageUs) {}

    /**
     * The sender does not push these sub-streams: its upload is spoken for.
     *
     * @param number the stream
     * @param subStreams bit i set: sub-stream i
     */
    record Declined(int number, long subStreams) implements OfStream {}

    /**
     * The sender would be glad if the receiver took these sub-streams from somebody else; it pushes them until then.
     *
     * @param number the stream
     * @param subStreams bit i set: sub-stream i
     */
    record Yield(int number, long subStreams) implements OfStream {}

    /**
     * What the sender will never have, or will not send.
     *
     * @param number the stream
     * @param epoch the epoch
     * @param from the first sequence
     * @param until one past the last sequence
     * @param reason why
     */
    record GapNotice(int number, long epoch, long from, long until, GapNoticeReason reason) implements OfStream {}

    /**
     * The epoch is over.
     *
     * @param number the stream
     * @param epoch the epoch
     * @param finalSequence its last sequence; -1 when it was empty
     */
    record End(int number, long epoch, long finalSequence) implements OfStream {}

    /**
     * Answers {@link Unsubscribe}: what was granted and not used lapses.
     *
     * @param number the stream
     * @param sentBytes the total of encoded bytes sent since the subscribe
     */
    record Stopped(int number, long sentBytes) implements OfStream {}

    /**
     * Peers that may serve the stream better.
     *
     * @param number the stream
     * @param addresses at most 8
     */
    record Redirect(int number, List<Address> addresses) implements OfStream {}

    // ------------------------------------------------------------------ parts

    /**
     * A range of sequences.
     *
     * @param from the first
     * @param until one past the last
     */
    record Range(long from, long until) {
        /**
         * The ranges that some sequences make.
         *
         * @param sequences in order
         * @return what follows on one another as one range
         */
        public static List<Range> of(List<Long> sequences) {
            List<Range> ranges = new ArrayList<>();
            for (long sequence : sequences) {
                int last = ranges.size() - 1;
                if (last >= 0 && ranges.get(last).until() == sequence) {
                    ranges.set(last, new Range(ranges.get(last).from(), sequence + 1));
                } else {
                    ranges.add(new Range(sequence, sequence + 1));
                }
            }
            return ranges;
        }
    }

    /** Stands for a number that is not known. */
    long UNKNOWN = -2;

    /** What happens to a downstream that does not get a sub-stream from here. */
    enum Need {
        /** Somebody else brings it, or has upload to spare. */
        WANTED,
        /** It knows nobody who has upload to spare. */
        NEEDED,
        /** It has no other upstream at all. */
        ALONE
    }

    /** Where a subscription starts. */
    enum Start {
        /** The stream's own: the live edge when live, the oldest when lossless. */
        NATURAL,
        /** The newest segment. */
        LIVE_EDGE,
        /** The oldest that can be had. */
        OLDEST,
        /** A given sequence. */
        SEQUENCE,
        /** The newest random-access point. */
        RANDOM_ACCESS
    }

    /** Why a hello was rejected. */
    enum RejectReason {
        /** No wire version in common. */
        VERSION,
        /** Too many links. */
        FULL,
        /** A link with this peer id is open already. */
        DUPLICATE_PEER,
        /** It is the listener itself. */
        SELF,
        /** The listener is leaving. */
        LEAVING
    }

    /** Why a peer leaves. */
    enum GoodbyeReason {
        /** It stops. */
        LEAVING,
        /** All that it had was confirmed. */
        FINISHED,
        /** Another link to the same peer stays. */
        DUPLICATE_LINK,
        /** The receiver did not advance for 10 s in a lossless stream. */
        TOO_SLOW,
        /** Nothing was heard for 3 s. */
        SILENT
    }

    /** Why a subscribe was refused. */
    enum RefuseReason {
        /** It does not have this stream. */
        UNKNOWN_STREAM,
        /** It has as many downstreams as it takes. */
        FULL,
        /** Its own path to the seeder leads through the asker. */
        LOOP,
        /** It has no description yet; ask again. */
        NOT_READY
    }

    /** Why something will not be sent. */
    enum GapNoticeReason {
        /** It has left the window, or never came. */
        GONE,
        /** The seeder never made it. */
        NEVER,
        /** It waited for too long to be pushed; it may be asked for. */
        LATE
    }

    /** Which rule was broken. */
    enum FailureCode {
        /** Bytes that are no message. */
        MALFORMED,
        /** The wrong first bytes. */
        MAGIC,
        /** No version in common. */
        VERSION,
        /** A message of a kind that is not known and may not be ignored. */
        UNKNOWN_MESSAGE,
        /** A message that may not come now. */
        UNEXPECTED,
        /** More data than was granted. */
        CREDIT,
        /** Something larger than was agreed. */
        LIMIT,
        /** A segment that does not verify. */
        PROOF,
        /** No hello or welcome in time. */
        TIMEOUT
    }
}
