package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.swarm.UploadPlan;
import io.swarmflux.wire.Message;
import org.junit.jupiter.api.Test;

class DivisionTest {
    private static final long EVER = Long.MAX_VALUE;

    private final UploadPlan plan = new UploadPlan();
    private final Division division = new Division(plan, "b", 4, 100);

    private static Message.Assignment from(int subStream, long sequence) {
        return new Message.Assignment(subStream, sequence, EVER, 3, Message.Need.WANTED);
    }

    @Test
    void beginsWithWhatItAskedForAsFarAsThereArePlaces() {
        plan.capacity(2);
        assertThat(division.begin(0b1111, 9, 3, 0)).isEqualTo(0b0110); // 3 and 0 come first
        assertThat(division.taken()).isEqualTo(0b1001);
        assertThat(plan.taken()).isEqualTo(2);
    }

    @Test
    void beginsWithNoMoreThanItsPart() {
        assertThat(division.begin(0b1110, 1, 0, 0)).isEqualTo(0b1100);
        assertThat(division.taken()).isEqualTo(0b0010);
    }

    @Test
    void wantsNothingThatItHasOrHadBefore() {
        division.begin(0b0001, 9, 0, 0);
        assertThat(division.wants(96)).isFalse();
        assertThat(division.wants(100)).isTrue();
        assertThat(division.wants(101)).isFalse();
        assertThat(division.ask(from(1, 90), 105, 0)).isEqualTo(UploadPlan.Answer.ADMITTED);
        assertThat(division.wants(101)).isFalse();
        assertThat(division.wants(105)).isTrue();
        assertThat(division.wants(0, 105)).isFalse();
    }

    /** The place is free as soon as an end is told, although what lies before the end is still pushed. */
    @Test
    void goesOnUntilTheEndWithoutAPlace() {
        plan.capacity(1);
        division.begin(0b0001, 9, 0, 0);
        division.end(0, 108);
        assertThat(plan.taken()).isZero();
        assertThat(division.wants(104)).isTrue();
        assertThat(division.wants(108)).isFalse();
        assertThat(division.wantsFrom(104)).isTrue();
        assertThat(division.wantsFrom(108)).isFalse();
        assertThat(division.taken()).isZero();
    }

    @Test
    void nothingIsWantedWithoutAPlaceUntilThereIsOne() {
        plan.capacity(0);
        Message.Assignment needed = new Message.Assignment(2, 102, EVER, 3, Message.Need.NEEDED);
        assertThat(division.ask(needed, 100, 0)).isEqualTo(UploadPlan.Answer.WAITING);
        assertThat(division.wants(102)).isFalse();
        division.admitted(2);
        assertThat(division.wants(102)).isTrue();
    }

    @Test
    void reachIsWhatItSaysOfWhatItHasAPlaceFor() {
        division.ask(from(1, 100), 100, 0);
        assertThat(division.reach(1)).isEqualTo(3);
        division.reaches(0b0011, 8);
        assertThat(division.reach(0)).isEqualTo(1);
        assertThat(division.reach(1)).isEqualTo(8);
        assertThat(division.reach(63)).isEqualTo(1); // of an epoch that is divided into more
    }
}
