package dev.weft.proxy.admin;

import com.google.common.collect.ImmutableList;
import dev.weft.model.Locality;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.net.SocketAddress;
import dev.weft.proxy.cluster.Cluster;
import dev.weft.proxy.cluster.HostNumbers;
import dev.weft.proxy.cluster.UpstreamHost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code /clusters}: each cluster's limits and endpoints with what was counted, as Envoy shows them. Clusters that nothing was sent
 * to show what is configured: looking must not bring them to life.
 */
final class ClustersPage {
    private final AdminSources sources;

    ClustersPage(AdminSources sources) {
        this.sources = sources;
    }

    Answer answer(AdminRequest request) {
        return request.value("format").equals("json") ? json() : text();
    }

    private Answer text() {
        StringBuilder out = new StringBuilder();
        for (Cluster cluster : sources.clusters().all()) {
            Lines lines = new Lines(out, cluster.name());
            lines.add("observability_name", cluster.name());
            CircuitBreakers limits = cluster.breaker().limits();
            lines.add("default_priority::max_connections", limits.maxConnections());
            lines.add("default_priority::max_pending_requests", limits.maxPendingRequests());
            lines.add("default_priority::max_requests", limits.maxRequests());
            lines.add("default_priority::max_retries", limits.maxRetries());
            lines.add("added_via_api", addedByApi(cluster));
            if (cluster.config().discovery() instanceof Discovery.Eds(String service) && !service.isEmpty()) {
                lines.add("eds_service_name", service);
            }
            for (Row row : rows(cluster)) {
                Lines of = new Lines(out, cluster.name() + "::" + row.address);
                row.counts.forEach(count -> of.add(count.name, count.value));
                of.add("hostname", row.endpoint.hostname());
                of.add("health_flags", row.flags());
                of.add("weight", row.endpoint.weight());
                of.add("region", row.locality.region());
                of.add("zone", row.locality.zone());
                of.add("sub_zone", row.locality.subZone());
                of.add("canary", false);
                of.add("priority", row.priority);
                of.add("success_rate", -1);
                of.add("local_origin_success_rate", -1);
            }
        }
        return Answer.text(out.toString());
    }

    private Answer json() {
        List<Object> statuses = new ArrayList<>();
        for (Cluster cluster : sources.clusters().all()) {
            CircuitBreakers limits = cluster.breaker().limits();
            Map<String, Object> thresholds = Answer.object(
                    "max_connections",
                    limits.maxConnections(),
                    "max_pending_requests",
                    limits.maxPendingRequests(),
                    "max_requests",
                    limits.maxRequests(),
                    "max_retries",
                    limits.maxRetries());
            Map<String, Object> status = Answer.object(
                    "name",
                    cluster.name(),
                    "added_via_api",
                    addedByApi(cluster),
                    "host_statuses",
                    rows(cluster).stream().map(Row::tree).toList(),
                    "circuit_breakers",
                    Answer.object("thresholds", List.of(thresholds)),
                    "observability_name",
                    cluster.name());
            if (cluster.config().discovery() instanceof Discovery.Eds(String service)) {
                status.put("eds_service_name", service.isEmpty() ? cluster.name() : service);
            }
            statuses.add(status);
        }
        return Answer.tree(Answer.object("cluster_statuses", statuses));
    }

    private boolean addedByApi(Cluster cluster) {
        return sources.received(AdminSources.ResourceType.CLUSTERS).stream()
                .anyMatch(resource -> resource.name().equals(cluster.name()));
    }

    private List<Row> rows(Cluster cluster) {
        Map<SocketAddress, UpstreamHost> running = new HashMap<>();
        for (UpstreamHost host : cluster.hosts().hosts()) {
            running.put(host.endpoint().address(), host);
        }
        List<Row> rows = new ArrayList<>();
        for (EndpointSet.LocalityEndpoints group : endpoints(cluster).localities()) {
            for (Endpoint endpoint : group.endpoints()) {
                UpstreamHost host = running.remove(endpoint.address());
                rows.add(Row.of(endpoint, host, group));
            }
        }
        // Endpoints that a name led to are in no configuration.
        EndpointSet.LocalityEndpoints nowhere =
                new EndpointSet.LocalityEndpoints(Locality.UNKNOWN, 0, 0, ImmutableList.of());
        running.values().forEach(host -> rows.add(Row.of(host.endpoint(), host, nowhere)));
        return rows;
    }

    private EndpointSet endpoints(Cluster cluster) {
        return switch (cluster.config().discovery()) {
            case Discovery.Eds(String service) -> {
                String name = service.isEmpty() ? cluster.name() : service;
                yield sources.config().current().config().endpoints().getOrDefault(name, EndpointSet.empty(name));
            }
            case Discovery.Static(EndpointSet set) -> set;
            case Discovery.StrictDns ignored -> EndpointSet.empty(cluster.name());
            case Discovery.LogicalDns ignored -> EndpointSet.empty(cluster.name());
            case Discovery.OriginalDestination ignored -> EndpointSet.empty(cluster.name());
        };
    }

    /** One line per fact. */
    private record Lines(StringBuilder out, String prefix) {
        void add(String name, Object value) {
            out.append(prefix)
                    .append("::")
                    .append(name)
                    .append("::")
                    .append(value)
                    .append('\n');
        }
    }

    /** One endpoint. */
    private record Row(
            String address, Endpoint endpoint, boolean ejected, Locality locality, int priority, List<Count> counts) {
        static Row of(Endpoint endpoint, @Nullable UpstreamHost host, EndpointSet.LocalityEndpoints group) {
            List<Count> counts = new ArrayList<>();
            if (host != null) {
                HostNumbers numbers = host.numbers();
                counts.add(new Count("cx_active", "GAUGE", numbers.cxActive()));
                counts.add(new Count("cx_connect_fail", "COUNTER", numbers.cxConnectFail()));
                counts.add(new Count("cx_total", "COUNTER", numbers.cxTotal()));
                counts.add(new Count("rq_active", "GAUGE", host.activeRequests()));
                counts.add(new Count("rq_error", "COUNTER", numbers.rqError()));
                counts.add(new Count("rq_success", "COUNTER", numbers.rqSuccess()));
                counts.add(new Count("rq_timeout", "COUNTER", numbers.rqTimeout()));
                counts.add(new Count("rq_total", "COUNTER", numbers.rqTotal()));
            }
            return new Row(
                    host == null ? endpoint.address().text() : host.text(),
                    endpoint,
                    host != null && host.isEjected(),
                    group.locality(),
                    group.priority(),
                    counts);
        }

        String flags() {
            String eds = switch (endpoint.health()) {
                case UNKNOWN, HEALTHY -> "";
                case DEGRADED -> "/eds_degraded";
                case DRAINING -> "/eds_draining";
                case UNHEALTHY, TIMEOUT -> "/failed_eds_health";
            };
            String all = eds + (ejected ? "/failed_outlier_check" : "");
            return all.isEmpty() ? "healthy" : all;
        }

        Map<String, Object> tree() {
            Map<String, Object> health = Answer.object(
                    "eds_health_status",
                    endpoint.health() == Endpoint.Health.UNKNOWN
                            ? "HEALTHY"
                            : endpoint.health().name());
            if (ejected) {
                health.put("failed_outlier_check", true);
            }
            return Answer.object(
                    "address",
                    addressTree(),
                    "stats",
                    counts.stream().map(Count::tree).toList(),
                    "health_status",
                    health,
                    "weight",
                    endpoint.weight(),
                    "hostname",
                    endpoint.hostname(),
                    "priority",
                    priority,
                    "locality",
                    Answer.object(
                            "region", locality.region(), "zone", locality.zone(), "sub_zone", locality.subZone()));
        }

        private Map<String, Object> addressTree() {
            return switch (endpoint.address()) {
                case SocketAddress.Inet(String host, int port) ->
                    Answer.object("socket_address", Answer.object("address", host, "port_value", port));
                case SocketAddress.Pipe(String path) -> Answer.object("pipe", Answer.object("path", path));
            };
        }
    }

    private record Count(String name, String type, long value) {
        Map<String, Object> tree() {
            return Answer.object("type", type, "name", name, "value", String.valueOf(value));
        }
    }
}
