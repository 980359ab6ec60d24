package dev.weft.xds.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import dev.weft.xds.Dialect;
import dev.weft.xds.ListenerModels;
import dev.weft.xds.Models;
import dev.weft.xds.Problem;
import dev.weft.xds.RouteModels;
import dev.weft.xds.SecretResource;
import dev.weft.xds.descriptor.Descriptors;
import dev.weft.xds.encode.EncodedResource;
import dev.weft.xds.encode.XdsEncoder;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.v3.Percent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTranscoderTest {
    private static final String CLUSTER = "envoy.config.cluster.v3.Cluster";

    private final JsonTranscoder transcoder = new JsonTranscoder(Descriptors.load());

    @Test
    void bytesSurviveTheWayThroughJson() {
        XdsEncoder encoder = new XdsEncoder(Dialect.WEFT);
        for (int seed = 0; seed < 100; seed++) {
            Models models = new Models(seed);
            for (EncodedResource resource : List.of(
                    encoder.listener(new ListenerModels(models).listener()),
                    encoder.routes(new RouteModels(models).routes()),
                    encoder.cluster(models.cluster()),
                    encoder.endpoints(models.endpoints("c")))) {
                String message = resource.typeUrl().substring(resource.typeUrl().indexOf('/') + 1);

                String json = transcoder
                        .toJson(message, resource.bytes(), JsonTranscoder.Secrets.SHOW)
                        .orThrow();
                ByteString back = transcoder.fromJson(message, json).orThrow();

                // Maps and structs are sorted by the transcoder and kept as given by the encoder, hence the second
                // round.
                assertThat(transcoder
                                .toJson(message, back, JsonTranscoder.Secrets.SHOW)
                                .orThrow())
                        .as("seed %d %s", seed, message)
                        .isEqualTo(json);
                assertThat(back.size()).isEqualTo(resource.bytes().size());
            }
        }
    }

    @Test
    void readsAClusterAsPeopleWriteIt() throws Exception {
        String json = """
                {
                  "name": "a",
                  "connectTimeout": "1.5s",
                  "type": "STRICT_DNS",
                  "lb_policy": 1,
                  "per_connection_buffer_limit_bytes": "32768",
                  "common_lb_config": {"healthy_panic_threshold": {"value": 12.5}},
                  "metadata": {"filter_metadata": {"istio": {"config": "x", "list": [1, true, null, {"a": "b"}]}}},
                  "transport_socket": {
                    "name": "tls",
                    "typed_config": {
                      "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
                      "sni": "a.example.com"
                    }
                  }
                }
                """;

        Cluster cluster = Cluster.parseFrom(transcoder.fromJson(CLUSTER, json).orThrow());

        assertThat(cluster.getName()).isEqualTo("a");
        assertThat(cluster.getConnectTimeout())
                .isEqualTo(Duration.newBuilder()
                        .setSeconds(1)
                        .setNanos(500_000_000)
                        .build());
        assertThat(cluster.getType()).isEqualTo(Cluster.DiscoveryType.STRICT_DNS);
        assertThat(cluster.getLbPolicy()).isEqualTo(Cluster.LbPolicy.LEAST_REQUEST);
        assertThat(cluster.getPerConnectionBufferLimitBytes()).isEqualTo(UInt32Value.of(32_768));
        assertThat(cluster.getCommonLbConfig().getHealthyPanicThreshold())
                .isEqualTo(Percent.newBuilder().setValue(12.5).build());
        assertThat(cluster.getMetadata()
                        .getFilterMetadataOrThrow("istio")
                        .getFieldsOrThrow("list")
                        .getListValue()
                        .getValuesCount())
                .isEqualTo(4);
        Any tls = cluster.getTransportSocket().getTypedConfig();
        assertThat(UpstreamTlsContext.parseFrom(tls.getValue()).getSni()).isEqualTo("a.example.com");
    }

    @Test
    void writesNamesAsInTheProtoFiles() throws Exception {
        Node node = Node.newBuilder()
                .setId("n")
                .setUserAgentName("weft")
                .addClientFeatures("envoy.x")
                .build();

        assertThat(transcoder
                        .toTree("envoy.config.core.v3.Node", node.toByteString(), JsonTranscoder.Secrets.REDACT)
                        .orThrow())
                .isEqualTo(Map.of("id", "n", "user_agent_name", "weft", "client_features", List.of("envoy.x")));
    }

    @Test
    void namesThePathAndWhatWasExpectedOfEveryMistake() {
        String json = """
                {
                  "name": 7,
                  "nmae": "a",
                  "connect_timeout": "soon",
                  "lb_policy": "FASTEST",
                  "load_assignment": {"endpoints": [{}, {"lb_endpoints": {}}]},
                  "transport_socket": {"typed_config": {"@type": "x/y.Z"}},
                  "per_connection_buffer_limit_bytes": -1,
                  "common_lb_config": {"zone_aware_lb_config": {}, "locality_weighted_lb_config": {}}
                }
                """;

        List<Problem> problems = transcoder.fromJson(CLUSTER, json).problems();

        assertThat(problems)
                .extracting(Problem::path)
                .containsExactlyInAnyOrder(
                        "Cluster.name",
                        "Cluster.nmae",
                        "Cluster.connect_timeout",
                        "Cluster.lb_policy",
                        "Cluster.load_assignment.endpoints[1].lb_endpoints",
                        "Cluster.transport_socket.typed_config.@type",
                        "Cluster.per_connection_buffer_limit_bytes",
                        "Cluster.common_lb_config.locality_weighted_lb_config");
        assertThat(problems.toString())
                .contains("put it in quotes")
                .contains("ROUND_ROBIN")
                .contains("-1");
    }

    @Test
    void keepsSecretsOutOfWhatIsShown() {
        byte[] key = "-----BEGIN PRIVATE KEY-----".getBytes(StandardCharsets.US_ASCII);
        EncodedResource secret = new XdsEncoder(Dialect.WEFT)
                .secret(new SecretResource.KeyPair("default", "chain".getBytes(StandardCharsets.US_ASCII), key));
        String message = "envoy.extensions.transport_sockets.tls.v3.Secret";

        String redacted = transcoder
                .toJson(message, secret.bytes(), JsonTranscoder.Secrets.REDACT)
                .orThrow();

        assertThat(redacted).contains("W3JlZGFjdGVkXQ==").contains("Y2hhaW4=").doesNotContain("LS0tLS1CRUdJTi");
        assertThat(transcoder
                        .toJson(message, secret.bytes(), JsonTranscoder.Secrets.SHOW)
                        .orThrow())
                .contains("LS0tLS1CRUdJTi");
    }

    @Test
    void turnsATypedStructIntoTheMessageItMeans() throws Exception {
        ByteString wire = transcoder
                .fromJson("envoy.config.core.v3.TypedExtensionConfig", """
                        {"typed_config": {
                          "@type": "type.googleapis.com/udpa.type.v1.TypedStruct",
                          "type_url": "type.googleapis.com/io.istio.http.peer_metadata.Config",
                          "value": {"downstream_discovery": [{"istio_headers": {}}], "shared_with_upstream": true}
                        }}
                        """)
                .orThrow();
        Any any = io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig.parseFrom(wire)
                .getTypedConfig();

        Any resolved = new TypedStructs(Descriptors.load())
                .resolve(any, dev.weft.xds.FieldPath.of("x"))
                .orThrow();

        var config = dev.weft.api.istio.peer.Config.parseFrom(resolved.getValue());
        assertThat(config.getDownstreamDiscovery(0).hasIstioHeaders()).isTrue();
        assertThat(config.getSharedWithUpstream()).isTrue();
    }

    @Test
    void timesAreTextInTheFormOfTheirSize() {
        assertThat(TimeForms.duration(1, 0)).isEqualTo("1s");
        assertThat(TimeForms.duration(0, 1_000_000)).isEqualTo("0.001s");
        assertThat(TimeForms.duration(-3, -5)).isEqualTo("-3.000000005s");
        assertThat(TimeForms.timestamp(0, 500_000_000)).isEqualTo("1970-01-01T00:00:00.500Z");
    }
}
