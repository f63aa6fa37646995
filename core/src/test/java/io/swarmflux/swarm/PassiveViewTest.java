package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.swarm.PassiveView.Source;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PassiveViewTest {
    private static final long SECOND = 1_000_000_000L;

    private final PassiveView view = new PassiveView(10, new Random(3)::nextDouble);

    private static Prospect known(String name, long incarnation, String... addresses) {
        return new Prospect(name, incarnation, List.of(addresses), -1, -1, null, -1);
    }

    private void directory(String name) {
        view.heard(known(name, 1, name + ":1"), Source.DIRECTORY);
    }

    private void neighbour(String name) {
        view.heard(Prospect.at(name, name + ":1"), Source.NEIGHBOUR);
    }

    private @Nullable String pick(long nowNs) {
        return view.ready(one -> true, nowNs).stream()
                .findFirst()
                .map(view::address)
                .orElse(null);
    }

    private List<String> names() {
        return view.all().stream().map(Prospect::peer).toList();
    }

    @Test
    void keepsAsManyAsItHasPlacesFor() {
        for (int i = 0; i < 10_000; i++) {
            directory("d" + i);
            assertThat(view.all()).hasSizeLessThanOrEqualTo(10);
        }
    }

    @Test
    void whatIsKeptIsASampleOfAll() {
        for (int i = 0; i < 1000; i++) {
            directory(Integer.toString(i));
        }
        assertThat(names().stream()
                        .mapToInt(Integer::parseInt)
                        .filter(n -> n < 990)
                        .count())
                .isBetween(3L, 10L);
    }

    @Test
    void neighboursCannotPushOutMoreThanHalf() {
        for (int i = 0; i < 10; i++) {
            directory("d" + i);
        }
        for (int i = 0; i < 10_000; i++) {
            neighbour("n" + i);
        }
        assertThat(names()).filteredOn(name -> name.startsWith("d")).hasSize(5);
        for (int i = 0; i < 10; i++) {
            directory("e" + i); // and the directory has its places back
        }
        assertThat(names()).filteredOn(name -> name.startsWith("n")).hasSizeLessThanOrEqualTo(5);
    }

    @Test
    void neighboursAloneFillIt() {
        for (int i = 0; i < 12; i++) {
            neighbour("n" + i);
        }
        assertThat(names()).hasSize(10);
    }

    @Test
    void whoFailedMakesRoomFirst() {
        for (int i = 0; i < 10; i++) {
            directory("d" + i);
        }
        view.failed("d4", 0);
        directory("new");
        assertThat(names()).contains("new").doesNotContain("d4").hasSize(10);
    }

    @Test
    void whoFailedIsLeftAloneLongerEachTime() {
        directory("d");
        long nowNs = 0;
        long before = 0;
        for (int i = 0; i < 6; i++) {
            view.failed("d", nowNs);
            assertThat(pick(nowNs)).isNull();
            long waited = 0;
            while (pick(nowNs + waited) == null) {
                waited += SECOND / 10;
            }
            assertThat(waited).isBetween(before * 5 / 4, 75 * SECOND);
            before = Math.min(waited, 40 * SECOND);
            nowNs += waited;
        }
    }

    @Test
    void everyAddressIsTriedBeforeItIsLeftAlone() {
        view.heard(known("d", 1, "a:1", "b:1"), Source.DIRECTORY);
        assertThat(pick(0)).isEqualTo("a:1");
        view.failed("d", 0);
        assertThat(pick(0)).isEqualTo("b:1");
        view.failed("d", 0);
        assertThat(pick(0)).isNull();
    }

    @Test
    void whoHasStartedAgainIsDialledAtOnce() {
        directory("d");
        view.failed("d", 0);
        directory("d");
        assertThat(pick(0)).isNull(); // the same again is no news
        view.heard(known("d", 2, "d:1"), Source.DIRECTORY);
        assertThat(pick(0)).isEqualTo("d:1");
        view.heard(known("d", 1, "old:1"), Source.DIRECTORY);
        assertThat(pick(0)).isEqualTo("d:1");
    }

    @Test
    void hearsayThatLedToNothingIsLeftAloneForAMinuteAndThenForgotten() {
        neighbour("n");
        view.failed("n", 0);
        neighbour("n");
        assertThat(pick(44 * SECOND)).isNull();
        assertThat(pick(76 * SECOND)).isEqualTo("n:1");
        view.failed("n", 76 * SECOND);
        view.failed("n", 200 * SECOND);
        assertThat(names()).isEmpty();
    }

    @Test
    void whoServedOnceStartsAfresh() {
        directory("d");
        view.failed("d", 0);
        view.served("d", SECOND, 10 * SECOND);
        assertThat(pick(10 * SECOND)).isNull();
        assertThat(pick(11 * SECOND)).isEqualTo("d:1");
    }

    @Test
    void aDirectoryTakesBackWhatItSaidAndNothingElse() {
        directory("d");
        directory("e");
        neighbour("n");
        view.left("d");
        view.left("n");
        assertThat(names()).containsExactly("e", "n");
        view.onlyThese(Set.of());
        assertThat(names()).containsExactly("n");
    }

    @Test
    void aNeighbourSaysLessThanADirectory() {
        directory("d");
        view.heard(Prospect.at("d", "evil:1"), Source.NEIGHBOUR);
        assertThat(pick(0)).isEqualTo("d:1");
    }

    @Test
    void whatWasMeasuredOfSomebodyIsKept() {
        directory("d");
        view.measured("d", 7_000);
        view.heard(known("d", 1, "d:1").withRoundTrip(-1), Source.DIRECTORY);
        assertThat(view.all()).singleElement().satisfies(one -> assertThat(one.roundTripUs())
                .isEqualTo(7_000));
    }

    @Test
    void nobodyIsPickedWhoIsNotWanted() {
        directory("d");
        assertThat(view.ready(one -> false, 0)).isEmpty();
    }
}
