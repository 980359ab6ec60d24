package dev.weft.tests.capture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A proxy's configuration in one file: what a sidecar of a mesh without services gets, and one service with the pod itself behind it. */
final class StaticBootstrap {
    private StaticBootstrap() {}

    /** How inbound connections arrive. */
    enum Mode {
        REDIRECT,
        TPROXY
    }

    static Path write(Path folder, Mode mode, String pod4, String pod6) {
        boolean transparent = mode == Mode.TPROXY;
        String yaml = """
                node: {id: pod, cluster: pod}
                admin: {address: {socket_address: {address: 127.0.0.1, port_value: 15000}}}
                static_resources:
                  listeners:
                  - name: virtualOutbound
                    address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
                    additional_addresses:
                    - address: {socket_address: {address: "::", port_value: 15001}}
                    use_original_dst: true
                    traffic_direction: OUTBOUND
                    filter_chains:
                    - filter_chain_match: {destination_port: 15001}
                      filters: [%2$s]
                    - filters: [%1$s]
                %6$s
                %7$s
                  - name: virtualInbound
                    address: {socket_address: {address: 0.0.0.0, port_value: 15006}}
                    additional_addresses:
                    - address: {socket_address: {address: "::", port_value: 15006}}
                    transparent: %4$s
                    traffic_direction: INBOUND
                    listener_filters:
                    - name: original_dst
                      typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst}
                %5$s
                    filter_chains:
                    - filter_chain_match: {destination_port: 15006}
                      filters: [%2$s]
                    - filters: [%3$s]
                  clusters:
                  - {name: PassthroughCluster, type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, connect_timeout: 2s}
                  - name: InboundPassthroughCluster
                    type: ORIGINAL_DST
                    lb_policy: CLUSTER_PROVIDED
                    connect_timeout: 2s
                    upstream_bind_config:
                      source_address: {address: 127.0.0.6, port_value: 0}
                      extra_source_addresses:
                      - address: {address: "::6", port_value: 0}
                  - {name: BlackHoleCluster, type: STATIC, connect_timeout: 2s}
                  - %8$s
                  - %9$s
                """.formatted(
                        tcp("PassthroughCluster"),
                        tcp("BlackHoleCluster"),
                        tcp("InboundPassthroughCluster"),
                        transparent,
                        transparent ? """
                                    - name: original_src
                                      typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.listener.original_src.v3.OriginalSrc, mark: 1337}\
                                """ : "",
                        service("10.96.0.10", "self4"),
                        service("fd96::10", "self6"),
                        endpoint("self4", pod4),
                        endpoint("self6", pod6));
        try {
            return Files.writeString(folder.resolve("bootstrap-" + mode + ".yaml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String tcp(String cluster) {
        return """
                {name: tcp, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, \
                stat_prefix: %1$s, cluster: %1$s, access_log: [{name: stdout, typed_config: {\
                "@type": type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog, \
                log_format: {text_format_source: {inline_string: \
                "via %1$s to %%DOWNSTREAM_LOCAL_ADDRESS%% from %%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%%\\n"}}}}]}}""".formatted(cluster);
    }

    private static String service(String address, String cluster) {
        return """
                  - name: %2$s
                    address: {socket_address: {address: "%1$s", port_value: 80}}
                    bind_to_port: false
                    traffic_direction: OUTBOUND
                    filter_chains: [{filters: [%3$s]}]\
                """.formatted(address, cluster, tcp(cluster)).stripTrailing();
    }

    private static String endpoint(String name, String address) {
        return """
                {name: %1$s, type: STATIC, connect_timeout: 2s, load_assignment: {cluster_name: %1$s, endpoints: [{lb_endpoints: [\
                {endpoint: {address: {socket_address: {address: "%2$s", port_value: 8080}}}}]}]}}""".formatted(name, address);
    }
}
