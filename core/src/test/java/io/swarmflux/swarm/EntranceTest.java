package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.swarm.Entrance.Answer;
import io.swarmflux.swarm.Entrance.AskToGo;
import io.swarmflux.swarm.Entrance.Drop;
import io.swarmflux.swarm.Entrance.Guest;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntranceTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final Entrance entrance = new Entrance(2);

    @Test
    void letsInWhileThereIsRoom() {
        assertThat(entrance.ask("a", true, 0, 0)).isEqualTo(Answer.ADMITTED);
        assertThat(entrance.ask("b", false, 1, 0)).isEqualTo(Answer.ADMITTED);
        assertThat(entrance.ask("c", false, 2, 0)).isEqualTo(Answer.FULL);
        assertThat(entrance.plan(List.of(new Guest("a", 9 * SECOND_NS, 1)), 0)).isEmpty();
    }

    @Test
    void whoTakesNothingGoesFirst() {
        assertThat(entrance.ask("c", true, 2, 0)).isEqualTo(Answer.WAITING);
        List<Guest> guests = List.of(new Guest("a", -1, 1), new Guest("b", 2 * SECOND_NS, 1));
        assertThat(entrance.plan(guests, 0)).containsExactly(new Drop("b"));
        assertThat(entrance.ask("c", true, 1, 0)).isEqualTo(Answer.ADMITTED);
    }

    @Test
    void whoHasJustComeIsNotIdle() {
        entrance.ask("c", true, 2, 0);
        List<Guest> guests = List.of(new Guest("a", SECOND_NS / 2, 1), new Guest("b", SECOND_NS / 2, 1));
        assertThat(entrance.plan(guests, 0)).isEmpty();
    }

    @Test
    void oneAfterTheOtherIsAskedToGoAndGoesAsSoonAsItTakesNothing() {
        entrance.ask("c", true, 2, 0);
        List<Guest> guests = List.of(new Guest("a", -1, 1), new Guest("b", -1, 1));
        assertThat(entrance.plan(guests, 0)).containsExactly(new AskToGo("a"));
        assertThat(entrance.plan(guests, SECOND_NS / 10)).isEmpty();
        assertThat(entrance.plan(guests, SECOND_NS / 2)).containsExactly(new AskToGo("b"));
        assertThat(entrance.plan(guests, SECOND_NS)).isEmpty();
        assertThat(entrance.plan(List.of(new Guest("a", -1, 1), new Guest("b", 0, 1)), SECOND_NS))
                .containsExactly(new Drop("b"));
    }

    @Test
    void thePlaceIsKeptForWhoeverWaitsAndInTurn() {
        entrance.ask("c", true, 2, 0);
        entrance.ask("d", true, 2, 0);
        assertThat(entrance.ask("other", false, 1, SECOND_NS)).isEqualTo(Answer.FULL);
        assertThat(entrance.ask("d", true, 1, SECOND_NS)).isEqualTo(Answer.WAITING);
        assertThat(entrance.ask("c", true, 1, SECOND_NS)).isEqualTo(Answer.ADMITTED);
    }

    @Test
    void whoDoesNotAskAgainIsForgotten() {
        entrance.ask("c", true, 2, 0);
        assertThat(entrance.ask("other", false, 1, 3 * SECOND_NS)).isEqualTo(Answer.ADMITTED);
    }

    @Test
    void whoServesNobodyKeepsNobodyWaiting() {
        assertThat(new Entrance(0).ask("a", true, 0, 0)).isEqualTo(Answer.FULL);
    }

    @Test
    void whoPassesNothingOnIsAskedToGoFirst() {
        Entrance entrance = new Entrance(2);
        List<Guest> guests = List.of(new Guest("passes on", -1, 40), new Guest("free rider", -1, 8));
        assertThat(entrance.ask("c", true, 2, 0)).isEqualTo(Entrance.Answer.WAITING);
        assertThat(entrance.plan(guests, 0)).containsExactly(new Entrance.AskToGo("free rider"));
    }
}
