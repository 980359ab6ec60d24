package dev.weft.proxy.agent.app;

import java.util.HashSet;
import java.util.Set;

/**
 * Turns Prometheus' text, as {@code PrometheusText} writes it, into OpenMetrics without its end. There the family of a counter has a
 * name without {@code _total} and its samples one with it; a counter of another name can only be called unknown.
 */
final class OpenMetricsText {
    private static final String TYPE = "# TYPE ";
    private static final String COUNTER = " counter";
    private static final String TOTAL = "_total";

    private OpenMetricsText() {}

    static String of(String text) {
        StringBuilder out = new StringBuilder(text.length());
        Set<String> families = new HashSet<>();
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf('\n', at);
            int next = end < 0 ? text.length() : end + 1;
            if (text.startsWith(TYPE, at) && end > 0 && text.startsWith(COUNTER, end - COUNTER.length())) {
                String name = text.substring(at + TYPE.length(), end - COUNTER.length());
                boolean total = name.endsWith(TOTAL);
                String family = total ? name.substring(0, name.length() - TOTAL.length()) : name;
                if (families.add(family)) {
                    out.append(TYPE)
                            .append(family)
                            .append(total ? COUNTER : " unknown")
                            .append('\n');
                }
            } else {
                out.append(text, at, next);
            }
            at = next;
        }
        return out.toString();
    }
}
