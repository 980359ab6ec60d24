package dev.weft.proxy.balance;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;

/**
 * The endpoints of a cluster at one moment, sorted by priority and availability. Made by the control thread when discovery or
 * health changes something, published to the loops. Immutable; a host's availability is the one it had when the set was made.
 *
 * @param <H> the running host
 */
public final class HostSet<H extends Host> {
    private final ImmutableList<Level> levels;
    private final ImmutableList<H> hosts;

    private HostSet(ImmutableList<Level> levels, ImmutableList<H> hosts) {
        this.levels = levels;
        this.hosts = hosts;
    }

    public static <H extends Host> HostSet<H> empty() {
        return new HostSet<>(ImmutableList.of(), ImmutableList.of());
    }

    /** Groups in the order of the resource; order inside a priority is kept, as round robin shows it. */
    public static <H extends Host> HostSet<H> of(List<Group<H>> groups) {
        int last = -1;
        for (Group<H> group : groups) {
            last = Math.max(last, group.priority());
        }
        ImmutableList.Builder<Level> levels = ImmutableList.builder();
        ImmutableList.Builder<H> all = ImmutableList.builder();
        for (int priority = 0; priority <= last; priority++) {
            List<LocalityHosts> localities = new ArrayList<>();
            for (Group<H> group : groups) {
                if (group.priority() == priority) {
                    localities.add(LocalityHosts.of(group.weight(), group.hosts()));
                    all.addAll(group.hosts());
                }
            }
            levels.add(Level.of(localities));
        }
        return new HostSet<>(levels.build(), all.build());
    }

    /** Every host of every priority. */
    public ImmutableList<H> hosts() {
        return hosts;
    }

    public boolean isEmpty() {
        return hosts.isEmpty();
    }

    public int healthy() {
        int sum = 0;
        for (Level level : levels) {
            sum += level.healthy.length;
        }
        return sum;
    }

    public int degraded() {
        int sum = 0;
        for (Level level : levels) {
            sum += level.degraded.length;
        }
        return sum;
    }

    ImmutableList<Level> levels() {
        return levels;
    }

    /**
     * The hosts of one locality as discovery gives them.
     *
     * @param weight 0 where localities are not weighted
     */
    public record Group<H extends Host>(int priority, int weight, ImmutableList<H> hosts) {}

    /** One priority. */
    static final class Level {
        final Host[] all;
        final Host[] healthy;
        final Host[] degraded;
        final LocalityHosts[] localities;

        private Level(Host[] all, Host[] healthy, Host[] degraded, LocalityHosts[] localities) {
            this.all = all;
            this.healthy = healthy;
            this.degraded = degraded;
            this.localities = localities;
        }

        static Level of(List<LocalityHosts> localities) {
            List<Host> all = new ArrayList<>();
            List<Host> healthy = new ArrayList<>();
            List<Host> degraded = new ArrayList<>();
            for (LocalityHosts locality : localities) {
                all.addAll(List.of(locality.all));
                healthy.addAll(List.of(locality.healthy));
                degraded.addAll(List.of(locality.degraded));
            }
            return new Level(
                    all.toArray(Host[]::new),
                    healthy.toArray(Host[]::new),
                    degraded.toArray(Host[]::new),
                    localities.toArray(LocalityHosts[]::new));
        }
    }

    /** One locality of one priority. */
    static final class LocalityHosts {
        final int weight;
        final Host[] all;
        final Host[] healthy;
        final Host[] degraded;

        private LocalityHosts(int weight, Host[] all, Host[] healthy, Host[] degraded) {
            this.weight = weight;
            this.all = all;
            this.healthy = healthy;
            this.degraded = degraded;
        }

        static LocalityHosts of(int weight, List<? extends Host> hosts) {
            List<Host> healthy = new ArrayList<>();
            List<Host> degraded = new ArrayList<>();
            for (Host host : hosts) {
                switch (host.availability()) {
                    case HEALTHY -> healthy.add(host);
                    case DEGRADED -> degraded.add(host);
                    case UNAVAILABLE -> {
                        // only in `all`, for panic
                    }
                }
            }
            return new LocalityHosts(
                    weight, hosts.toArray(Host[]::new), healthy.toArray(Host[]::new), degraded.toArray(Host[]::new));
        }
    }
}
