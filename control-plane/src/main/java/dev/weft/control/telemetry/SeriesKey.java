package dev.weft.control.telemetry;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;

/** One series of one proxy: a metric's name and its labels. */
@Immutable
record SeriesKey(String metric, ImmutableMap<String, String> labels) {

    String label(String name) {
        return labels.getOrDefault(name, "");
    }
}
