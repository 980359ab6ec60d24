package dev.weft.proxy.balance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Picks a locality by weight, then a host inside it. Confined to one loop. A locality weighs w·min(1, 1.4·available/total): it
 * keeps its share until fewer than 5 of 7 hosts are left.
 */
final class LocalityPicker {
    private static final double OVERPROVISIONING = 1.4;

    private final Picker[] pickers;
    private final double[] weights;
    private final EarliestDeadline schedule;

    private LocalityPicker(Picker[] pickers, double[] weights, long seed) {
        this.pickers = pickers;
        this.weights = weights;
        this.schedule = new EarliestDeadline(pickers.length);
        for (int i = 0; i < pickers.length; i++) {
            schedule.add(i, weights[i]);
        }
        for (long turns = (seed & Long.MAX_VALUE) % pickers.length; turns > 0; turns--) {
            next();
        }
    }

    /** Null where no locality has both a weight and a host that {@code available} names. */
    static @Nullable LocalityPicker of(
            HostSet.LocalityHosts[] localities,
            Function<HostSet.LocalityHosts, Host[]> available,
            Function<Host[], Picker> pickerOf,
            long seed) {
        List<Picker> pickers = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (HostSet.LocalityHosts locality : localities) {
            Host[] hosts = available.apply(locality);
            if (locality.weight > 0 && hosts.length > 0) {
                double ratio = (double) hosts.length / locality.all.length;
                pickers.add(pickerOf.apply(hosts));
                weights.add(locality.weight * Math.min(1, OVERPROVISIONING * ratio));
            }
        }
        if (pickers.isEmpty()) {
            return null;
        }
        double[] array = weights.stream().mapToDouble(Double::doubleValue).toArray();
        return new LocalityPicker(pickers.toArray(Picker[]::new), array, seed);
    }

    Host pick() {
        return pickers[next()].pick();
    }

    private int next() {
        int locality = schedule.first();
        schedule.rescheduleFirst(weights[locality]);
        return locality;
    }
}
