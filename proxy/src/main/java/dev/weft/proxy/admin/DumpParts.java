package dev.weft.proxy.admin;

import dev.weft.proxy.admin.AdminSources.ReceivedResource;
import dev.weft.proxy.admin.AdminSources.ResourceType;
import dev.weft.proxy.admin.ConfigDump.Entry;
import dev.weft.proxy.admin.ConfigDump.Part;
import dev.weft.proxy.identity.KeyMaterial;
import dev.weft.proxy.identity.SecretStore;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lays a configuration dump out: which sections there are, which lists they hold, what is in those. One per dump. */
final class DumpParts {
    private static final String REDACTED =
            Base64.getEncoder().encodeToString("[redacted]".getBytes(StandardCharsets.US_ASCII));

    private final AdminSources sources;
    private final ConfigDump.Transcoder transcoder;
    private final Map<String, Object> bootstrap;
    private final String started;

    /** @param bootstrap its fields */
    DumpParts(AdminSources sources, ConfigDump.Transcoder transcoder, Map<String, Object> bootstrap) {
        this.sources = sources;
        this.transcoder = transcoder;
        this.bootstrap = bootstrap;
        this.started = sources.facts().startedAt().toString();
    }

    List<Part> parts(boolean endpoints) {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part("ClustersConfigDump", "static_clusters", "StaticCluster", clusters()));
        parts.add(new Part(
                "ClustersConfigDump",
                "dynamic_active_clusters",
                "DynamicCluster",
                dynamic(ResourceType.CLUSTERS, "cluster")));
        if (endpoints) {
            parts.add(
                    new Part("EndpointsConfigDump", "static_endpoint_configs", "StaticEndpointConfig", assignments()));
            parts.add(new Part(
                    "EndpointsConfigDump",
                    "dynamic_endpoint_configs",
                    "DynamicEndpointConfig",
                    dynamic(ResourceType.ENDPOINTS, "endpoint_config")));
        }
        parts.add(new Part("ListenersConfigDump", "static_listeners", "StaticListener", listeners()));
        parts.add(new Part("ListenersConfigDump", "dynamic_listeners", "DynamicListener", dynamicListeners()));
        parts.add(new Part("RoutesConfigDump", "static_route_configs", "StaticRouteConfig", inlineRoutes()));
        parts.add(new Part(
                "RoutesConfigDump",
                "dynamic_route_configs",
                "DynamicRouteConfig",
                dynamic(ResourceType.ROUTES, "route_config")));
        parts.add(new Part("SecretsConfigDump", "dynamic_active_secrets", "DynamicSecret", secrets()));
        return parts;
    }

    // ---- from the bootstrap ----------------------------------------------------------------------------------------

    private List<Entry> clusters() {
        return fixed("clusters", "cluster", ResourceType.CLUSTERS);
    }

    private List<Entry> listeners() {
        return fixed("listeners", "listener", ResourceType.LISTENERS);
    }

    private List<Entry> fixed(String list, String field, ResourceType type) {
        List<Entry> entries = new ArrayList<>();
        for (Map<?, ?> resource : fixed(list)) {
            entries.add(new Entry(
                    text(resource.get("name")),
                    () -> Answer.object(field, typed(type, resource), "last_updated", started)));
        }
        return entries;
    }

    private List<Entry> assignments() {
        List<Entry> entries = new ArrayList<>();
        for (Map<?, ?> cluster : fixed("clusters")) {
            if (cluster.get("load_assignment") instanceof Map<?, ?> assignment) {
                entries.add(new Entry(
                        text(cluster.get("name")),
                        () -> Answer.object("endpoint_config", typed(ResourceType.ENDPOINTS, assignment))));
            }
        }
        return entries;
    }

    private List<Map<?, ?>> fixed(String list) {
        List<Map<?, ?>> found = new ArrayList<>();
        if (bootstrap.get("static_resources") instanceof Map<?, ?> resources
                && resources.get(list) instanceof List<?> all) {
            for (Object each : all) {
                if (each instanceof Map<?, ?> resource) {
                    found.add(resource);
                }
            }
        }
        return found;
    }

    // ---- from the control plane ------------------------------------------------------------------------------------

    private List<Entry> dynamic(ResourceType type, String field) {
        List<Entry> entries = new ArrayList<>();
        for (ReceivedResource resource : sources.received(type)) {
            entries.add(new Entry(resource.name(), () -> {
                Map<String, Object> tree = Answer.object("version_info", resource.version());
                resource.bytes().ifPresent(bytes -> tree.put(field, transcoder.typed(type, bytes)));
                tree.put("last_updated", resource.updated().toString());
                tree.put("client_status", resource.refusal().isPresent() ? "NACKED" : "ACKED");
                refusal(resource, tree);
                return tree;
            }));
        }
        return entries;
    }

    private List<Entry> dynamicListeners() {
        List<Entry> entries = new ArrayList<>();
        for (ReceivedResource resource : sources.received(ResourceType.LISTENERS)) {
            entries.add(new Entry(resource.name(), () -> {
                Map<String, Object> tree = Answer.object("name", resource.name());
                resource.bytes()
                        .ifPresent(bytes -> tree.put(
                                "active_state",
                                Answer.object(
                                        "version_info",
                                        resource.version(),
                                        "listener",
                                        transcoder.typed(ResourceType.LISTENERS, bytes),
                                        "last_updated",
                                        resource.updated().toString())));
                refusal(resource, tree);
                tree.put("client_status", resource.refusal().isPresent() ? "NACKED" : "ACKED");
                return tree;
            }));
        }
        return entries;
    }

    private static void refusal(ReceivedResource resource, Map<String, Object> tree) {
        resource.refusal()
                .ifPresent(refusal -> tree.put(
                        "error_state",
                        Answer.object(
                                "last_update_attempt",
                                refusal.at().toString(),
                                "details",
                                refusal.reason(),
                                "version_info",
                                refusal.version())));
    }

    /** Route tables that stand inside listeners. */
    private List<Entry> inlineRoutes() {
        List<Entry> entries = new ArrayList<>();
        for (Map<?, ?> listener : fixed("listeners")) {
            inlineRoutes(listener, entries);
        }
        for (ReceivedResource resource : sources.received(ResourceType.LISTENERS)) {
            resource.bytes()
                    .ifPresent(
                            bytes -> inlineRoutes(transcoder.tree(ResourceType.LISTENERS.message(), bytes), entries));
        }
        return entries;
    }

    private void inlineRoutes(Object tree, List<Entry> entries) {
        switch (tree) {
            case Map<?, ?> map -> {
                if (map.get("route_config") instanceof Map<?, ?> table
                        && text(map.get("@type")).endsWith("HttpConnectionManager")) {
                    entries.add(new Entry(
                            text(table.get("name")),
                            () -> Answer.object(
                                    "route_config", typed(ResourceType.ROUTES, table), "last_updated", started)));
                }
                map.values().forEach(value -> inlineRoutes(value, entries));
            }
            case List<?> list -> list.forEach(value -> inlineRoutes(value, entries));
            default -> {
                // scalars hold no tables
            }
        }
    }

    private static Map<String, Object> typed(ResourceType type, Map<?, ?> fields) {
        Map<String, Object> typed = Answer.object("@type", ConfigDump.TYPE + type.message());
        fields.forEach((name, value) -> typed.put(String.valueOf(name), value));
        return typed;
    }

    private static String text(@Nullable Object value) {
        return value instanceof String string ? string : "";
    }

    // ---- secrets ---------------------------------------------------------------------------------------------------

    private List<Entry> secrets() {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, SecretStore.Versioned> secret :
                sources.secrets().all().entrySet()) {
            Supplier<Map<String, Object>> tree = () -> Answer.object(
                    "name",
                    secret.getKey(),
                    "version_info",
                    String.valueOf(secret.getValue().version()),
                    "secret",
                    secret(secret.getKey(), secret.getValue().material()));
            entries.add(new Entry(secret.getKey(), tree));
        }
        return entries;
    }

    private static Map<String, Object> secret(String name, KeyMaterial material) {
        Map<String, Object> tree = Answer.object(
                "@type", ConfigDump.TYPE + "envoy.extensions.transport_sockets.tls.v3.Secret", "name", name);
        switch (material) {
            case KeyMaterial.Identity identity ->
                tree.put(
                        "tls_certificate",
                        Answer.object(
                                "certificate_chain",
                                Answer.object("inline_bytes", pem(identity.chain())),
                                "private_key",
                                Answer.object("inline_bytes", REDACTED)));
            case KeyMaterial.TrustBundle trust ->
                tree.put(
                        "validation_context",
                        Answer.object("trusted_ca", Answer.object("inline_bytes", pem(trust.roots()))));
        }
        return tree;
    }

    private static String pem(List<X509Certificate> certificates) {
        StringBuilder pem = new StringBuilder();
        Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
        for (X509Certificate certificate : certificates) {
            try {
                pem.append("-----BEGIN CERTIFICATE-----\n")
                        .append(lines.encodeToString(certificate.getEncoded()))
                        .append("\n-----END CERTIFICATE-----\n");
            } catch (CertificateEncodingException e) {
                throw new AssertionError("a certificate that was parsed has no bytes", e);
            }
        }
        return Base64.getEncoder().encodeToString(pem.toString().getBytes(StandardCharsets.US_ASCII));
    }
}
