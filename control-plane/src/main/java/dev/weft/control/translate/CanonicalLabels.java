package dev.weft.control.translate;

import java.util.Map;

/** Istio's canonical service of a workload: the first label that says it, else the workload itself and {@code latest}. */
final class CanonicalLabels {
    private CanonicalLabels() {}

    static String name(Map<String, String> labels, String workload) {
        return first(labels, workload, "service.istio.io/canonical-name", "app.kubernetes.io/name", "app");
    }

    static String revision(Map<String, String> labels) {
        return first(labels, "latest", "service.istio.io/canonical-revision", "app.kubernetes.io/version", "version");
    }

    private static String first(Map<String, String> labels, String otherwise, String... names) {
        for (String name : names) {
            String value = labels.get(name);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return otherwise;
    }
}
