package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventFeedTest {
    private final List<Integer> first = new ArrayList<>();
    private final List<Integer> second = new ArrayList<>();

    @Test
    void tellsTheFirstSubscriberWhatHappenedBeforeItCame() {
        EventFeed<Integer> feed = new EventFeed<>(2);
        feed.emit(() -> 1);
        feed.emit(() -> 2);
        feed.emit(() -> {
            throw new AssertionError("nobody will hear it, and it is made");
        });

        feed.events().subscribe(first::add);
        feed.events().subscribe(second::add);
        feed.emit(() -> 4);

        assertThat(first).containsExactly(1, 2, 4);
        assertThat(second).containsExactly(4);
    }

    @Test
    void tellsItAlsoWhenTheFeedHasEndedMeanwhile() {
        EventFeed<Integer> feed = new EventFeed<>(2);
        feed.emit(() -> 1);
        feed.end();

        assertThat(feed.events().collectList().block()).containsExactly(1);
        assertThat(feed.events().collectList().block()).isEmpty();
    }

    @Test
    void keepsNothingUnlessItIsAsked() {
        EventFeed<Integer> feed = new EventFeed<>();
        feed.emit(() -> 1);
        feed.events().subscribe(first::add);
        feed.emit(() -> 2);

        assertThat(first).containsExactly(2);
    }
}
