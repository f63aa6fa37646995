package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.swarm.GroupModel.Kind;
import io.swarmflux.swarm.GroupModel.Network;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link NakPlan} and {@link AnswerPlan} together, in groups that lose packets. */
class GroupRepairTest {
    private static final long MS = 1_000_000L;

    /** Each twentieth segment is lost by all: 150 losses, one each 100 ms. */
    private static final Network ALL_LOSE =
            (packet, to, chance) -> packet.kind() == Kind.SEGMENT && packet.sequence() % 20 == 10;

    private static final int LOSSES = 150;

    private static GroupModel lostByAll(int members, NakBackoff backoff, Network network) {
        GroupModel group = new GroupModel(members, 20 * LOSSES, 5 * MS, 5 * MS, backoff, network, members);
        group.run();
        return group;
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100, 1_000})
    void fewAskForWhatAllHaveLostAndOneAnswers(int members) {
        GroupModel group = lostByAll(members, NakBackoff.TRUNCATED_EXPONENTIAL, ALL_LOSE);
        assertThat(group.missing()).isZero();
        assertThat((double) group.piecesAsked / LOSSES).isBetween(1.0, NakBackoffTest.theory(members) * 1.25);
        assertThat(group.repairs).isEqualTo(LOSSES);
        assertThat(group.outsideWanted).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100})
    void everybodyAsksWithoutBackOff(int members) {
        GroupModel group = lostByAll(members, NakBackoff.NONE, ALL_LOSE);
        assertThat((double) group.piecesAsked / LOSSES).isGreaterThan(NakBackoffTest.theory(members) * 1.25);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100, 1_000})
    void whatOneHasLostIsAskedForAndAnsweredOnce(int members) {
        GroupModel group = lostByAll(
                members,
                NakBackoff.TRUNCATED_EXPONENTIAL,
                (packet, to, chance) -> to == 1 + packet.sequence() % members && ALL_LOSE.loses(packet, to, chance));
        assertThat(group.missing()).isZero();
        assertThat(group.piecesAsked).isEqualTo(LOSSES);
        assertThat(group.repairs).isEqualTo(LOSSES);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100, 1_000})
    void membersAnswerWhenTheGatewayDoesNotHear(int members) {
        GroupModel group = lostByAll(
                members,
                NakBackoff.TRUNCATED_EXPONENTIAL,
                (packet, to, chance) ->
                        (packet.kind() == Kind.NAK && to == 0) || (to % 2 == 1 && ALL_LOSE.loses(packet, to, chance)));
        assertThat(group.missing()).isZero();
        assertThat((double) group.repairs / LOSSES).isBetween(1.0, NakBackoffTest.theory(members) * 1.25);
        assertThat(group.outsideWanted)
                .as("asked twice, and nobody stood ready")
                .isLessThan(LOSSES / 10);
    }

    @Test
    void whatNobodyHasIsWantedFromOutside() {
        GroupModel group = lostByAll(
                10,
                NakBackoff.TRUNCATED_EXPONENTIAL,
                (packet, to, chance) -> (packet.kind() == Kind.NAK && to == 0) || ALL_LOSE.loses(packet, to, chance));
        assertThat(group.missing()).isEqualTo(10 * LOSSES);
        assertThat(group.outsideWanted).isEqualTo(10 * LOSSES);
        assertThat((double) group.piecesAsked / LOSSES)
                .as("no more than each try may cost")
                .isLessThan(NakPlan.MAX_TRIES * NakBackoffTest.theory(10) * 1.25);
    }

    /** Each packet to each member is lost by itself: segments, repairs, NAKs and heartbeats alike. */
    @ParameterizedTest
    @CsvSource({
        "10, 1", "10, 5", "10, 10",
        "100, 1", "100, 5", "100, 10",
        "1000, 1", "1000, 5", "1000, 10"
    })
    void everythingIsRepairedWithoutAStorm(int members, int percent) {
        int segments = Math.min(4_000, 200_000 / members);
        double loss = percent / 100.0;
        GroupModel group = new GroupModel(
                members,
                segments,
                MS / 2,
                MS / 4,
                NakBackoff.TRUNCATED_EXPONENTIAL,
                (packet, to, chance) -> chance.nextDouble() < loss,
                7);
        group.run();
        String figures = String.format(
                "per segment: %.3f NAKs with %.3f pieces, %.3f repairs; 99 %% in %.1f ms, 99.9 %% in %.1f ms; %d wanted outside",
                (double) group.naks / segments,
                (double) group.piecesAsked / segments,
                (double) group.repairs / segments,
                group.latencyMs(0.99),
                group.latencyMs(0.999),
                group.outsideWanted);
        double ideal = idealRepairs(members, loss);
        assertThat(group.missing()).as(figures).isZero();
        assertThat((double) group.repairs / segments).as(figures).isLessThan(1.35 * ideal);
        assertThat((double) group.piecesAsked / segments)
                .as(figures)
                .isLessThan(1.25 * NakBackoffTest.theory(Math.max(1, members * percent / 100)) * ideal);
        assertThat(group.latencyMs(0.99)).as(figures).isLessThan(20);
    }

    /** How often a packet must be sent again on average until all have it, if each time is for all of them. */
    private static double idealRepairs(int members, double loss) {
        double repairs = 0;
        for (int sent = 1; sent < 50; sent++) {
            repairs += 1 - Math.pow(1 - Math.pow(loss, sent), members);
        }
        return repairs;
    }
}
