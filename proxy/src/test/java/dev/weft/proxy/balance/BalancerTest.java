package dev.weft.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import dev.weft.model.cluster.LoadBalancing;
import dev.weft.proxy.balance.Host.Availability;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BalancerTest {
    private static final LoadBalancing ROUND_ROBIN = new LoadBalancing(new LoadBalancing.RoundRobin(), 0, false);

    @Test
    void roundRobinTurnsThroughAllHostsFromTheSeed() {
        Balancer<FakeHost> balancer = new Balancer<>(ROUND_ROBIN, numbers(1));
        balancer.use(one(host("a"), host("b"), host("c")));

        assertThat(picks(balancer, 6)).isEqualTo("b c a b c a");
    }

    @Test
    void rotationGoesOnWhenHostsChange() {
        Balancer<FakeHost> balancer = new Balancer<>(ROUND_ROBIN, numbers(0));
        balancer.use(one(host("a"), host("b"), host("c")));
        assertThat(picks(balancer, 2)).isEqualTo("a b");

        balancer.use(one(host("a"), host("b"), host("c"), host("d")));

        assertThat(picks(balancer, 3)).isEqualTo("c d a");
    }

    @Test
    void unequalWeightsAreScheduledByDeadlineWithTiesInOrderOfInsertion() {
        Balancer<FakeHost> balancer = new Balancer<>(ROUND_ROBIN, numbers(0));
        balancer.use(one(FakeHost.of("a", 1), FakeHost.of("b", 2)));

        // a: 1, b: 0.5 -> b at 0.5 (back at 1.0, behind a) -> a at 1.0 (back at 2.0) -> b at 1.0 (1.5) -> b (2.0) -> a
        // ...
        assertThat(picks(balancer, 6)).isEqualTo("b a b b a b");
    }

    @Test
    void unequalWeightsKeepTheirShares() {
        Balancer<FakeHost> balancer = new Balancer<>(ROUND_ROBIN, new SplittableRandom(7));
        balancer.use(one(FakeHost.of("a", 1), FakeHost.of("b", 3), FakeHost.of("c", 6)));

        Map<String, Integer> counts = count(balancer, 1000);

        assertThat(counts.get("a")).isBetween(99, 101);
        assertThat(counts.get("b")).isBetween(299, 301);
        assertThat(counts.get("c")).isBetween(599, 601);
    }

    @Test
    void loopsWithDifferentSeedsDoNotBeginWithTheHeaviestHostTogether() {
        Map<String, Integer> first = new HashMap<>();
        for (int seed = 0; seed < 200; seed++) {
            Balancer<FakeHost> balancer = new Balancer<>(ROUND_ROBIN, new SplittableRandom(seed));
            balancer.use(one(FakeHost.of("a", 2), FakeHost.of("b", 3)));
            first.merge(balancer.pick().name, 1, Integer::sum);
        }

        assertThat(first).containsOnlyKeys("a", "b");
    }

    @Test
    void leastRequestTakesTheLessLoadedOfItsDraws() {
        LoadBalancing least = new LoadBalancing(new LoadBalancing.LeastRequest(2), 0, false);
        FakeHost busy = host("busy").active(5);
        FakeHost idle = host("idle").active(1);
        // seed, then draws: (busy, idle) (idle, busy) (busy, busy)
        Balancer<FakeHost> balancer = new Balancer<>(least, numbers(0, 0, 1, 1, 0, 0, 0));
        balancer.use(one(busy, idle));

        assertThat(picks(balancer, 3)).isEqualTo("idle idle busy");
    }

    @Test
    void leastRequestKeepsTheFirstDrawnOnATie() {
        LoadBalancing least = new LoadBalancing(new LoadBalancing.LeastRequest(2), 0, false);
        Balancer<FakeHost> balancer = new Balancer<>(least, numbers(0, 1, 0));
        balancer.use(one(host("a"), host("b")));

        assertThat(balancer.pick().name).isEqualTo("b");
    }

    @Test
    void weightedLeastRequestDividesWeightByLoad() {
        LoadBalancing least = new LoadBalancing(new LoadBalancing.LeastRequest(2), 0, false);
        Balancer<FakeHost> balancer = new Balancer<>(least, numbers(0));
        // 4/(3+1) = 1 each against 1/(0+1): equal turns although the weights are 4 to 1
        balancer.use(one(FakeHost.of("heavy", 4).active(3), FakeHost.of("light", 1)));

        Map<String, Integer> counts = count(balancer, 100);

        assertThat(counts).containsEntry("heavy", 50).containsEntry("light", 50);
    }

    @Test
    void randomIgnoresWeights() {
        LoadBalancing random = new LoadBalancing(new LoadBalancing.Random(), 0, false);
        Balancer<FakeHost> balancer = new Balancer<>(random, new SplittableRandom(3));
        balancer.use(one(FakeHost.of("a", 1), FakeHost.of("b", 9)));

        assertThat((double) count(balancer, 10_000).get("a")).isCloseTo(5000, within(200.0));
    }

    @Test
    void predicateIsAskedUpToItsLimitAndThenIgnored() {
        Balancer<FakeHost> balancer = new Balancer<>(ROUND_ROBIN, numbers(0));
        balancer.use(one(host("a"), host("b"), host("c")));

        FakeHost avoided = balancer.pick(refusing(5, "a", "b"));
        FakeHost last = balancer.pick(refusing(2, "a", "b", "c"));

        assertThat(avoided.name).isEqualTo("c");
        assertThat(last.name).isEqualTo("c");
    }

    @Test
    void panicUsesAllHostsBelowTheThreshold() {
        LoadBalancing panic = new LoadBalancing(new LoadBalancing.RoundRobin(), 50, false);
        Balancer<FakeHost> balancer = new Balancer<>(panic, new SplittableRandom(1));
        balancer.use(one(host("a"), down("b"), down("c")));

        assertThat(count(balancer, 300)).containsOnlyKeys("a", "b", "c");
    }

    @Test
    void withoutPanicUnhealthyHostsAreNeverUsed() {
        Balancer<FakeHost> balancer = new Balancer<>(ROUND_ROBIN, new SplittableRandom(1));
        balancer.use(one(host("a"), down("b"), down("c")));
        assertThat(count(balancer, 100)).containsOnlyKeys("a");

        balancer.use(one(down("a"), down("b")));
        assertThat(balancer.pick()).isNull();
    }

    @Test
    void degradedHostsTakeWhatHealthyOnesLeave() {
        Balancer<FakeHost> balancer = new Balancer<>(ROUND_ROBIN, new SplittableRandom(5));
        // healthy 140*1/2 = 70 %, degraded 70 % -> 30 % are left for it
        balancer.use(one(host("a"), host("b").is(Availability.DEGRADED)));

        assertThat((double) count(balancer, 10_000).get("a")).isCloseTo(7000, within(200.0));
    }

    @Test
    void overflowGoesToTheNextPriority() {
        Balancer<FakeHost> balancer = new Balancer<>(ROUND_ROBIN, new SplittableRandom(5));
        balancer.use(HostSet.of(List.of(
                new HostSet.Group<>(0, 0, ImmutableList.of(host("a"), down("b"))),
                new HostSet.Group<>(1, 0, ImmutableList.of(host("c"))))));

        Map<String, Integer> counts = count(balancer, 10_000);

        assertThat((double) counts.get("a")).isCloseTo(7000, within(200.0));
        assertThat((double) counts.get("c")).isCloseTo(3000, within(200.0));
    }

    @Test
    void localitiesShareByWeightAndAvailability() {
        LoadBalancing weighted = new LoadBalancing(new LoadBalancing.RoundRobin(), 0, true);
        Balancer<FakeHost> balancer = new Balancer<>(weighted, numbers(0));
        // near: 3·min(1, 1.4·1/2) = 2.1, far: 1
        balancer.use(HostSet.of(List.of(
                new HostSet.Group<>(0, 3, ImmutableList.of(host("near"), down("near2"))),
                new HostSet.Group<>(0, 1, ImmutableList.of(host("far"), host("far2"))))));

        Map<String, Integer> counts = count(balancer, 3100);

        assertThat((double) counts.get("near")).isCloseTo(2100, within(30.0));
        assertThat((double) counts.get("far")).isCloseTo(500, within(15.0));
    }

    @Test
    void anEmptySetHasNoHost() {
        Balancer<FakeHost> balancer = new Balancer<>(LoadBalancing.DEFAULT, numbers(0));
        assertThat(balancer.pick()).isNull();

        balancer.use(HostSet.of(List.of(new HostSet.Group<>(0, 0, ImmutableList.<FakeHost>of()))));
        assertThat(balancer.pick()).isNull();
    }

    private static HostPredicate refusing(int reselections, String... names) {
        return new HostPredicate() {
            @Override
            public boolean rejects(Host host) {
                return List.of(names).contains(((FakeHost) host).name);
            }

            @Override
            public int reselections() {
                return reselections;
            }
        };
    }

    private static FakeHost host(String name) {
        return new FakeHost(name);
    }

    private static FakeHost down(String name) {
        return new FakeHost(name).is(Availability.UNAVAILABLE);
    }

    private static HostSet<FakeHost> one(FakeHost... hosts) {
        return HostSet.of(List.of(new HostSet.Group<>(0, 0, ImmutableList.copyOf(hosts))));
    }

    private static String picks(Balancer<FakeHost> balancer, int n) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            names.add(balancer.pick().name);
        }
        return String.join(" ", names);
    }

    private static Map<String, Integer> count(Balancer<FakeHost> balancer, int n) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < n; i++) {
            counts.merge(balancer.pick().name, 1, Integer::sum);
        }
        return counts;
    }

    /** Gives these numbers, then zeros. */
    private static RandomGenerator numbers(long... numbers) {
        return new RandomGenerator() {
            private int at;

            @Override
            public long nextLong() {
                return at < numbers.length ? numbers[at++] : 0;
            }
        };
    }
}
