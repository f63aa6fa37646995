package io.swarmflux.swarm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** So many losses and no more, by sequence. What is beyond that is dropped, the farthest first. */
final class LossTable {
    private final int most;
    private final List<Loss> losses = new ArrayList<>();

    LossTable(int most) {
        this.most = most;
    }

    int size() {
        return losses.size();
    }

    Loss get(int i) {
        return losses.get(i);
    }

    @Nullable
    Loss find(long sequence) {
        int place = place(sequence);
        return place < 0 ? null : losses.get(place);
    }

    /** Whether there is room: only for what is nearer than something that can go instead. */
    boolean hasRoomFor(long sequence) {
        return losses.size() < most || losses.get(losses.size() - 1).sequence > sequence;
    }

    /** Adds one that is not there yet and has room; says how many it took the place of. */
    int add(Loss loss) {
        int dropped = 0;
        if (losses.size() == most) {
            losses.remove(losses.size() - 1);
            dropped = 1;
        }
        losses.add(-place(loss.sequence) - 1, loss);
        return dropped;
    }

    void remove(long sequence) {
        int place = place(sequence);
        if (place >= 0) {
            losses.remove(place);
        }
    }

    void removeBelow(long sequence) {
        int place = place(sequence);
        losses.subList(0, place < 0 ? -place - 1 : place).clear();
    }

    void removeGivenUp() {
        losses.removeIf(loss -> loss.givenUp);
    }

    void clear() {
        losses.clear();
    }

    long nextNs() {
        long nextNs = Long.MAX_VALUE;
        for (Loss loss : losses) {
            nextNs = Math.min(nextNs, loss.dueNs);
        }
        return nextNs;
    }

    private int place(long sequence) {
        int low = 0;
        int high = losses.size() - 1;
        if (high < 0 || losses.get(high).sequence < sequence) {
            return -(high + 1) - 1;
        }
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long at = losses.get(middle).sequence;
            if (at == sequence) {
                return middle;
            }
            if (at < sequence) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }
}
