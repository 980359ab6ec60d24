package dev.weft.proxy.balance;

import java.util.random.RandomGenerator;

/** Any host, weights ignored. */
final class RandomPicker implements Picker {
    private final Host[] hosts;
    private final RandomGenerator random;

    RandomPicker(Host[] hosts, RandomGenerator random) {
        this.hosts = hosts;
        this.random = random;
    }

    @Override
    public Host pick() {
        return hosts.length == 1 ? hosts[0] : hosts[Picker.below(random, hosts.length)];
    }
}
