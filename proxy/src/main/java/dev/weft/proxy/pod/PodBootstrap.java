package dev.weft.proxy.pod;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.weft.api.agent.v1.Agent;
import dev.weft.proxy.pod.PodEnvironment.ControlPlane;
import dev.weft.proxy.pod.PodEnvironment.DnsCapture;
import io.envoyproxy.envoy.config.bootstrap.v3.Admin;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.Map;

/**
 * The bootstrap message of a proxy in a pod: what {@code -c FILE} would hold, made from the pod's environment. Pure. The message goes
 * through the same decoder as a file's, so the two cannot come to mean different things.
 */
public final class PodBootstrap {
    /** The version of Istio whose names and metadata the node speaks. */
    private static final String ISTIO_VERSION = "1.30.0";

    private static final String XDS_CLUSTER = "xds-grpc";
    private static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    private static final String TYPE = "type.googleapis.com/";
    private static final int CONNECT_SECONDS = 5;
    private static final double ROTATION_RATIO = 0.5;
    private static final int TELEMETRY_SECONDS = 1;

    /** Other annotations may be as large as a whole manifest, and tell the control plane nothing. */
    private static final String[] ANNOTATION_DOMAINS = {"istio.io/", "weft.dev/"};

    private PodBootstrap() {}

    public static ByteString message(PodEnvironment environment, PodRole role) {
        return Bootstrap.newBuilder()
                .setNode(node(environment, role))
                .setAdmin(Admin.newBuilder()
                        .setAddress(address("127.0.0.1", environment.ports().admin())))
                .setDynamicResources(Bootstrap.DynamicResources.newBuilder()
                        .setLdsConfig(fromAds())
                        .setCdsConfig(fromAds())
                        .setAdsConfig(ApiConfigSource.newBuilder()
                                .setApiType(ApiConfigSource.ApiType.DELTA_GRPC)
                                .setTransportApiVersion(ApiVersion.V3)
                                .setSetNodeOnFirstMessageOnly(true)
                                .addGrpcServices(GrpcService.newBuilder()
                                        .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder()
                                                .setClusterName(XDS_CLUSTER)))))
                .setStaticResources(
                        Bootstrap.StaticResources.newBuilder().addClusters(cluster(environment.controlPlane())))
                .addBootstrapExtensions(TypedExtensionConfig.newBuilder()
                        .setName("weft.agent")
                        .setTypedConfig(any("dev.weft.api.agent.v1.Agent", agent(environment))))
                .build()
                .toByteString();
    }

    private static Node node(PodEnvironment environment, PodRole role) {
        PodEnvironment.Pod pod = environment.pod();
        PodEnvironment.Mesh mesh = environment.mesh();
        Map<String, String> labels = pod.workload().labels();
        String app = labels.getOrDefault(
                "app",
                labels.getOrDefault(
                        "service.istio.io/canonical-name", pod.workload().name()));
        return Node.newBuilder()
                .setId(role.nodeType() + "~" + pod.addresses().get(0) + "~" + pod.name() + "." + pod.namespace() + "~"
                        + pod.namespace() + ".svc." + mesh.domain())
                .setCluster(app + "." + pod.namespace())
                .setMetadata(metadata(environment))
                .build();
    }

    private static Struct metadata(PodEnvironment environment) {
        PodEnvironment.Pod pod = environment.pod();
        PodEnvironment.Mesh mesh = environment.mesh();
        Struct.Builder metadata = Struct.newBuilder();
        put(metadata, "NAME", pod.name());
        put(metadata, "NAMESPACE", pod.namespace());
        put(metadata, "INSTANCE_IPS", String.join(",", pod.addresses()));
        put(metadata, "SERVICE_ACCOUNT", pod.serviceAccount());
        put(metadata, "WORKLOAD_NAME", pod.workload().name());
        put(metadata, "OWNER", pod.workload().owner());
        put(metadata, "NODE_NAME", pod.placement().node());
        put(metadata, "HOST_IP", pod.placement().address());
        put(metadata, "CLUSTER_ID", mesh.clusterId());
        put(metadata, "NETWORK", mesh.network());
        put(metadata, "MESH_ID", mesh.meshId());
        put(metadata, "ISTIO_REVISION", mesh.revision());
        put(metadata, "ISTIO_VERSION", ISTIO_VERSION);
        put(metadata, "INTERCEPTION_MODE", environment.runtime().interception().name());
        put(metadata, "ADMIN_PORT", String.valueOf(environment.ports().admin()));
        DnsCapture dns = environment.runtime().dns();
        if (dns != DnsCapture.OFF) {
            put(metadata, "DNS_CAPTURE", "true");
            put(metadata, "DNS_AUTO_ALLOCATE", String.valueOf(dns == DnsCapture.ON));
        }
        metadata.putFields("LABELS", struct(pod.workload().labels()));
        Struct.Builder annotations = Struct.newBuilder();
        pod.workload().annotations().forEach((name, value) -> {
            if (isMeshs(name)) {
                put(annotations, name, value);
            }
        });
        metadata.putFields(
                "ANNOTATIONS", Value.newBuilder().setStructValue(annotations).build());
        return metadata.build();
    }

    private static boolean isMeshs(String annotation) {
        for (String domain : ANNOTATION_DOMAINS) {
            if (annotation.contains(domain)) {
                return true;
            }
        }
        return false;
    }

    private static Value struct(Map<String, String> texts) {
        Struct.Builder struct = Struct.newBuilder();
        texts.forEach((name, value) -> put(struct, name, value));
        return Value.newBuilder().setStructValue(struct).build();
    }

    /** An empty text is left out, as a variable that was not set. */
    private static void put(Struct.Builder struct, String name, String value) {
        if (!value.isEmpty()) {
            struct.putFields(name, Value.newBuilder().setStringValue(value).build());
        }
    }

    private static Cluster cluster(ControlPlane control) {
        UpstreamTlsContext tls = UpstreamTlsContext.newBuilder()
                .setSni(control.serverName())
                .setCommonTlsContext(CommonTlsContext.newBuilder()
                        .addAlpnProtocols("h2")
                        .setValidationContext(CertificateValidationContext.newBuilder()
                                .setTrustedCa(DataSource.newBuilder()
                                        .setFilename(control.root().toString()))))
                .build();
        HttpProtocolOptions http2 = HttpProtocolOptions.newBuilder()
                .setExplicitHttpConfig(HttpProtocolOptions.ExplicitHttpConfig.newBuilder()
                        .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance()))
                .build();
        return Cluster.newBuilder()
                .setName(XDS_CLUSTER)
                .setType(Cluster.DiscoveryType.STRICT_DNS)
                .setConnectTimeout(Duration.newBuilder().setSeconds(CONNECT_SECONDS))
                .setLoadAssignment(ClusterLoadAssignment.newBuilder()
                        .setClusterName(XDS_CLUSTER)
                        .addEndpoints(LocalityLbEndpoints.newBuilder()
                                .addLbEndpoints(LbEndpoint.newBuilder()
                                        .setEndpoint(Endpoint.newBuilder()
                                                .setAddress(address(control.host(), control.port()))))))
                .setTransportSocket(TransportSocket.newBuilder()
                        .setName("envoy.transport_sockets.tls")
                        .setTypedConfig(any("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", tls)))
                .putTypedExtensionProtocolOptions(HTTP_OPTIONS, any(HTTP_OPTIONS, http2))
                .build();
    }

    private static Agent agent(PodEnvironment environment) {
        PodEnvironment.Pod pod = environment.pod();
        String trustDomain = environment.mesh().trustDomain();
        return Agent.newBuilder()
                .setXdsCluster(XDS_CLUSTER)
                .setTokenPath(environment.controlPlane().token().toString())
                .setTrustDomain(trustDomain)
                .setWorkloadIdentity(
                        "spiffe://" + trustDomain + "/ns/" + pod.namespace() + "/sa/" + pod.serviceAccount())
                .setCertificateValidity(Duration.newBuilder()
                        .setSeconds(environment.runtime().certificateLifetime().toSeconds()))
                .setRotationRatio(ROTATION_RATIO)
                .setTelemetryInterval(Duration.newBuilder().setSeconds(TELEMETRY_SECONDS))
                .build();
    }

    private static ConfigSource fromAds() {
        return ConfigSource.newBuilder()
                .setResourceApiVersion(ApiVersion.V3)
                .setAds(AggregatedConfigSource.getDefaultInstance())
                .setInitialFetchTimeout(Duration.getDefaultInstance())
                .build();
    }

    private static Address address(String host, int port) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress(host).setPortValue(port))
                .build();
    }

    private static Any any(String type, MessageLite message) {
        return Any.newBuilder()
                .setTypeUrl(TYPE + type)
                .setValue(message.toByteString())
                .build();
    }
}
