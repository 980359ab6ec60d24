package dev.weft.proxy.balance;

import java.util.random.RandomGenerator;

/** Of some random hosts, with replacement, the one with the fewest active requests; the first drawn wins a tie. */
final class LeastRequestPicker implements Picker {
    private final Host[] hosts;
    private final int choices;
    private final RandomGenerator random;

    LeastRequestPicker(Host[] hosts, int choices, RandomGenerator random) {
        this.hosts = hosts;
        this.choices = choices;
        this.random = random;
    }

    @Override
    public Host pick() {
        if (hosts.length == 1) {
            return hosts[0];
        }
        Host best = hosts[Picker.below(random, hosts.length)];
        int fewest = best.activeRequests();
        for (int i = 1; i < choices; i++) {
            Host other = hosts[Picker.below(random, hosts.length)];
            int active = other.activeRequests();
            if (active < fewest) {
                best = other;
                fewest = active;
            }
        }
        return best;
    }
}
