package dev.weft.cli.bootstrap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;

/**
 * The Envoy bootstrap of one sidecar or gateway: who it is, its admin port, and one static cluster through which everything else comes. For our own
 * proxy it carries the agent's settings as an extension; a stock Envoy has no agent inside, so it talks to one beside it over a Unix
 * socket, which adds the credential and serves the certificates. Pure: settings in, a tree out.
 */
public final class SidecarBootstrap {
    /** Which proxy will read it. */
    public enum Reader {
        WEFT,
        ENVOY
    }

    /** The version of Istio whose names and metadata the node speaks. */
    private static final String ISTIO_VERSION = "1.30.0";

    private static final String XDS_CLUSTER = "xds-grpc";
    private static final String SDS_CLUSTER = "sds-grpc";
    private static final String CONTROL_PLANE_NAME = "istiod.istio-system.svc";
    private static final String TYPE = "type.googleapis.com/";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private SidecarBootstrap() {}

    /** What the proxy is there for: the first word of its node id. */
    public enum Role {
        SIDECAR("sidecar"),
        GATEWAY("router");

        private final String word;

        Role(String word) {
            this.word = word;
        }
    }

    public static ObjectNode of(Workload workload, SidecarSettings settings, Reader reader) {
        return of(workload, settings, reader, Role.SIDECAR);
    }

    public static ObjectNode of(Workload workload, SidecarSettings settings, Reader reader, Role role) {
        ObjectNode bootstrap = JSON.objectNode();
        bootstrap.set("node", node(workload, settings, reader, role));
        ObjectNode admin = bootstrap.putObject("admin");
        admin.set("address", socketAddress("127.0.0.1", settings.ports().admin()));
        ObjectNode ads = bootstrap.putObject("dynamic_resources");
        ads.set("lds_config", fromAds());
        ads.set("cds_config", fromAds());
        ObjectNode config =
                ads.putObject("ads_config").put("api_type", "DELTA_GRPC").put("transport_api_version", "V3");
        config.putArray("grpc_services").addObject().putObject("envoy_grpc").put("cluster_name", XDS_CLUSTER);
        config.put("set_node_on_first_message_only", true);
        var clusters = bootstrap.putObject("static_resources").putArray("clusters");
        switch (reader) {
            case WEFT -> {
                clusters.add(controlPlane(settings));
                bootstrap.putArray("bootstrap_extensions").add(agent(workload, settings));
            }
            case ENVOY -> {
                // One agent answers both, and Istio's names keep the two apart.
                clusters.add(socket(XDS_CLUSTER, settings.agentSocket()));
                clusters.add(socket(SDS_CLUSTER, settings.agentSocket()));
            }
        }
        return bootstrap;
    }

    private static ObjectNode node(Workload workload, SidecarSettings settings, Reader reader, Role role) {
        ObjectNode node = JSON.objectNode()
                .put(
                        "id",
                        role.word + "~" + workload.address() + "~" + workload.name() + "." + workload.namespace() + "~"
                                + workload.namespace() + ".svc.cluster.local")
                .put("cluster", workload.labels().getOrDefault("app", workload.name()) + "." + workload.namespace());
        ObjectNode metadata = node.putObject("metadata")
                .put("NAME", workload.name())
                .put("NAMESPACE", workload.namespace())
                .put("WORKLOAD_NAME", workload.name())
                .put("SERVICE_ACCOUNT", workload.serviceAccount())
                .put("INSTANCE_IPS", workload.address())
                .put("CLUSTER_ID", "Kubernetes")
                .put("MESH_ID", settings.trustDomain())
                .put("INTERCEPTION_MODE", "NONE")
                .put("ADMIN_PORT", String.valueOf(settings.ports().admin()));
        // It says that the reader knows the istio.* filters, which a stock Envoy does not.
        if (reader == Reader.WEFT) {
            metadata.put("ISTIO_VERSION", ISTIO_VERSION);
        }
        settings.ports().httpProxy().ifPresent(port -> metadata.put("HTTP_PROXY_PORT", String.valueOf(port)));
        ObjectNode labels = metadata.putObject("LABELS");
        workload.labels().forEach(labels::put);
        return node;
    }

    private static ObjectNode controlPlane(SidecarSettings settings) {
        ObjectNode cluster = http2Cluster(XDS_CLUSTER, socketAddress("127.0.0.1", settings.xdsPort()));
        ObjectNode socket = cluster.putObject("transport_socket").put("name", "envoy.transport_sockets.tls");
        ObjectNode tls = socket.putObject("typed_config")
                .put("@type", TYPE + "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext")
                .put("sni", CONTROL_PLANE_NAME);
        ObjectNode common = tls.putObject("common_tls_context");
        common.putArray("alpn_protocols").add("h2");
        ObjectNode validation = common.putObject("validation_context");
        validation
                .putObject("trusted_ca")
                .put("filename", settings.rootCertificate().toString());
        ObjectNode name =
                validation.putArray("match_typed_subject_alt_names").addObject().put("san_type", "DNS");
        name.putObject("matcher").put("exact", CONTROL_PLANE_NAME);
        return cluster;
    }

    private static ObjectNode socket(String name, Path path) {
        ObjectNode address = JSON.objectNode();
        address.putObject("pipe").put("path", path.toString());
        return http2Cluster(name, address);
    }

    private static ObjectNode http2Cluster(String name, ObjectNode address) {
        ObjectNode cluster =
                JSON.objectNode().put("name", name).put("type", "STATIC").put("connect_timeout", "5s");
        ObjectNode assignment = cluster.putObject("load_assignment").put("cluster_name", name);
        assignment
                .putArray("endpoints")
                .addObject()
                .putArray("lb_endpoints")
                .addObject()
                .putObject("endpoint")
                .set("address", address);
        ObjectNode options = cluster.putObject("typed_extension_protocol_options")
                .putObject("envoy.extensions.upstreams.http.v3.HttpProtocolOptions")
                .put("@type", TYPE + "envoy.extensions.upstreams.http.v3.HttpProtocolOptions");
        options.putObject("explicit_http_config").putObject("http2_protocol_options");
        return cluster;
    }

    private static ObjectNode agent(Workload workload, SidecarSettings settings) {
        ObjectNode extension = JSON.objectNode().put("name", "weft.agent");
        ObjectNode config = extension
                .putObject("typed_config")
                .put("@type", TYPE + "dev.weft.api.agent.v1.Agent")
                .put("xds_cluster", XDS_CLUSTER)
                .put("token_path", settings.token().toString())
                .put("trust_domain", settings.trustDomain())
                .put("workload_identity", workload.identity(settings.trustDomain()))
                .put("certificate_validity", "86400s")
                .put("rotation_ratio", 0.5)
                .put("telemetry_interval", "1s");
        settings.ports().status().ifPresent(port -> config.put("status_port", port));
        return extension;
    }

    private static ObjectNode fromAds() {
        ObjectNode source = JSON.objectNode().put("resource_api_version", "V3");
        source.putObject("ads");
        source.put("initial_fetch_timeout", "0s");
        return source;
    }

    private static ObjectNode socketAddress(String address, int port) {
        ObjectNode node = JSON.objectNode();
        node.putObject("socket_address").put("address", address).put("port_value", port);
        return node;
    }
}
