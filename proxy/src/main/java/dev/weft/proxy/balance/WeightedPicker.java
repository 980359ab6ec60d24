package dev.weft.proxy.balance;

/**
 * Round robin or least request over unequal weights, as an {@link EarliestDeadline} schedule. A changed weight or load counts
 * from the host's next turn on.
 */
final class WeightedPicker implements Picker {
    private final Host[] hosts;
    private final Rule rule;
    private final EarliestDeadline schedule;

    /** What a turn costs. */
    enum Rule {
        WEIGHT,
        WEIGHT_PER_ACTIVE_REQUEST
    }

    /** @param seed modulo the number of hosts: turns taken beforehand, so that loops do not all begin with the heaviest */
    WeightedPicker(Host[] hosts, Rule rule, long seed) {
        this.hosts = hosts;
        this.rule = rule;
        this.schedule = new EarliestDeadline(hosts.length);
        for (int i = 0; i < hosts.length; i++) {
            schedule.add(i, weight(hosts[i]));
        }
        for (long turns = (seed & Long.MAX_VALUE) % hosts.length; turns > 0; turns--) {
            pick();
        }
    }

    @Override
    public Host pick() {
        Host host = hosts[schedule.first()];
        schedule.rescheduleFirst(weight(host));
        return host;
    }

    private double weight(Host host) {
        return switch (rule) {
            case WEIGHT -> host.weight();
            case WEIGHT_PER_ACTIVE_REQUEST -> (double) host.weight() / (host.activeRequests() + 1);
        };
    }
}
