package dev.weft.resources;

import com.google.common.base.Splitter;
import com.google.errorprone.annotations.Immutable;
import java.util.List;

/** Where a workload stands: {@code region/zone/subzone}; what is not known is empty. */
@Immutable
public record Locality(String region, String zone, String subzone) {
    public static Locality parse(String text) {
        List<String> parts = Splitter.on('/').limit(3).splitToList(text);
        return new Locality(parts.get(0), parts.size() > 1 ? parts.get(1) : "", parts.size() > 2 ? parts.get(2) : "");
    }

    @Override
    public String toString() {
        if (!subzone.isEmpty()) {
            return region + "/" + zone + "/" + subzone;
        }
        return zone.isEmpty() ? region : region + "/" + zone;
    }
}
