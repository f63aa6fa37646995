package io.swarmflux.transport.multicast;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.swarmflux.transport.multicast.MulticastCounts.Dropped;
import io.swarmflux.transport.multicast.Sessions.Session;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * With a secret: frames are encrypted with the key of the sender's session, and believed when that session has proved to be there
 * now. Bodies of the other kinds begin with the sender's salt, from which the key follows, and are not encrypted; every datagram
 * has a tag over all of it.
 */
final class SealedEnvelope implements Envelope {
    private static final int LONGEST = 2_048;
    private static final int TICK_MS = 100;
    private static final int TICKS_PER_BEACON = 5;
    /** So long others who want the same may join a datagram. */
    private static final int GATHERING_MS = 2;

    private final long session;
    private final byte[] salt;
    private final Sealing sealing;
    private final SecretKeySpec key;
    private final Sessions sessions;
    private final Handshake handshake;
    private final Tally tally;
    private final byte[] outgoing = new byte[LONGEST];
    private final byte[] incoming = new byte[LONGEST];
    private long number;
    private long ticks;
    private boolean gathering;
    private boolean stopped;
    private @Nullable Wire wire;

    /** What is random in a session. */
    static final class Randomness {
        private final long session;
        private final byte[] salt;
        private final byte[] nonceKey;

        Randomness(long session, byte[] salt, byte[] nonceKey) {
            this.session = session;
            this.salt = salt.clone();
            this.nonceKey = nonceKey.clone();
        }

        /** May block. */
        static Randomness draw(SecureRandom random) {
            byte[] salt = new byte[Sealing.SALT_BYTES];
            random.nextBytes(salt);
            byte[] nonceKey = new byte[32];
            random.nextBytes(nonceKey);
            return new Randomness(random.nextLong(), salt, nonceKey);
        }
    }

    SealedEnvelope(Sealing sealing, Randomness random, Sessions sessions, Tally tally) {
        this.sealing = sealing;
        this.session = random.session;
        this.salt = random.salt;
        this.key = sealing.key(salt, session);
        this.sessions = sessions;
        this.tally = tally;
        // A counter under a random key: as hard to guess as fresh random bits, and drawn without blocking.
        byte[] nonceKey = random.nonceKey;
        long[] drawn = {0};
        this.handshake = new Handshake(
                sessions,
                () -> Nonce.of(sealing.hmac(
                        nonceKey,
                        ByteBuffer.allocate(Long.BYTES).putLong(0, drawn[0]++).array())),
                System.nanoTime());
    }

    @Override
    public int overheadBytes() {
        return Datagram.HEADER_BYTES + Datagram.TAG_BYTES;
    }

    @Override
    public ByteBuf close(ByteBufAllocator allocator, int size, ByteBuffer... parts) {
        ByteBuf datagram = begin(allocator, Datagram.SEALED, size);
        for (ByteBuffer part : parts) {
            datagram.writeBytes(part);
        }
        return sealed(datagram, Datagram.HEADER_BYTES);
    }

    private ByteBuf begin(ByteBufAllocator allocator, int kind, int length) {
        ByteBuf datagram = allocator.directBuffer(Datagram.HEADER_BYTES + length + Datagram.TAG_BYTES);
        new Datagram(kind, session, number++, length).write(datagram);
        return datagram;
    }

    /** Encrypts what is behind the clear bytes, and appends the tag over everything. */
    private ByteBuf sealed(ByteBuf datagram, int clear) {
        int size = datagram.writerIndex();
        datagram.getBytes(0, outgoing, 0, size);
        sealing.seal(key, number - 1, outgoing, clear, size - clear);
        return datagram.clear().writeBytes(outgoing, 0, size + Datagram.TAG_BYTES);
    }

    @Override
    public @Nullable ByteBuffer open(ByteBuf datagram, InetAddress from) {
        int size = datagram.readableBytes();
        datagram.getBytes(datagram.readerIndex(), incoming, 0, size);
        Datagram header = Datagram.read(datagram);
        if (header.session() == session) {
            tally.own();
            return null;
        }
        if (header.kind() == Datagram.PLAIN) {
            tally.dropped(Dropped.OTHER_SECURITY);
            return null;
        }
        long nowNs = System.nanoTime();
        Session known = sessions.get(header.session());
        if (known == null) {
            unknown(header, datagram, from, nowNs);
            return null;
        }
        if (!known.window.isNew(header.number())) {
            tally.dropped(Dropped.REPLAY);
            return null;
        }
        boolean frame = header.kind() == Datagram.SEALED;
        if (!opens(known.key, header, frame)) {
            tally.dropped(Dropped.TAG);
            return null;
        }
        known.window.mark(header.number());
        known.heard(nowNs);
        if (frame) {
            return ByteBuffer.wrap(incoming, Datagram.HEADER_BYTES, header.length())
                    .slice()
                    .asReadOnlyBuffer();
        }
        if (header.kind() == Datagram.CHALLENGE) {
            challenged(header, datagram.skipBytes(Sealing.SALT_BYTES));
        }
        return null;
    }

    private boolean opens(SecretKeySpec by, Datagram header, boolean encrypted) {
        int clear = Datagram.HEADER_BYTES + (encrypted ? 0 : header.length());
        return sealing.open(by, header.number(), incoming, clear, encrypted ? header.length() : 0);
    }

    private void unknown(Datagram header, ByteBuf body, InetAddress from, long nowNs) {
        if (header.kind() == Datagram.SEALED) {
            tally.dropped(Dropped.UNBELIEVED);
            handshake.askUnproved(header.session(), nowNs);
            gather();
            return;
        }
        if (!hasForm(header)) {
            tally.dropped(Dropped.TRUNCATED);
            return;
        }
        byte[] theirSalt = new byte[Sealing.SALT_BYTES];
        body.readBytes(theirSalt);
        boolean answers = header.kind() == Datagram.ANSWER;
        if (answers && !answersUs(header, body)) {
            return; // it answers others
        }
        if (!handshake.mayCheck(nowNs)) {
            tally.dropped(Dropped.TOO_MANY_SESSIONS);
            return;
        }
        SecretKeySpec theirKey = sealing.key(theirSalt, header.session());
        if (header.number() < 0 || !opens(theirKey, header, false)) {
            tally.dropped(Dropped.TAG);
        } else if (answers) {
            believe(header, theirKey, from, nowNs);
        } else {
            if (!handshake.ask(header.session(), from, nowNs)) {
                tally.dropped(Dropped.TOO_MANY_SESSIONS);
            }
            if (header.kind() == Datagram.CHALLENGE) {
                challenged(header, body);
            }
            gather();
        }
    }

    /** Whether a body of ours could be so long. */
    private static boolean hasForm(Datagram header) {
        int rest = header.length() - Sealing.SALT_BYTES;
        return switch (header.kind()) {
            case Datagram.CHALLENGE -> rest >= Nonce.BYTES && (rest - Nonce.BYTES) % Long.BYTES == 0;
            case Datagram.ANSWER -> rest >= 0 && rest % Nonce.BYTES == 0;
            default -> rest == 0;
        };
    }

    private boolean answersUs(Datagram header, ByteBuf body) {
        boolean ours = false;
        for (int rest = header.length() - Sealing.SALT_BYTES; rest > 0; rest -= Nonce.BYTES) {
            ours |= handshake.isOpen(header.session(), Nonce.read(body));
        }
        return ours;
    }

    private void believe(Datagram header, SecretKeySpec theirKey, InetAddress from, long nowNs) {
        if (!sessions.hasRoom(from, 0)) {
            tally.dropped(Dropped.TOO_MANY_SESSIONS);
            return;
        }
        sessions.add(header.session(), theirKey, header.number(), from, nowNs);
        handshake.believed(header.session());
    }

    private void challenged(Datagram header, ByteBuf body) {
        Nonce nonce = Nonce.read(body);
        for (int rest = header.length() - Sealing.SALT_BYTES - Nonce.BYTES; rest >= Long.BYTES; rest -= Long.BYTES) {
            if (body.readLong() == session) {
                handshake.answer(header.session(), nonce);
                gather();
            }
        }
    }

    @Override
    public void start(Wire to) {
        wire = to;
        tick();
    }

    private void tick() {
        Wire to = wire;
        if (stopped || to == null) {
            return;
        }
        if (ticks++ % TICKS_PER_BEACON == 0) {
            to.send(sealedClear(control(to, Datagram.BEACON, 0)));
        }
        long nowNs = System.nanoTime();
        handshake.tick(nowNs);
        sessions.forgetSilent(nowNs);
        gather();
        to.after(TICK_MS, this::tick);
    }

    /** Sends what is to be asked and answered, soon and together. */
    private void gather() {
        Wire to = wire;
        if (!gathering && !stopped && to != null && handshake.waits()) {
            gathering = true;
            to.after(GATHERING_MS, this::sendGathered);
        }
    }

    private void sendGathered() {
        gathering = false;
        Wire to = wire;
        if (stopped || to == null) {
            return;
        }
        long nowNs = System.nanoTime();
        // What the budgets leave waits for the next tick.
        for (Handshake.Question next = handshake.nextQuestion(nowNs);
                next != null;
                next = handshake.nextQuestion(nowNs)) {
            ByteBuf datagram =
                    control(to, Datagram.CHALLENGE, Nonce.BYTES + next.asked().size() * Long.BYTES);
            next.nonce().write(datagram);
            next.asked().forEach(datagram::writeLong);
            to.send(sealedClear(datagram));
        }
        for (List<Nonce> next = handshake.nextAnswers(nowNs); !next.isEmpty(); next = handshake.nextAnswers(nowNs)) {
            ByteBuf datagram = control(to, Datagram.ANSWER, next.size() * Nonce.BYTES);
            next.forEach(nonce -> nonce.write(datagram));
            to.send(sealedClear(datagram));
        }
    }

    private ByteBuf control(Wire to, int kind, int restBytes) {
        return begin(to.allocator(), kind, Sealing.SALT_BYTES + restBytes).writeBytes(salt);
    }

    private ByteBuf sealedClear(ByteBuf datagram) {
        return sealed(datagram, datagram.writerIndex());
    }

    @Override
    public void stop() {
        stopped = true;
    }
}
