package dev.weft.proxy.balance;

import dev.weft.model.cluster.LoadBalancing;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Picks the endpoint of the next request: priority, then locality, then host. One per cluster and loop, confined to it; rebuilt
 * by {@link #use} when a new {@link HostSet} was published. Picking allocates nothing.
 *
 * <p>A rotation goes on where it stood when hosts change: a set that changes often would otherwise favour its first hosts.
 *
 * @param <H> the running host
 */
public final class Balancer<H extends Host> {
    private final LoadBalancing balancing;
    private final RandomGenerator random;
    private final long seed;
    private HostSet<H> hosts = HostSet.empty();
    private PriorityLoads loads;
    private LevelPickers[] levels = {};
    private int onlyChoice = -1;

    public Balancer(LoadBalancing balancing, RandomGenerator random) {
        this.balancing = balancing;
        this.random = random;
        this.seed = random.nextLong();
        this.loads = PriorityLoads.of(hosts, balancing.panicThresholdPercent());
    }

    /** The set that picks come from. */
    public HostSet<H> hosts() {
        return hosts;
    }

    /** Picks from this set from now on. */
    public void use(HostSet<H> set) {
        LevelPickers[] old = levels;
        int n = set.levels().size();
        LevelPickers[] built = new LevelPickers[n];
        for (int i = 0; i < n; i++) {
            built[i] = new LevelPickers(set.levels().get(i), balancing, random, seed, i < old.length ? old[i] : null);
        }
        hosts = set;
        levels = built;
        loads = PriorityLoads.of(set, balancing.panicThresholdPercent());
        onlyChoice = loads.onlyChoice();
    }

    /** A host, or null where none may be used. */
    public @Nullable H pick() {
        int choice = onlyChoice >= 0 ? onlyChoice : loads.choose(Picker.below(random, 100) + 1);
        if (choice < 0) {
            return null;
        }
        int priority = choice >>> 1;
        LevelPickers level = levels[priority];
        Host host;
        if (loads.isInPanic(priority)) {
            host = level.pickAny();
        } else if ((choice & 1) == 0) {
            host = level.pickHealthy();
        } else {
            host = level.pickDegraded();
        }
        @SuppressWarnings("unchecked") // the set holds H only
        H picked = (H) host;
        return picked;
    }

    /** A host that the predicate does not refuse; after its last reselection any. */
    public @Nullable H pick(HostPredicate predicate) {
        H host = pick();
        for (int left = predicate.reselections(); left > 0 && host != null && predicate.rejects(host); left--) {
            host = pick();
        }
        return host;
    }
}
