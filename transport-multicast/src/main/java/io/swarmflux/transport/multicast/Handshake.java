package io.swarmflux.transport.multicast;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who is asked to prove that it is there now, and what is answered: decides, and leaves sending to the envelope. The time is an
 * argument.
 *
 * <pre>
 *   newcomer                            member
 *      | BEACON ---------------------------&gt; |   here I am, with this salt
 *      | &lt;------------- CHALLENGE (nonce) -- |   really, now? and here is mine
 *      | ANSWER (nonce) -------------------&gt; |   believed from here on
 *      | CHALLENGE (nonce) ----------------&gt; |   and you?
 *      | &lt;---------------- ANSWER (nonce) -- |
 * </pre>
 *
 * <p>One challenge asks many at once with one nonce, and one answer answers many, so a large island that starts together needs few
 * datagrams. What a stranger can cause is bounded: checks, challenges and answers by second, answers by asker too, and how many are
 * being asked by address.
 */
final class Handshake {
    /** In one datagram. */
    static final int MOST_ASKED = 64;
    /** In one datagram. */
    static final int MOST_ANSWERED = 32;

    private static final int MOST_BEING_ASKED = 4_096;
    private static final int TRIES = 4;
    private static final int ANSWERS_PER_ASKER = 5;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long RETRY_NS = 100_000_000L;

    private final Sessions sessions;
    private final Supplier<Nonce> nonces;
    private final Budget checks;
    private final Budget challenges;
    private final Budget unproved;
    private final Budget answers;

    private final Map<Long, Asked> beingAsked = new LinkedHashMap<>();
    private final Map<InetAddress, Integer> beingAskedAt = new HashMap<>();
    private final Set<Long> toAsk = new LinkedHashSet<>();
    private final Map<Nonce, Question> open = new LinkedHashMap<>();
    private final Set<Nonce> toAnswer = new LinkedHashSet<>();
    private final Map<Long, Integer> answered = new HashMap<>();
    private long answeredSinceNs;

    /** Somebody who has shown the secret, but perhaps long ago. */
    private static final class Asked {
        private final InetAddress from;
        private int tries = 1;
        private long lastNs;

        Asked(InetAddress from, long nowNs) {
            this.from = from;
            this.lastNs = nowNs;
        }
    }

    /** A challenge that was sent. */
    record Question(Nonce nonce, Set<Long> asked, long sentNs) {}

    Handshake(Sessions sessions, Supplier<Nonce> nonces, long nowNs) {
        this.sessions = sessions;
        this.nonces = nonces;
        this.checks = new Budget(1_000, 250, nowNs);
        this.challenges = new Budget(50, 20, nowNs);
        this.unproved = new Budget(5, 5, nowNs);
        this.answers = new Budget(100, 50, nowNs);
        this.answeredSinceNs = nowNs;
    }

    /** Whether one more datagram of an unknown sender may be checked, which costs a key. */
    boolean mayCheck(long nowNs) {
        return checks.trySpend(nowNs);
    }

    /** Somebody unknown has shown the secret: asks it; false when too many are being asked or believed already. */
    boolean ask(long session, InetAddress from, long nowNs) {
        if (beingAsked.containsKey(session)) {
            return true;
        }
        int there = beingAskedAt.getOrDefault(from, 0);
        if (beingAsked.size() >= MOST_BEING_ASKED || !sessions.hasRoom(from, there)) {
            return false;
        }
        beingAsked.put(session, new Asked(from, nowNs));
        beingAskedAt.put(from, there + 1);
        toAsk.add(session);
        return true;
    }

    /** Something came from a session that nothing is known of, and that anybody may have made: asks it, but not often. */
    void askUnproved(long session, long nowNs) {
        if (!beingAsked.containsKey(session) && !toAsk.contains(session) && unproved.trySpend(nowNs)) {
            toAsk.add(session);
        }
    }

    /** Whether this would answer a challenge of ours to that session. */
    boolean isOpen(long session, Nonce nonce) {
        Question question = open.get(nonce);
        return question != null && question.asked().contains(session);
    }

    /** The session has answered. */
    void believed(long session) {
        Asked asked = beingAsked.remove(session);
        if (asked != null) {
            leave(asked);
        }
        toAsk.remove(session);
    }

    private void leave(Asked asked) {
        beingAskedAt.computeIfPresent(asked.from, (from, count) -> count == 1 ? null : count - 1);
    }

    /** Somebody who knows the secret asks us. */
    void answer(long asker, Nonce nonce) {
        int times = answered.getOrDefault(asker, 0);
        boolean room = times > 0 || answered.size() < MOST_BEING_ASKED;
        if (room && times < ANSWERS_PER_ASKER && toAnswer.size() < MOST_BEING_ASKED && toAnswer.add(nonce)) {
            answered.put(asker, times + 1);
        }
    }

    /** Whether there is something to send. */
    boolean waits() {
        return !toAsk.isEmpty() || !toAnswer.isEmpty();
    }

    /** The next challenge to send; null when there is none, or not now. */
    @Nullable
    Question nextQuestion(long nowNs) {
        if (toAsk.isEmpty() || !challenges.trySpend(nowNs)) {
            return null;
        }
        Question question = new Question(nonces.get(), Set.copyOf(take(toAsk, MOST_ASKED)), nowNs);
        open.put(question.nonce(), question);
        return question;
    }

    /** The next nonces to answer; empty when there are none, or not now. */
    List<Nonce> nextAnswers(long nowNs) {
        return toAnswer.isEmpty() || !answers.trySpend(nowNs) ? List.of() : take(toAnswer, MOST_ANSWERED);
    }

    private static <T> List<T> take(Set<T> from, int most) {
        List<T> taken = new ArrayList<>();
        for (Iterator<T> each = from.iterator(); each.hasNext() && taken.size() < most; ) {
            taken.add(each.next());
            each.remove();
        }
        return taken;
    }

    /** Asks again, gives up, forgets; to be called about ten times a second. */
    void tick(long nowNs) {
        open.values().removeIf(question -> nowNs - question.sentNs() > SECOND_NS);
        if (nowNs - answeredSinceNs > SECOND_NS) {
            answered.clear();
            answeredSinceNs = nowNs;
        }
        for (Iterator<Map.Entry<Long, Asked>> each = beingAsked.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Long, Asked> one = each.next();
            Asked asked = one.getValue();
            if (nowNs - asked.lastNs < RETRY_NS) {
                continue;
            }
            if (asked.tries == TRIES) {
                each.remove();
                leave(asked);
            } else {
                asked.tries++;
                asked.lastNs = nowNs;
                toAsk.add(one.getKey());
            }
        }
    }
}
