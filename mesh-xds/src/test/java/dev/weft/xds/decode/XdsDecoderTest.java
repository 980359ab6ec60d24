package dev.weft.xds.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Transport;
import dev.weft.model.cluster.UpstreamProtocol;
import dev.weft.model.http.HttpFilter;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.tls.SanMatch;
import dev.weft.xds.Decoded;
import dev.weft.xds.Problem;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import dev.weft.xds.json.JsonTranscoder;
import dev.weft.xds.yaml.YamlReader;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What other servers send, in the words that they use; and what is refused. */
class XdsDecoderTest {
    private final OnDemandDescriptors descriptors = new OnDemandDescriptors();
    private final XdsDecoder decoder = new XdsDecoder(descriptors);

    private ByteString wire(String message, String yaml) {
        return YamlReader.read(yaml)
                .then(tree -> new JsonTranscoder(descriptors.get()).toWire(message, tree))
                .orThrow();
    }

    private Decoded<Cluster> cluster(String yaml) {
        return decoder.cluster(wire("envoy.config.cluster.v3.Cluster", yaml));
    }

    private Decoded<Listener> listener(String yaml) {
        return decoder.listener(wire("envoy.config.listener.v3.Listener", yaml));
    }

    @Test
    void readsAnOutboundClusterOfIstiod() {
        Cluster cluster = cluster("""
                        name: outbound|9080||reviews.default.svc.cluster.local
                        type: EDS
                        eds_cluster_config:
                          eds_config: {ads: {}, initial_fetch_timeout: 0s, resource_api_version: V3}
                          service_name: outbound|9080||reviews.default.svc.cluster.local
                        connect_timeout: 10s
                        lb_policy: LEAST_REQUEST
                        circuit_breakers:
                          thresholds:
                          - {max_connections: 4294967295, max_pending_requests: 4294967295, max_requests: 4294967295, max_retries: 4294967295, track_remaining: true}
                        typed_extension_protocol_options:
                          envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                            "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                            explicit_http_config:
                              http2_protocol_options: {max_concurrent_streams: 1073741824}
                        common_lb_config: {locality_weighted_lb_config: {}}
                        filters:
                        - name: istio.metadata_exchange
                          typed_config:
                            "@type": type.googleapis.com/udpa.type.v1.TypedStruct
                            type_url: type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange
                            value: {enable_discovery: true, protocol: istio-peer-exchange}
                        metadata:
                          filter_metadata:
                            istio:
                              config: /apis/networking.istio.io/v1alpha3/namespaces/default/destination-rule/reviews
                              default_original_port: 9080
                              services: [{host: reviews.default.svc.cluster.local, name: reviews, namespace: default}]
                        transport_socket_matches:
                        - name: tlsMode-istio
                          match: {tlsMode: istio}
                          transport_socket:
                            name: envoy.transport_sockets.tls
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                              common_tls_context:
                                tls_params: {tls_minimum_protocol_version: TLSv1_2, tls_maximum_protocol_version: TLSv1_3}
                                tls_certificate_sds_secret_configs:
                                - name: default
                                  sds_config:
                                    api_config_source:
                                      api_type: GRPC
                                      transport_api_version: V3
                                      grpc_services: [{envoy_grpc: {cluster_name: sds-grpc}}]
                                      set_node_on_first_message_only: true
                                    initial_fetch_timeout: 0s
                                    resource_api_version: V3
                                combined_validation_context:
                                  default_validation_context:
                                    match_subject_alt_names: [{exact: spiffe://cluster.local/ns/default/sa/reviews}]
                                  validation_context_sds_secret_config:
                                    name: ROOTCA
                                    sds_config: {ads: {}, resource_api_version: V3}
                                alpn_protocols: [istio-peer-exchange, istio, h2]
                              sni: outbound_.9080_._.reviews.default.svc.cluster.local
                        - name: tlsMode-disabled
                          match: {}
                          transport_socket:
                            name: envoy.transport_sockets.raw_buffer
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer
                        """).orThrow();

        assertThat(cluster.source().orElseThrow().toString()).isEqualTo("DestinationRule default/reviews");
        assertThat(cluster.connection().protocol()).isInstanceOf(UpstreamProtocol.Http2.class);
        assertThat(cluster.telemetry().metadataExchange()).isTrue();
        assertThat(cluster.telemetry().services().getFirst().name()).isEqualTo("reviews");
        assertThat(cluster.breakers().maxRequests()).isEqualTo(0xFFFF_FFFFL);
        Transport.Tls tls =
                (Transport.Tls) cluster.transport().matches().getFirst().socket();
        assertThat(tls.tls().context().validation().orElseThrow().sans())
                .extracting(SanMatch::type)
                .containsExactly(SanMatch.Type.URI);
    }

    @Test
    void reportsAnUnsupportedFieldDeepInsideWithItsWholePath() {
        List<Problem> problems = listener("""
                        name: a
                        address: {socket_address: {address: 127.0.0.1, port_value: 80}}
                        filter_chains:
                        - filters:
                          - name: http
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                              stat_prefix: x
                              common_http_protocol_options: {max_response_headers_kb: 7}
                              route_config:
                                virtual_hosts:
                                - name: v
                                  domains: ["*"]
                                  routes:
                                  - match: {prefix: /}
                                    route: {cluster: c}
                                    typed_per_filter_config: {some.filter: {"@type": type.googleapis.com/envoy.config.core.v3.BindConfig}}
                              http_filters:
                              - name: router
                                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                        """).problems();

        String http = "Listener.filter_chains[0].filters[0].typed_config.";
        assertThat(problems)
                .extracting(Problem::path)
                .containsExactlyInAnyOrder(
                        http + "common_http_protocol_options.max_response_headers_kb",
                        http + "route_config.virtual_hosts[0].routes[0].typed_per_filter_config");
    }

    @Test
    void skipsAnUnknownFilterThatIsOptionalAndRefusesOneThatIsNot() {
        String yaml = """
                name: a
                address: {socket_address: {address: 127.0.0.1, port_value: 80}}
                filter_chains:
                - filters:
                  - name: http
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: x
                      rds: {config_source: {ads: {}, resource_api_version: V3}, route_config_name: r}
                      http_filters:
                      - name: strange
                        is_optional: %s
                        typed_config:
                          "@type": type.googleapis.com/xds.type.v3.TypedStruct
                          type_url: type.googleapis.com/some.unknown.Filter
                          value: {x: 1}
                      - name: router
                        typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                """;

        NetworkFilter http = listener(yaml.formatted(true))
                .orThrow()
                .filterChains()
                .getFirst()
                .filters()
                .getFirst();

        assertThat(((NetworkFilter.Http) http).manager().filters())
                .containsExactly(new HttpFilter.Router("router", false));
        assertThat(listener(yaml.formatted(false)).problems().toString()).contains("some.unknown.Filter");
    }

    @Test
    void refusesContradictions() {
        assertThat(cluster("{name: a, type: STATIC, lb_policy: CLUSTER_PROVIDED}")
                        .problems())
                .extracting(Problem::path)
                .containsExactly("Cluster.lb_policy");
        assertThat(cluster("{name: a, connect_timeout: 0s}").problems())
                .extracting(Problem::path)
                .containsExactly("Cluster.connect_timeout");
        assertThat(listener("{name: a, address: {pipe: {path: /x}}}").problems())
                .extracting(Problem::path)
                .containsExactly("Listener.filter_chains");
    }

    @Test
    void refusesAFieldThatNoDescriptorKnows() {
        ByteString unknown = ByteString.copyFrom(new byte[] {(byte) 0xF8, 0x7F, 1});

        assertThat(decoder.cluster(wire("envoy.config.cluster.v3.Cluster", "name: a")
                                .concat(unknown))
                        .problems()
                        .toString())
                .contains("unknown field number 2047");
    }

    @Test
    void neverQuotesKeyMaterialInAProblem() {
        Decoded<Cluster> refused = cluster("""
                name: a
                transport_socket:
                  name: tls
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                    common_tls_context:
                      tls_certificates:
                      - certificate_chain: {inline_string: CHAIN}
                        private_key: {inline_string: SECRETKEY}
                """);

        assertThat(refused.problems().toString()).contains("private_key").doesNotContain("SECRETKEY");
    }

    @Test
    void worksOnAfterItsDescriptorsWereReleased() {
        assertThat(cluster("name: a")).isInstanceOf(Decoded.Value.class);

        decoder.release();

        assertThat(cluster("name: a")).isInstanceOf(Decoded.Value.class);
    }

    @Test
    void refusesAnAccessLogFormatThatCannotBeWrittenWhereverItIs() {
        String listener = """
                name: l
                address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
                filter_chains:
                - filters:
                  - name: tcp
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                      stat_prefix: s
                      cluster: c
                      access_log:
                      - name: file
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                          path: /dev/stdout
                          log_format: {text_format_source: {inline_string: "%START_TIME% %NOBODY_KNOWS%"}}
                      - name: file
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                          path: /dev/stdout
                          log_format: {json_format: {method: "%REQ(:METHOD)%", odd: "%REQ(X"}}
                """;

        assertThat(listener(listener))
                .isInstanceOfSatisfying(
                        Decoded.Rejected.class,
                        rejected -> assertThat(rejected.message())
                                .contains(
                                        "filter_chains[0].filters[0].typed_config.access_log[0].typed_config.log_format.text_format_source.inline_string",
                                        "unknown operator %NOBODY_KNOWS%",
                                        "access_log[1].typed_config.log_format.json_format.odd",
                                        "'%REQ(X' has no closing percent sign"));
    }
}
