package dev.weft.cli.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.control.ControlPlane;

/**
 * What one proxy runs, as its admin port tells it in Envoy's form (snake case, resources grouped by type and by where they came from).
 * Immutable. Reads the plain resources out of it: {@link ProxyTables} shows them.
 */
public final class ConfigDump {
    private final JsonNode tree;

    public ConfigDump(JsonNode tree) {
        this.tree = tree;
    }

    public static ConfigDump read(ControlPlane admin) {
        return new ConfigDump(admin.json("/config_dump?include_eds"));
    }

    /** Listeners that serve; one that was rejected has none. */
    public ImmutableList<JsonNode> listeners() {
        ImmutableList.Builder<JsonNode> found = ImmutableList.builder();
        for (JsonNode config : configs("ListenersConfigDump")) {
            config.path("static_listeners").forEach(each -> add(found, each.path("listener")));
            config.path("dynamic_listeners").forEach(each -> add(found, each.at("/active_state/listener")));
        }
        return found.build();
    }

    public ImmutableList<JsonNode> clusters() {
        return both("ClustersConfigDump", "static_clusters", "dynamic_active_clusters", "cluster");
    }

    public ImmutableList<JsonNode> routes() {
        return both("RoutesConfigDump", "static_route_configs", "dynamic_route_configs", "route_config");
    }

    public ImmutableList<JsonNode> endpoints() {
        return both("EndpointsConfigDump", "static_endpoint_configs", "dynamic_endpoint_configs", "endpoint_config");
    }

    private ImmutableList<JsonNode> both(String type, String fixed, String dynamic, String field) {
        ImmutableList.Builder<JsonNode> found = ImmutableList.builder();
        for (JsonNode config : configs(type)) {
            config.path(fixed).forEach(each -> add(found, each.path(field)));
            config.path(dynamic).forEach(each -> add(found, each.path(field)));
        }
        return found.build();
    }

    private ImmutableList<JsonNode> configs(String type) {
        ImmutableList.Builder<JsonNode> found = ImmutableList.builder();
        for (JsonNode config : tree.path("configs")) {
            if (config.path("@type").asText().endsWith("." + type)) {
                found.add(config);
            }
        }
        return found.build();
    }

    private static void add(ImmutableList.Builder<JsonNode> found, JsonNode resource) {
        if (resource.isObject()) {
            found.add(resource);
        }
    }
}
