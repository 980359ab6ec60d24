package dev.weft.proxy.balance;

import dev.weft.model.cluster.LoadBalancing;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The pickers of one priority, each made when first used; most clusters never need more than one. Confined to one loop. */
final class LevelPickers {
    private final HostSet.Level level;
    private final LoadBalancing.Policy policy;
    private final RandomGenerator random;
    private final long seed;
    private final long healthyStart;
    private final long anyStart;
    private final @Nullable LocalityPicker healthyLocalities;
    private final @Nullable LocalityPicker degradedLocalities;
    private @Nullable Picker healthy;
    private @Nullable Picker degraded;
    private @Nullable Picker any;

    /** @param before the pickers of the set that this one replaces, whose rotations go on */
    LevelPickers(
            HostSet.Level level,
            LoadBalancing balancing,
            RandomGenerator random,
            long seed,
            @Nullable LevelPickers before) {
        this.level = level;
        this.policy = balancing.policy();
        this.random = random;
        this.seed = seed;
        this.healthyStart = before == null ? seed : position(before.healthy, before.healthyStart);
        this.anyStart = before == null ? seed : position(before.any, before.anyStart);
        if (balancing.localityWeighted()) {
            healthyLocalities = LocalityPicker.of(level.localities, l -> l.healthy, this::picker, seed);
            degradedLocalities = LocalityPicker.of(level.localities, l -> l.degraded, this::picker, seed);
        } else {
            healthyLocalities = null;
            degradedLocalities = null;
        }
    }

    private static long position(@Nullable Picker picker, long otherwise) {
        return picker instanceof RoundRobinPicker rotation ? rotation.position() : otherwise;
    }

    private Picker picker(Host[] hosts) {
        return Picker.of(policy, hosts, random, seed);
    }

    @Nullable
    Host pickHealthy() {
        if (healthyLocalities != null) {
            return healthyLocalities.pick();
        }
        Picker picker = healthy;
        if (picker == null) {
            if (level.healthy.length == 0) {
                return null;
            }
            picker = Picker.of(policy, level.healthy, random, healthyStart);
            healthy = picker;
        }
        return picker.pick();
    }

    @Nullable
    Host pickDegraded() {
        if (degradedLocalities != null) {
            return degradedLocalities.pick();
        }
        Picker picker = degraded;
        if (picker == null) {
            if (level.degraded.length == 0) {
                return null;
            }
            picker = picker(level.degraded);
            degraded = picker;
        }
        return picker.pick();
    }

    /** Whatever its health: panic. */
    @Nullable
    Host pickAny() {
        Picker picker = any;
        if (picker == null) {
            if (level.all.length == 0) {
                return null;
            }
            picker = Picker.of(policy, level.all, random, anyStart);
            any = picker;
        }
        return picker.pick();
    }
}
