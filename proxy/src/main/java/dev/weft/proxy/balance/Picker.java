package dev.weft.proxy.balance;

import dev.weft.model.cluster.LoadBalancing;
import java.util.random.RandomGenerator;

/** Picks from one list of hosts. Confined to one loop; allocates nothing. The list is never empty. */
sealed interface Picker permits RoundRobinPicker, WeightedPicker, LeastRequestPicker, RandomPicker {
    Host pick();

    /** @param seed where rotations begin, so that loops and proxies do not march in step */
    static Picker of(LoadBalancing.Policy policy, Host[] hosts, RandomGenerator random, long seed) {
        return switch (policy) {
            case LoadBalancing.RoundRobin r ->
                equalWeights(hosts)
                        ? new RoundRobinPicker(hosts, seed)
                        : new WeightedPicker(hosts, WeightedPicker.Rule.WEIGHT, seed);
            case LoadBalancing.LeastRequest l ->
                equalWeights(hosts)
                        ? new LeastRequestPicker(hosts, Math.max(l.choices(), 1), random)
                        : new WeightedPicker(hosts, WeightedPicker.Rule.WEIGHT_PER_ACTIVE_REQUEST, seed);
            case LoadBalancing.Random r -> new RandomPicker(hosts, random);
            case LoadBalancing.ClusterProvided c -> new RoundRobinPicker(hosts, seed);
        };
    }

    private static boolean equalWeights(Host[] hosts) {
        for (Host host : hosts) {
            if (host.weight() != hosts[0].weight()) {
                return false;
            }
        }
        return true;
    }

    /** Uniform enough: the bias of the remainder is below 2^-40 for any list that fits in memory. */
    static int below(RandomGenerator random, int bound) {
        return (int) ((random.nextLong() & Long.MAX_VALUE) % bound);
    }
}
