package dev.weft.proxy.telemetry;

import dev.weft.proxy.telemetry.MetricSink.Labels;

/**
 * One of Envoy's statistics: {@code cluster.<owner>.<name>} as text, {@code envoy_cluster_<name>} with the owner as a label for
 * Prometheus, named as Istio tells Envoy to name them. Immutable.
 *
 * @param owner which cluster, listener …; empty for the process
 * @param name without scope and owner
 */
public record Stat(Scope scope, String owner, String name) {
    private static final String CODE_PREFIX = "_rq_";

    /** What a statistic is about, and the label that names its owner. */
    public enum Scope {
        SERVER("server", ""),
        CLUSTER("cluster", "cluster_name"),
        CLUSTER_MANAGER("cluster_manager", ""),
        LISTENER("listener", "listener_address"),
        LISTENER_MANAGER("listener_manager", ""),
        HTTP("http", "http_conn_manager_prefix"),
        CONTROL_PLANE("control_plane", "");

        private final String text;
        private final String label;

        Scope(String text, String label) {
            this.text = text;
            this.label = label;
        }
    }

    /** A statistic of the process. */
    public static Stat server(String name) {
        return new Stat(Scope.SERVER, "", name);
    }

    /** As {@code /stats} shows it. */
    public String text() {
        return owner.isEmpty() ? scope.text + '.' + name : scope.text + '.' + owner + '.' + name;
    }

    /** The name of the metric: a status or class of statuses at its end is a label instead. */
    String metric() {
        String plain = hasCode() ? name.substring(0, name.length() - 4) : name;
        StringBuilder metric =
                new StringBuilder("envoy_").append(scope.text).append('_').append(plain);
        for (int i = 0; i < metric.length(); i++) {
            char c = metric.charAt(i);
            boolean allowed = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
            if (!allowed) {
                metric.setCharAt(i, '_');
            }
        }
        return metric.toString();
    }

    /** The labels of the metric. */
    Labels labels() {
        if (hasCode()) {
            String code = name.substring(name.length() - 3);
            String label = code.endsWith("xx") ? "response_code_class" : "response_code";
            return scope.label.isEmpty() ? Labels.of(label, code) : Labels.of(label, code, scope.label, owner);
        }
        return scope.label.isEmpty() ? Labels.NONE : Labels.of(scope.label, owner);
    }

    /** {@code upstream_rq_2xx} or {@code upstream_rq_200}. */
    private boolean hasCode() {
        int at = name.length() - 3 - CODE_PREFIX.length();
        if (at < 0 || !name.startsWith(CODE_PREFIX, at)) {
            return false;
        }
        String code = name.substring(name.length() - 3);
        boolean rest = code.endsWith("xx") || Character.isDigit(code.charAt(1)) && Character.isDigit(code.charAt(2));
        return Character.isDigit(code.charAt(0)) && rest;
    }
}
