package io.swarmflux.wire;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Mode;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.Message.Address;
import io.swarmflux.wire.Message.Announce;
import io.swarmflux.wire.Message.Assign;
import io.swarmflux.wire.Message.Assignment;
import io.swarmflux.wire.Message.Credit;
import io.swarmflux.wire.Message.Declined;
import io.swarmflux.wire.Message.Described;
import io.swarmflux.wire.Message.End;
import io.swarmflux.wire.Message.Failure;
import io.swarmflux.wire.Message.FailureCode;
import io.swarmflux.wire.Message.GapNotice;
import io.swarmflux.wire.Message.GapNoticeReason;
import io.swarmflux.wire.Message.Goodbye;
import io.swarmflux.wire.Message.GoodbyeReason;
import io.swarmflux.wire.Message.Have;
import io.swarmflux.wire.Message.Hello;
import io.swarmflux.wire.Message.Need;
import io.swarmflux.wire.Message.Neighbours;
import io.swarmflux.wire.Message.Path;
import io.swarmflux.wire.Message.Paths;
import io.swarmflux.wire.Message.Ping;
import io.swarmflux.wire.Message.Pong;
import io.swarmflux.wire.Message.Range;
import io.swarmflux.wire.Message.Reach;
import io.swarmflux.wire.Message.Reached;
import io.swarmflux.wire.Message.Redirect;
import io.swarmflux.wire.Message.RefuseReason;
import io.swarmflux.wire.Message.Refused;
import io.swarmflux.wire.Message.Reject;
import io.swarmflux.wire.Message.RejectReason;
import io.swarmflux.wire.Message.Request;
import io.swarmflux.wire.Message.Start;
import io.swarmflux.wire.Message.Stopped;
import io.swarmflux.wire.Message.Subscribe;
import io.swarmflux.wire.Message.Subscribed;
import io.swarmflux.wire.Message.Unsubscribe;
import io.swarmflux.wire.Message.Welcome;
import io.swarmflux.wire.Message.Yield;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Valid messages of every kind with random contents, extremes included. */
final class RandomMessages {
    private static final String[] LETTERS = {"a", "z", "-", "7", "é", "漢", "😀"};

    private final Random random;
    private final List<Supplier<Message>> kinds = List.of(
            this::hello,
            () -> new Welcome(1 + below(0xffff), bits()),
            () -> new Reject(one(RejectReason.values()), natural(), text(0, 512)),
            () -> new Ping(bits()),
            () -> new Pong(bits()),
            () -> new Goodbye(one(GoodbyeReason.values()), natural()),
            () -> new Failure(one(FailureCode.values()), text(0, 512)),
            () -> new Neighbours(addresses()),
            this::subscribe,
            this::assign,
            () -> new Credit(natural(), sequence(), sequence(), sequence(), sequence(), flag()),
            () -> new Request(natural(), ranges(0, Long.MAX_VALUE)),
            () -> new Have(natural(), ranges(0, Long.MAX_VALUE)),
            () -> new Unsubscribe(natural()),
            this::reach,
            () -> new Subscribed(natural(), sequence(), sequence(), sequence(), description()),
            () -> new Refused(natural(), one(RefuseReason.values()), text(0, 512)),
            () -> new Described(natural(), description()),
            this::announce,
            this::gap,
            () -> new End(natural(), sequence(), flag() ? -1 : sequence()),
            () -> new Stopped(natural(), sequence()),
            () -> new Redirect(natural(), addresses()),
            this::paths,
            () -> new Declined(natural(), bits()),
            () -> new Yield(natural(), bits()));

    RandomMessages(long seed) {
        this.random = new Random(seed);
    }

    Message control() {
        return kinds.get(below(kinds.size())).get();
    }

    List<Message> oneOfEach() {
        return kinds.stream().map(Supplier::get).toList();
    }

    Segment segment(StreamId stream, int payloadBytes) {
        return Segment.of(stream, sequence(), sequence(), new Cut(bytes(payloadBytes), bits(), below(8)), natural());
    }

    private Message hello() {
        int min = 1;
        return new Hello(
                min,
                min + below(3),
                bits(),
                text(1, 64),
                bits(),
                MessageCodec.MIN_FRAME_BYTES + below(1 << 30),
                Segment.HEADER_BYTES + below(1 << 30),
                text(0, 256));
    }

    private Message subscribe() {
        Start start = one(Start.values());
        return new Subscribe(
                natural(),
                StreamId.of(text(1, 64)),
                flag() ? -1 : sequence(),
                flag() ? -1 : sequence(),
                start,
                start == Start.SEQUENCE ? sequence() : 0,
                bits(),
                natural(),
                sequence(),
                flag());
    }

    private Message assign() {
        List<Integer> subStreams = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            subStreams.add(i);
        }
        Collections.shuffle(subStreams, random);
        List<Assignment> assignments = new ArrayList<>();
        for (int subStream : subStreams.subList(0, below(65))) {
            long a = sequence();
            long b = sequence();
            assignments.add(new Assignment(subStream, Math.min(a, b), Math.max(a, b), sequence(), one(Need.values())));
        }
        return new Assign(natural(), assignments);
    }

    private Message announce() {
        long a = sequence();
        long b = sequence();
        long oldest = Math.min(a, b);
        long edge = Math.max(a, b);
        return new Announce(
                natural(),
                sequence(),
                oldest,
                edge,
                ranges(oldest, edge),
                below(3) == 0 ? sequence() : -1 - below(2),
                bits(),
                below(3) == 0 ? sequence() : -2,
                below(65),
                sequence());
    }

    private Message paths() {
        return new Paths(natural(), sequence(), pathList());
    }

    List<Path> pathList() {
        List<String> names = List.of(text(1, 20), text(1, 20), text(1, 20), text(1, 20));
        List<Path> paths = new ArrayList<>();
        for (int i = below(65); i > 0; i--) {
            List<String> peers = new ArrayList<>();
            for (int j = below(17); j > 0; j--) {
                peers.add(names.get(below(names.size())));
            }
            paths.add(new Path(bits(), peers, below(3) == 0 ? -2 : sequence()));
        }
        return paths;
    }

    private Message reach() {
        List<Reached> reached = new ArrayList<>();
        for (int i = below(65); i > 0; i--) {
            reached.add(new Reached(bits(), sequence()));
        }
        return new Reach(natural(), reached);
    }

    private Message gap() {
        Range range = ranges(0, Long.MAX_VALUE).stream().findFirst().orElse(new Range(0, Long.MAX_VALUE));
        return new GapNotice(natural(), sequence(), range.from(), range.until(), one(GapNoticeReason.values()));
    }

    private Description description() {
        return new Description(
                natural(),
                one(Mode.values()),
                4 + below(61),
                Segment.HEADER_BYTES + below(Segment.MAX_ENCODED_BYTES - Segment.HEADER_BYTES + 1),
                sequence(),
                text(0, 128),
                bytes(below(4) == 0 ? Description.MAX_HEADER_BYTES : below(50)),
                bytes(below(Description.MAX_KEY_BYTES + 1)));
    }

    private List<Address> addresses() {
        List<Address> addresses = new ArrayList<>();
        for (int i = below(9); i > 0; i--) {
            addresses.add(new Address(text(1, 64), text(1, 256)));
        }
        return addresses;
    }

    /** Ordered, disjoint, not empty. */
    List<Range> ranges(long from, long until) {
        TreeSet<Long> ends = new TreeSet<>();
        for (int i = 2 * below(33); i > 0 && until > from; i--) {
            ends.add(flag() ? random.nextLong(from, until) : from + Math.min(until - from, below(200)));
        }
        List<Long> sorted = List.copyOf(ends);
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i + 1 < sorted.size() && ranges.size() < 32; ) {
            ranges.add(new Range(sorted.get(i), sorted.get(i + 1)));
            i += flag() ? 1 : 2; // by one: the next range begins where this one ends
        }
        return ranges;
    }

    String text(int least, int most) {
        StringBuilder text = new StringBuilder();
        int characters = least + below(below(4) == 0 ? most / 4 : Math.min(most / 4, 12));
        for (int i = 0; i < characters; i++) {
            text.append(LETTERS[below(LETTERS.length)]);
        }
        return text.toString();
    }

    byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    long bits() {
        return random.nextLong() >> below(64);
    }

    long sequence() {
        return switch (below(8)) {
            case 0 -> 0;
            case 1 -> Long.MAX_VALUE;
            case 2 -> Long.MAX_VALUE - below(300);
            default -> random.nextLong() >>> (1 + below(63));
        };
    }

    int natural() {
        return below(8) == 0 ? Integer.MAX_VALUE : random.nextInt() >>> (1 + below(31));
    }

    boolean flag() {
        return random.nextBoolean();
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    private <T> T one(T[] values) {
        return values[below(values.length)];
    }
}
