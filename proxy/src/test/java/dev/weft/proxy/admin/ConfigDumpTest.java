package dev.weft.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableListMultimap;
import com.google.protobuf.ByteString;
import dev.weft.proxy.admin.AdminSources.ReceivedResource;
import dev.weft.proxy.admin.AdminSources.Refusal;
import dev.weft.proxy.admin.AdminSources.ResourceType;
import dev.weft.xds.json.JsonReader;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ConfigDumpTest {
    private static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");
    private static final ImmutableListMultimap<ResourceType, ReceivedResource> RESOURCES =
            ImmutableListMultimap.<ResourceType, ReceivedResource>builder()
                    .put(ResourceType.CLUSTERS, accepted("out|80", cluster("out|80")))
                    .put(ResourceType.CLUSTERS, accepted("other", cluster("other")))
                    .put(
                            ResourceType.LISTENERS,
                            accepted(
                                    "good",
                                    Listener.newBuilder()
                                            .setName("good")
                                            .build()
                                            .toByteString()))
                    .put(
                            ResourceType.LISTENERS,
                            new ReceivedResource(
                                    "bad",
                                    "",
                                    THEN,
                                    Optional.empty(),
                                    Optional.of(new Refusal("v9", "Listener.freebind: unsupported", THEN))))
                    .put(
                            ResourceType.ROUTES,
                            accepted(
                                    "80",
                                    RouteConfiguration.newBuilder()
                                            .setName("80")
                                            .build()
                                            .toByteString()))
                    .put(
                            ResourceType.ENDPOINTS,
                            accepted(
                                    "out|80",
                                    ClusterLoadAssignment.newBuilder()
                                            .setClusterName("out|80")
                                            .build()
                                            .toByteString()))
                    .build();

    private final RunningProxy proxy = new RunningProxy(RunningProxy.BOOTSTRAP);
    private final ConfigDump dump = new ConfigDump(new RunningProxy.WithReceived(proxy.app, bootstrap(), RESOURCES));

    @AfterEach
    void close() {
        proxy.close();
    }

    @Test
    void showsWhatWasReceivedWithItsVersionAndType() {
        Map<?, ?> clusters = section(ask("/config_dump"), "ClustersConfigDump");

        Map<?, ?> first = (Map<?, ?>) list(clusters, "dynamic_active_clusters").get(0);
        assertThat(first.get("version_info")).isEqualTo("v1");
        assertThat(first.get("last_updated")).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(first.get("client_status")).isEqualTo("ACKED");
        Map<?, ?> cluster = (Map<?, ?>) first.get("cluster");
        assertThat(cluster.get("@type")).isEqualTo("type.googleapis.com/envoy.config.cluster.v3.Cluster");
        assertThat(cluster.get("name")).isEqualTo("out|80");
        assertThat(cluster.get("alt_stat_name")).isEqualTo("in snake case");
        assertThat(list(clusters, "static_clusters").toString()).contains("name=app");
    }

    @Test
    void saysWhyAListenerWasRefused() {
        Map<?, ?> listeners = section(ask("/config_dump"), "ListenersConfigDump");

        List<?> dynamic = list(listeners, "dynamic_listeners");
        assertThat(dynamic.get(0).toString())
                .contains("active_state={version_info=v1")
                .contains("name=good");
        Map<?, ?> bad = (Map<?, ?>) dynamic.get(1);
        assertThat(bad.get("active_state")).isNull();
        assertThat(bad.get("error_state").toString())
                .contains("details=Listener.freebind: unsupported")
                .contains("version_info=v9");
        assertThat(bad.get("client_status")).isEqualTo("NACKED");
    }

    @Test
    void findsRoutesInsideListenersAndThoseThatCameAlone() {
        Map<?, ?> routes = section(ask("/config_dump"), "RoutesConfigDump");

        assertThat(list(routes, "static_route_configs").toString()).contains("name=local");
        assertThat(list(routes, "dynamic_route_configs").toString()).contains("name=80");
    }

    @Test
    void showsEndpointsOnlyWhenAskedTo() {
        assertThat(sections(ask("/config_dump"))).doesNotContain("EndpointsConfigDump");

        Map<?, ?> endpoints = section(ask("/config_dump?include_eds"), "EndpointsConfigDump");

        assertThat(list(endpoints, "dynamic_endpoint_configs").toString()).contains("cluster_name=out|80");
        assertThat(list(endpoints, "static_endpoint_configs").toString()).contains("cluster_name=app");
    }

    @Test
    void writesTheSectionsInEnvoysOrder() {
        assertThat(sections(ask("/config_dump?include_eds")))
                .containsExactly(
                        "BootstrapConfigDump",
                        "ClustersConfigDump",
                        "EndpointsConfigDump",
                        "ListenersConfigDump",
                        "RoutesConfigDump",
                        "SecretsConfigDump");
    }

    @Test
    void picksOneListAndNames() {
        List<?> configs = (List<?>) ask("/config_dump?resource=dynamic_active_clusters&name_regex=^out")
                .get("configs");

        assertThat(configs).hasSize(1);
        assertThat(configs.get(0).toString())
                .contains("@type=type.googleapis.com/envoy.admin.v3.ClustersConfigDump.DynamicCluster")
                .contains("name=out|80");
    }

    @Test
    void saysWhatCanBeAskedFor() {
        Answer unknown = dump.answer(AdminRequest.of("GET", "/config_dump?resource=nothing"));
        Answer broken = dump.answer(AdminRequest.of("GET", "/config_dump?name_regex=("));

        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.body()).contains("nothing").contains("dynamic_active_clusters");
        assertThat(broken.status()).isEqualTo(400);
    }

    private Map<?, ?> ask(String target) {
        Answer answer = dump.answer(AdminRequest.of("GET", target));
        assertThat(answer.status()).isEqualTo(200);
        return (Map<?, ?>) JsonReader.read(answer.body()).orThrow();
    }

    private static List<String> sections(Map<?, ?> whole) {
        return ((List<?>) whole.get("configs"))
                .stream()
                        .map(section -> ((Map<?, ?>) section).get("@type").toString())
                        .map(type -> type.substring(type.lastIndexOf('.') + 1))
                        .toList();
    }

    private static Map<?, ?> section(Map<?, ?> whole, String name) {
        return ((List<?>) whole.get("configs"))
                .stream()
                        .map(section -> (Map<?, ?>) section)
                        .filter(section -> section.get("@type").toString().endsWith("." + name))
                        .findFirst()
                        .orElseThrow();
    }

    private static List<?> list(Map<?, ?> section, String field) {
        return (List<?>) section.get(field);
    }

    private static ReceivedResource accepted(String name, ByteString bytes) {
        return new ReceivedResource(name, "v1", THEN, Optional.of(bytes), Optional.empty());
    }

    private static ByteString cluster(String name) {
        return Cluster.newBuilder()
                .setName(name)
                .setAltStatName("in snake case")
                .build()
                .toByteString();
    }

    private static Optional<ByteString> bootstrap() {
        return Optional.of(new dev.weft.xds.decode.BootstrapDecoder(new dev.weft.xds.descriptor.OnDemandDescriptors())
                .wire(
                        RunningProxy.BOOTSTRAP.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        dev.weft.xds.bootstrap.BootstrapFormat.YAML)
                .orThrow());
    }
}
