package dev.weft.proxy.balance;

/** One after the other, from a random start. For hosts of equal weight. */
final class RoundRobinPicker implements Picker {
    private final Host[] hosts;
    private int next;

    RoundRobinPicker(Host[] hosts, long start) {
        this.hosts = hosts;
        this.next = (int) ((start & Long.MAX_VALUE) % hosts.length);
    }

    @Override
    public Host pick() {
        Host host = hosts[next];
        next = next + 1 == hosts.length ? 0 : next + 1;
        return host;
    }

    /** Where a successor goes on, so that a change of the hosts does not begin a new round. */
    long position() {
        return next;
    }
}
