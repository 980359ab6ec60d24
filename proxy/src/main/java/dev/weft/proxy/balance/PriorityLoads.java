package dev.weft.proxy.balance;

/**
 * How the traffic of a cluster is shared among its priorities, in percent. Pure and immutable; integer arithmetic as Envoy's, so
 * that shares are the same to the last percent.
 *
 * <p>Why this design, with numbers: priority 0 with 7 of 10 healthy hosts counts as min(100, 140·7/10) = 98 %, so 2 % go to
 * priority 1. Healthy shares are handed out in priority order until 100 is used; degraded hosts get what is left. Where all
 * availabilities together stay below 100, each is scaled up, and what rounding leaves goes to the first priority with load.
 */
final class PriorityLoads {
    private static final int OVERPROVISIONING = 140;

    private final int[] healthyLoad;
    private final int[] degradedLoad;
    private final boolean[] panic;

    private PriorityLoads(int[] healthyLoad, int[] degradedLoad, boolean[] panic) {
        this.healthyLoad = healthyLoad;
        this.degradedLoad = degradedLoad;
        this.panic = panic;
    }

    /** @param panicThreshold percent; 0 switches panic off */
    static PriorityLoads of(HostSet<?> hosts, int panicThreshold) {
        int n = hosts.levels().size();
        int[] healthy = new int[n];
        int[] degraded = new int[n];
        int sum = 0;
        for (int i = 0; i < n; i++) {
            HostSet.Level level = hosts.levels().get(i);
            if (level.all.length > 0) {
                healthy[i] = Math.min(100, OVERPROVISIONING * level.healthy.length / level.all.length);
                degraded[i] = Math.min(100, OVERPROVISIONING * level.degraded.length / level.all.length);
            }
            sum += healthy[i] + degraded[i];
        }
        int available = Math.min(100, sum);
        boolean[] panic = new boolean[n];
        if (available == 0) {
            if (n > 0 && panicThreshold > 0) {
                return totalPanic(hosts, panic);
            }
            return new PriorityLoads(new int[n], new int[n], panic);
        }
        int[] healthyLoad = new int[n];
        int[] degradedLoad = new int[n];
        int left = handOut(healthy, healthyLoad, available, 100);
        left = handOut(degraded, degradedLoad, available, left);
        giveRemainder(healthyLoad, degradedLoad, healthy, degraded, left);
        if (available == 100) {
            return new PriorityLoads(healthyLoad, degradedLoad, panic);
        }
        boolean all = true;
        for (int i = 0; i < n; i++) {
            panic[i] = isInPanic(hosts.levels().get(i), panicThreshold);
            all &= panic[i];
        }
        return all ? totalPanic(hosts, panic) : new PriorityLoads(healthyLoad, degradedLoad, panic);
    }

    private static int handOut(int[] availability, int[] load, int available, int left) {
        for (int i = 0; i < availability.length; i++) {
            load[i] = Math.min(left, availability[i] * 100 / available);
            left -= load[i];
        }
        return left;
    }

    private static void giveRemainder(
            int[] healthyLoad, int[] degradedLoad, int[] healthy, int[] degraded, int remainder) {
        for (int i = 0; i < healthy.length; i++) {
            if (healthy[i] > 0) {
                healthyLoad[i] += remainder;
                return;
            }
        }
        for (int i = 0; i < degraded.length; i++) {
            if (degraded[i] > 0) {
                degradedLoad[i] += remainder;
                return;
            }
        }
    }

    private static boolean isInPanic(HostSet.Level level, int threshold) {
        int total = level.all.length;
        int percent = total == 0 ? 0 : 100 * level.healthy.length / total + 100 * level.degraded.length / total;
        return percent < threshold;
    }

    /** Every priority is in panic: hosts share the traffic evenly, whatever their health. */
    private static PriorityLoads totalPanic(HostSet<?> hosts, boolean[] panic) {
        int n = panic.length;
        int[] load = new int[n];
        long total = hosts.hosts().size();
        int left = 100;
        int first = -1;
        for (int i = 0; i < n; i++) {
            panic[i] = true;
            int size = hosts.levels().get(i).all.length;
            if (size > 0) {
                first = first < 0 ? i : first;
                load[i] = (int) (100L * size / total);
                left -= load[i];
            }
        }
        if (first >= 0) {
            load[first] += left;
        }
        return new PriorityLoads(load, new int[n], panic);
    }

    int healthyLoad(int priority) {
        return healthyLoad[priority];
    }

    int degradedLoad(int priority) {
        return degradedLoad[priority];
    }

    boolean isInPanic(int priority) {
        return panic[priority];
    }

    /**
     * The choice of a number from 1 to 100: {@code 2·priority} for its healthy hosts, {@code 2·priority + 1} for its degraded
     * ones, -1 where there is no host to use. Healthy shares of all priorities come first.
     */
    int choose(int hundredth) {
        int sum = 0;
        for (int i = 0; i < healthyLoad.length; i++) {
            sum += healthyLoad[i];
            if (hundredth <= sum) {
                return 2 * i;
            }
        }
        for (int i = 0; i < degradedLoad.length; i++) {
            sum += degradedLoad[i];
            if (hundredth <= sum) {
                return 2 * i + 1;
            }
        }
        return -1;
    }

    /** The only choice there is, or -1 where {@link #choose} needs a number. */
    int onlyChoice() {
        for (int i = 0; i < healthyLoad.length; i++) {
            if (healthyLoad[i] == 100) {
                return 2 * i;
            }
            if (degradedLoad[i] == 100) {
                return 2 * i + 1;
            }
        }
        return -1;
    }
}
