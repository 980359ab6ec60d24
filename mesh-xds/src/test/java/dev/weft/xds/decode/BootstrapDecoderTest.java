package dev.weft.xds.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.cluster.Discovery;
import dev.weft.model.net.SocketAddress;
import dev.weft.model.tls.SecretRef;
import dev.weft.xds.Decoded;
import dev.weft.xds.Problem;
import dev.weft.xds.bootstrap.Bootstrap;
import dev.weft.xds.bootstrap.Bootstrap.AdsConfig;
import dev.weft.xds.bootstrap.BootstrapFormat;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import dev.weft.xds.json.JsonTranscoder;
import dev.weft.xds.json.JsonWriter;
import dev.weft.xds.yaml.YamlReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BootstrapDecoderTest {
    private static final String FULL = """
            node:
              id: sidecar~127.0.0.1~reviews-v1.default~default.svc.cluster.local
              cluster: reviews.default
              locality: {region: eu, zone: eu-1}
              metadata: {NAMESPACE: default, LABELS: {app: reviews}}
            admin:
              access_log_path: /dev/null
              address: {socket_address: {address: 127.0.0.1, port_value: 15000}}
            dynamic_resources:
              lds_config: {ads: {}, resource_api_version: V3, initial_fetch_timeout: 0s}
              cds_config: {ads: {}, resource_api_version: V3}
              ads_config:
                api_type: DELTA_GRPC
                transport_api_version: V3
                set_node_on_first_message_only: true
                grpc_services: [{envoy_grpc: {cluster_name: xds-grpc}}]
            static_resources:
              secrets:
              - name: server
                tls_certificate:
                  certificate_chain: {filename: /c.pem}
                  private_key: {filename: /k.pem}
              clusters:
              - name: xds-grpc
                type: STATIC
                connect_timeout: 1s
                http2_protocol_options: {}
                circuit_breakers:
                  thresholds:
                  - {priority: DEFAULT, max_connections: 100000}
                  - {priority: HIGH, max_connections: 100000}
                load_assignment:
                  cluster_name: xds-grpc
                  endpoints:
                  - lb_endpoints:
                    - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 15010}}}
            layered_runtime:
              layers: [{name: static, static_layer: {re2.max_program_size.error_level: 1024}}]
            bootstrap_extensions:
            - name: weft.agent
              typed_config:
                "@type": type.googleapis.com/dev.weft.api.agent.v1.Agent
                xds_cluster: xds-grpc
                token_path: /var/run/token
                trust_domain: cluster.local
                workload_identity: spiffe://cluster.local/ns/default/sa/reviews
                certificate_validity: 3600s
                rotation_ratio: 0.8
                status_port: 15021
                telemetry_interval: 1s
            """;

    private final OnDemandDescriptors descriptors = new OnDemandDescriptors();
    private final BootstrapDecoder decoder = new BootstrapDecoder(descriptors);

    private Decoded<Bootstrap> yaml(String text) {
        return decoder.decode(text.getBytes(StandardCharsets.UTF_8), BootstrapFormat.YAML);
    }

    @Test
    void readsAWholeBootstrap() {
        Bootstrap bootstrap = yaml(FULL).orThrow();

        assertThat(bootstrap.node().id()).startsWith("sidecar~");
        assertThat(bootstrap.node().metadataText("NAMESPACE")).isEqualTo("default");
        assertThat(bootstrap.node().locality().zone()).isEqualTo("eu-1");
        assertThat(bootstrap.admin()).contains(new SocketAddress.Inet("127.0.0.1", 15_000));
        assertThat(bootstrap.ads()).contains(new AdsConfig("xds-grpc", AdsConfig.Variant.DELTA, true, true));
        assertThat(bootstrap.secrets())
                .containsEntry("server", new Bootstrap.StaticSecret.FromFiles(new SecretRef.Files("/c.pem", "/k.pem")));
        assertThat(bootstrap.clusters().getFirst().discovery()).isInstanceOf(Discovery.Static.class);
        assertThat(bootstrap.clusters().getFirst().breakers().maxConnections()).isEqualTo(100_000);
        Bootstrap.AgentConfig agent = bootstrap.agent().orElseThrow();
        assertThat(agent.certificateValidity()).isEqualTo(Duration.ofHours(1));
        assertThat(agent.rotationRatio()).isEqualTo(0.8);
        assertThat(agent.statusPort()).isEqualTo(15_021);
    }

    @Test
    void readsTheSameFromJsonYamlAndBinary() {
        Object tree = YamlReader.read(FULL).orThrow();
        byte[] json = JsonWriter.write(tree, JsonWriter.Layout.INDENTED).getBytes(StandardCharsets.UTF_8);
        byte[] binary = new JsonTranscoder(descriptors.get())
                .toWire("envoy.config.bootstrap.v3.Bootstrap", tree)
                .orThrow()
                .toByteArray();

        Bootstrap expected = yaml(FULL).orThrow();

        assertThat(decoder.decode(json, BootstrapFormat.of("b.json"))).isEqualTo(Decoded.of(expected));
        assertThat(decoder.decode(json, BootstrapFormat.of("b.yaml"))).isEqualTo(Decoded.of(expected));
        assertThat(decoder.decode(binary, BootstrapFormat.of("b.pb"))).isEqualTo(Decoded.of(expected));
    }

    @Test
    void namesThePathOfWhatIsUnsupportedUnknownOrMissing() {
        assertThat(yaml("overload_manager: {refresh_interval: 1s}").problems())
                .containsExactly(new Problem("Bootstrap.overload_manager", "is not supported"));
        assertThat(yaml("static_resources: {clutsers: []}").problems())
                .extracting(Problem::path)
                .containsExactly("Bootstrap.static_resources.clutsers");
        assertThat(yaml("dynamic_resources: {lds_config: {ads: {}, resource_api_version: V3}}")
                        .problems())
                .extracting(Problem::path)
                .containsExactly("Bootstrap.dynamic_resources.ads_config");
        assertThat(yaml(FULL.replace("cluster_name: xds-grpc}", "cluster_name: other}"))
                        .problems()
                        .toString())
                .contains("Bootstrap.dynamic_resources.ads_config.grpc_services")
                .contains("\"other\"");
        assertThat(yaml("a: [").problems().getFirst().path()).startsWith("line 1");
    }

    @Test
    void fillsInTheDefaultsOfTheAgent() {
        Bootstrap bootstrap = yaml(FULL.replaceAll(
                        "(?m)^ +(certificate_validity|rotation_ratio|status_port|telemetry_interval):.*\n", ""))
                .orThrow();

        Bootstrap.AgentConfig agent = bootstrap.agent().orElseThrow();
        assertThat(agent.certificateValidity()).isEqualTo(Duration.ofHours(24));
        assertThat(agent.rotationRatio()).isEqualTo(0.5);
        assertThat(agent.statusPort()).isZero();
        assertThat(agent.telemetryInterval()).isZero();
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        assertThat(decoder.decode(new byte[] {(byte) 0xC3, 0x28}, BootstrapFormat.YAML)
                        .problems()
                        .getFirst()
                        .message())
                .contains("UTF-8");
    }
}
