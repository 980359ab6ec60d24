package dev.weft.control.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.cache.EncodedResource;
import dev.weft.control.cache.ResourceSnapshot;
import dev.weft.control.cache.ResourceType;
import dev.weft.xds.Decoded;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import dev.weft.xds.json.JsonTranscoder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Resources in the form of Envoy's {@code /config_dump}, so that the tools that read a proxy's dump read ours. Loads the descriptors when
 * asked and lets them go; one request at a time.
 */
final class ConfigDump {

    private static final String ADMIN = "type.googleapis.com/envoy.admin.v3.";
    private static final String TYPE_PREFIX = "type.googleapis.com/";

    private final OnDemandDescriptors descriptors = new OnDemandDescriptors();

    synchronized Map<String, Object> of(ResourceSnapshot snapshot) {
        JsonTranscoder transcoder = new JsonTranscoder(descriptors.get());
        try {
            ImmutableList.Builder<Object> configs = ImmutableList.builder();
            for (ResourceType type : ResourceType.values()) {
                // Names are no part of Envoy's dump; asking for them here would make them.
                if (type != ResourceType.NAME_TABLE) {
                    configs.add(section(transcoder, snapshot, type));
                }
            }
            return ImmutableMap.of("configs", configs.build());
        } finally {
            descriptors.release();
        }
    }

    private static Map<String, Object> section(
            JsonTranscoder transcoder, ResourceSnapshot snapshot, ResourceType type) {
        ImmutableList<Object> entries = snapshot.of(type).byName().values().stream()
                .map(resource -> entry(type, resource, body(transcoder, resource)))
                .collect(ImmutableList.toImmutableList());
        return switch (type) {
            case CLUSTER -> ImmutableMap.of("@type", ADMIN + "ClustersConfigDump", "dynamic_active_clusters", entries);
            case ENDPOINT ->
                ImmutableMap.of("@type", ADMIN + "EndpointsConfigDump", "dynamic_endpoint_configs", entries);
            case LISTENER -> ImmutableMap.of("@type", ADMIN + "ListenersConfigDump", "dynamic_listeners", entries);
            case SECRET -> ImmutableMap.of("@type", ADMIN + "SecretsConfigDump", "dynamic_active_secrets", entries);
            case ROUTE -> ImmutableMap.of("@type", ADMIN + "RoutesConfigDump", "dynamic_route_configs", entries);
            case NAME_TABLE -> throw new AssertionError("names have no section");
        };
    }

    private static Object entry(ResourceType type, EncodedResource resource, Object body) {
        String version = resource.version();
        return switch (type) {
            case CLUSTER -> ImmutableMap.of("version_info", version, "cluster", body);
            case ENDPOINT -> ImmutableMap.of("version_info", version, "endpoint_config", body);
            case LISTENER ->
                ImmutableMap.of(
                        "name",
                        resource.name(),
                        "active_state",
                        ImmutableMap.of("version_info", version, "listener", body));
            case SECRET -> ImmutableMap.of("name", resource.name(), "version_info", version, "secret", body);
            case ROUTE -> ImmutableMap.of("version_info", version, "route_config", body);
            case NAME_TABLE -> throw new AssertionError("names have no section");
        };
    }

    private static Object body(JsonTranscoder transcoder, EncodedResource resource) {
        String url = resource.type().url();
        if (resource.type() == ResourceType.SECRET) {
            // Not even decoded: its name is all that anybody is shown.
            return ImmutableMap.of("@type", url, "name", resource.name());
        }
        Decoded<Object> tree =
                transcoder.toTree(url.substring(TYPE_PREFIX.length()), resource.body(), JsonTranscoder.Secrets.REDACT);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("@type", url);
        if (tree instanceof Decoded.Value<Object>(Map<?, ?> fields)) {
            fields.forEach((name, value) -> body.put(String.valueOf(name), value));
        }
        return body;
    }
}
