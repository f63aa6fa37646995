package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.swarm.UploadPlan.Admit;
import io.swarmflux.swarm.UploadPlan.Answer;
import io.swarmflux.swarm.UploadPlan.AskToYield;
import io.swarmflux.swarm.UploadPlan.Place;
import io.swarmflux.swarm.UploadPlan.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UploadPlanTest {
    private static final long MS = 1_000_000L;

    private final UploadPlan plan = new UploadPlan();

    private static Place place(String downstream, int subStream) {
        return new Place(downstream, subStream);
    }

    private Answer ask(String downstream, int subStream, long nowMs) {
        return plan.ask(place(downstream, subStream), 1, false, nowMs * MS);
    }

    private Answer askUrgently(String downstream, int subStream, long nowMs) {
        return plan.ask(place(downstream, subStream), 1, true, nowMs * MS);
    }

    private List<Place> askedToYield(long nowMs) {
        return plan.plan(nowMs * MS).stream()
                .filter(AskToYield.class::isInstance)
                .map(Step::place)
                .toList();
    }

    @Test
    void letsEverybodyInWithoutALimit() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(ask("d" + i, i % 64, 0)).isEqualTo(Answer.ADMITTED);
        }
        assertThat(plan.spare()).isEqualTo(UploadPlan.UNLIMITED);
        assertThat(plan.taken()).isEqualTo(1_000);
        assertThat(plan.plan(0)).isEmpty();
    }

    @Test
    void declinesWhatIsBeyondThePlaces() {
        plan.capacity(2);
        assertThat(ask("a", 0, 0)).isEqualTo(Answer.ADMITTED);
        assertThat(ask("a", 1, 0)).isEqualTo(Answer.ADMITTED);
        assertThat(plan.spare()).isZero();
        assertThat(ask("b", 0, 0)).isEqualTo(Answer.DECLINED);
        assertThat(ask("a", 1, 0)).isEqualTo(Answer.ADMITTED); // it has it
        plan.release(place("a", 0));
        assertThat(plan.spare()).isEqualTo(1);
        assertThat(ask("b", 0, 0)).isEqualTo(Answer.ADMITTED);
    }

    @Test
    void freesThePlacesOfWhoHasGone() {
        plan.capacity(3);
        ask("a", 0, 0);
        ask("a", 1, 0);
        ask("b", 0, 0);
        askUrgently("a", 2, 0);
        plan.left("a");
        assertThat(plan.taken()).isEqualTo(1);
        assertThat(plan.spare()).isEqualTo(2);
        assertThat(plan.plan(700 * MS)).isEmpty();
    }

    @Test
    void makesRoomForAnUrgentOneAndLetsItInWhenThereIsSome() {
        plan.capacity(1);
        ask("a", 0, 0);
        assertThat(askUrgently("b", 0, 0)).isEqualTo(Answer.WAITING);
        assertThat(plan.plan(MS)).containsExactly(new AskToYield(place("a", 0)));
        plan.release(place("a", 0));
        assertThat(ask("c", 0, 2)).isEqualTo(Answer.DECLINED); // it is spoken for
        assertThat(plan.plan(3 * MS)).containsExactly(new Admit(place("b", 0)));
        assertThat(plan.spare()).isZero();
    }

    @Test
    void letsAnUrgentOneInWhenNobodyMadeRoomInTime() {
        plan.capacity(1);
        ask("a", 0, 0);
        askUrgently("b", 0, 0);
        plan.plan(MS);
        assertThat(plan.plan(599 * MS)).isEmpty();
        assertThat(plan.plan(600 * MS)).containsExactly(new Admit(place("b", 0)), new AskToYield(place("b", 0)));
        assertThat(plan.taken()).isEqualTo(2);
        assertThat(plan.spare()).isZero();
        plan.release(place("a", 0));
        assertThat(plan.plan(5_000 * MS)).isEmpty();
    }

    @Test
    void whoAsksAgainDoesNotWaitLonger() {
        plan.capacity(0);
        askUrgently("a", 0, 0);
        askUrgently("a", 0, 500);
        assertThat(plan.plan(600 * MS)).contains(new Admit(place("a", 0)));
    }

    @Test
    void whoWaitsDoesNotStandInItsOwnWay() {
        plan.capacity(1);
        ask("a", 0, 0);
        askUrgently("b", 0, 0);
        plan.release(place("a", 0));
        assertThat(askUrgently("b", 0, 1)).isEqualTo(Answer.ADMITTED);
        assertThat(plan.plan(600 * MS)).isEmpty();
    }

    @Test
    void whoAsksAgainDoesNotPassThoseBeforeIt() {
        plan.capacity(1);
        ask("a", 0, 0);
        askUrgently("b", 0, 0);
        askUrgently("c", 0, 0);
        plan.release(place("a", 0));
        assertThat(askUrgently("c", 0, 1)).isEqualTo(Answer.WAITING);
        assertThat(plan.plan(2 * MS)).startsWith(new Admit(place("b", 0)));
    }

    @Test
    void whoWasDeclinedIsNotLetInLater() {
        plan.capacity(0);
        askUrgently("a", 0, 0);
        assertThat(ask("a", 0, 10)).isEqualTo(Answer.DECLINED);
        assertThat(plan.plan(700 * MS)).isEmpty();
    }

    @Test
    void asksWhoHasMostPlacesForTheOneThatReachesFewest() {
        plan.capacity(5);
        plan.ask(place("a", 0), 1, false, 0);
        plan.ask(place("b", 1), 9, false, 0);
        plan.ask(place("b", 2), 4, false, 0);
        plan.ask(place("b", 3), 6, false, 0);
        plan.ask(place("a", 4), 2, false, 0);
        askUrgently("c", 0, 0);
        assertThat(askedToYield(0)).containsExactly(place("b", 2));
        assertThat(askedToYield(19)).isEmpty(); // one each 20 ms
        assertThat(askedToYield(20)).containsExactly(place("b", 3));
        plan.reaches(place("a", 0), 30);
        assertThat(askedToYield(40)).containsExactly(place("b", 1));
        assertThat(askedToYield(60)).containsExactly(place("a", 4));
        assertThat(askedToYield(80)).containsExactly(place("a", 0));
        assertThat(askedToYield(100)).isEmpty(); // all were asked
    }

    @Test
    void asksNobodyTwiceWithinTwoSeconds() {
        plan.capacity(1);
        ask("a", 0, 0);
        plan.capacity(0);
        assertThat(askedToYield(0)).containsExactly(place("a", 0));
        assertThat(askedToYield(1_999)).isEmpty();
        assertThat(askedToYield(2_000)).containsExactly(place("a", 0));
    }

    @Test
    void fewerPlacesTakeNobodysAwayButAskForThem() {
        plan.capacity(3);
        ask("a", 0, 0);
        ask("b", 0, 0);
        ask("c", 0, 0);
        plan.capacity(1);
        assertThat(plan.taken()).isEqualTo(3);
        assertThat(plan.spare()).isZero();
        assertThat(askedToYield(0)).hasSize(1);
        plan.left("a");
        plan.left("b");
        assertThat(askedToYield(5_000)).isEmpty();
    }

    @Test
    void letsInWhoWaitsWhenTheLimitFalls() {
        plan.capacity(0);
        askUrgently("a", 0, 0);
        plan.capacity(UploadPlan.UNLIMITED);
        assertThat(plan.plan(MS)).containsExactly(new Admit(place("a", 0)));
    }

    @Test
    void addsUpWhoIsReached() {
        plan.ask(place("a", 3), 5, false, 0);
        plan.ask(place("b", 3), 7, false, 0);
        plan.ask(place("b", 4), -7, false, 0);
        plan.reaches(place("c", 3), 100); // has no place
        assertThat(plan.reach(3)).isEqualTo(12);
        assertThat(plan.reach(4)).isEqualTo(1);
        assertThat(plan.reach(place("c", 3))).isEqualTo(1);
        plan.reaches(place("a", 3), 0);
        assertThat(plan.reach(place("a", 3))).isEqualTo(1);
        assertThat(plan.reach(3)).isEqualTo(8);
    }

    /** Against a list of who has a place and a list of who waits. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void doesWhatListsWouldDo(long seed) {
        Random random = new Random(seed);
        List<Place> held = new ArrayList<>();
        Map<Place, Long> waiting = new LinkedHashMap<>();
        int capacity = UploadPlan.UNLIMITED;
        long nowMs = -1_000;
        for (int step = 0; step < 5_000; step++) {
            String at = "seed " + seed + ", step " + step;
            nowMs += random.nextInt(40);
            Place place = place("d" + random.nextInt(5), random.nextInt(4));
            switch (random.nextInt(6)) {
                case 0 -> {
                    capacity = random.nextInt(10) == 0 ? UploadPlan.UNLIMITED : random.nextInt(12);
                    plan.capacity(capacity);
                }
                case 1 -> {
                    plan.release(place);
                    held.remove(place);
                    waiting.remove(place);
                }
                case 2 -> {
                    if (random.nextInt(4) == 0) {
                        plan.left(place.downstream());
                        held.removeIf(one -> one.downstream().equals(place.downstream()));
                        waiting.keySet().removeIf(one -> one.downstream().equals(place.downstream()));
                    }
                }
                case 3 -> {
                    List<Place> admitted = new ArrayList<>();
                    for (Place one : List.copyOf(waiting.keySet())) {
                        if (held.size() < capacity || nowMs - waiting.getOrDefault(one, 0L) >= 600) {
                            waiting.remove(one);
                            held.add(one);
                            admitted.add(one);
                        }
                    }
                    List<Step> steps = plan.plan(nowMs * MS);
                    assertThat(steps.stream().filter(Admit.class::isInstance).map(Step::place))
                            .as(at)
                            .isEqualTo(admitted);
                    boolean full = !waiting.isEmpty() || held.size() > capacity;
                    assertThat(steps.stream()
                                    .filter(AskToYield.class::isInstance)
                                    .map(Step::place))
                            .as(at)
                            .hasSizeLessThanOrEqualTo(full ? 1 : 0)
                            .allMatch(held::contains);
                }
                default -> {
                    boolean urgent = random.nextBoolean();
                    boolean has = held.contains(place);
                    int others = held.size() + waiting.size() - (waiting.containsKey(place) ? 1 : 0);
                    boolean free = capacity == UploadPlan.UNLIMITED || others < capacity;
                    Answer expected = has || free ? Answer.ADMITTED : urgent ? Answer.WAITING : Answer.DECLINED;
                    assertThat(plan.ask(place, 1, urgent, nowMs * MS)).as(at).isEqualTo(expected);
                    switch (expected) {
                        case ADMITTED -> {
                            waiting.remove(place);
                            if (!has) {
                                held.add(place);
                            }
                        }
                        case WAITING -> waiting.putIfAbsent(place, nowMs);
                        case DECLINED -> waiting.remove(place);
                    }
                }
            }
            assertThat(plan.taken()).as(at).isEqualTo(held.size());
            assertThat(plan.spare())
                    .as(at)
                    .isEqualTo(
                            capacity == UploadPlan.UNLIMITED
                                    ? capacity
                                    : Math.max(0, capacity - held.size() - waiting.size()));
        }
    }
}
