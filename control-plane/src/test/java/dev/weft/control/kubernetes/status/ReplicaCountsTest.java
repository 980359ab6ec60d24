package dev.weft.control.kubernetes.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.control.kubernetes.identity.FakeApiServer;
import dev.weft.control.kubernetes.status.ReplicaCounts.Counts;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplicaCountsTest {
    private static final Counts THREE = new Counts(3, 1);
    private static final Counts FOUR = new Counts(4, 0);

    private final FakeApiServer cluster = new FakeApiServer();
    private final AtomicLong now = new AtomicLong();
    private final ReplicaCounts one = replica("one");
    private final ReplicaCounts two = replica("two");

    private ReplicaCounts replica(String name) {
        return new ReplicaCounts(cluster.shared(), "weft-system", "weft-proxies", name, now::get);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void countsTheProxiesOfAllReplicas() {
        assertThat(one.total(THREE)).isEqualTo(THREE);

        one.exchange(THREE);
        two.exchange(FOUR);
        one.exchange(THREE);

        assertThat(one.total(THREE)).isEqualTo(new Counts(7, 1));
        assertThat(two.total(FOUR)).isEqualTo(new Counts(7, 1));
    }

    @Test
    void forgetsAReplicaThatIsSilentAndNoneThatOnlyStaysAsItIs() {
        one.exchange(THREE);
        two.exchange(FOUR);
        one.exchange(THREE);

        now.addAndGet(ReplicaCounts.REMEMBERED.toNanos() - 1);
        two.exchange(FOUR);
        one.exchange(THREE);
        now.addAndGet(ReplicaCounts.REMEMBERED.toNanos() - 1);
        assertThat(one.total(THREE)).isEqualTo(new Counts(7, 1));

        now.addAndGet(1);
        one.exchange(THREE);
        assertThat(one.total(THREE)).isEqualTo(THREE);
    }

    @Test
    void forgetsAReplicaThatStopsAtOnce() {
        two.exchange(FOUR);
        one.exchange(THREE);
        assertThat(one.total(THREE)).isEqualTo(new Counts(7, 1));

        two.close();
        one.exchange(THREE);

        assertThat(one.total(THREE)).isEqualTo(THREE);
    }

    @Test
    void keepsWhatItKnowsWhileTheApiServerIsAway() {
        two.exchange(FOUR);
        one.exchange(THREE);

        cluster.away(true);
        one.exchange(THREE);

        assertThat(one.total(THREE)).isEqualTo(new Counts(7, 1));
        cluster.away(false);
    }
}
