package dev.weft.control.kubernetes.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.control.Await;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeadershipTest {
    static final Leadership.Times QUICK =
            new Leadership.Times(Duration.ofMillis(2000), Duration.ofMillis(1200), Duration.ofMillis(40));

    private final FakeApiServer cluster = new FakeApiServer();
    private final List<Leadership> all = new ArrayList<>();

    @AfterEach
    void stop() {
        all.forEach(Leadership::close);
        cluster.close();
    }

    private Leadership join(String identity) {
        Leadership leadership = new Leadership(
                cluster.shared(),
                new Leadership.Seat("weft-system", "weft-leader", identity),
                QUICK,
                InstantSource.system(),
                System::nanoTime);
        all.add(leadership);
        leadership.start();
        return leadership;
    }

    @Test
    void makesOneOfManyTheLeaderAndAnotherWhenItGoes() throws Exception {
        Leadership first = join("first");
        Await.until(() -> "elected", first::isLeader);
        Leadership second = join("second");
        AtomicInteger elections = new AtomicInteger();
        second.onElected(elections::incrementAndGet);

        String version = version();
        Await.until(() -> "renewed", () -> !version().equals(version));
        assertThat(second.isLeader()).isFalse();
        assertThat(first.isLeader()).isTrue();
        first.close();

        Await.until(() -> "handed over", second::isLeader);
        assertThat(first.isLeader()).isFalse();
        Await.until(() -> "told of it", () -> elections.get() == 1);
        assertThat(cluster.shared()
                        .leases()
                        .inNamespace("weft-system")
                        .withName("weft-leader")
                        .get()
                        .getSpec()
                        .getHolderIdentity())
                .isEqualTo("second");
    }

    private String version() {
        return cluster.shared()
                .leases()
                .inNamespace("weft-system")
                .withName("weft-leader")
                .get()
                .getMetadata()
                .getResourceVersion();
    }

    @Test
    void stopsLeadingWhenItCannotRenewAndLeadsAgainWhenItCan() throws Exception {
        Leadership leader = join("only");
        AtomicInteger elections = new AtomicInteger();
        leader.onElected(elections::incrementAndGet);
        Await.until(() -> "elected", leader::isLeader);

        cluster.away(true);
        Await.until(() -> "deposed", () -> !leader.isLeader());
        // The first election may have been over before anybody listened.
        int before = elections.get();
        cluster.away(false);

        Await.until(() -> "elected again", leader::isLeader);
        Await.until(() -> "told of it", () -> elections.get() > before);
    }

    @Test
    void waitsForTheEndOfALeaseWhoseHolderIsGone() throws Exception {
        Leadership dead = join("dead");
        Await.until(() -> "elected", dead::isLeader);
        cluster.away(true);
        dead.close();
        cluster.away(false);

        Leadership heir = join("heir");

        Await.until(() -> "inherited", heir::isLeader);
    }
}
