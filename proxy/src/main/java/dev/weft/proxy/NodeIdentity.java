package dev.weft.proxy;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.net.InetAddresses;
import com.google.protobuf.Value;
import dev.weft.model.Locality;
import dev.weft.proxy.telemetry.WorkloadMetadata;
import dev.weft.xds.bootstrap.Bootstrap;
import dev.weft.xds.bootstrap.Bootstrap.NodeConfig;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.Map;
import java.util.TreeMap;

/** Who this proxy is, in the forms that its parts need. */
final class NodeIdentity {
    private static final String USER_AGENT = "weft";

    private NodeIdentity() {}

    /** The node as the control plane sees it. */
    static Node node(NodeConfig config) {
        Locality locality = config.locality();
        return Node.newBuilder()
                .setId(config.id())
                .setCluster(config.cluster())
                .setMetadata(config.metadata())
                .setLocality(io.envoyproxy.envoy.config.core.v3.Locality.newBuilder()
                        .setRegion(locality.region())
                        .setZone(locality.zone())
                        .setSubZone(locality.subZone()))
                .setUserAgentName(USER_AGENT)
                .setUserAgentVersion(version())
                .build();
    }

    static String version() {
        String version = NodeIdentity.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    /** The workload's own address, where traffic for it arrives; all addresses where the node does not tell. */
    static String address(NodeConfig config) {
        String first = config.metadataText("INSTANCE_IPS").split(",", 2)[0].strip();
        return InetAddresses.isInetAddress(first) ? first : "0.0.0.0";
    }

    /** The workload as peers and metrics see it, from Istio's node metadata. */
    static WorkloadMetadata workload(NodeConfig config) {
        Map<String, String> labels = new TreeMap<>();
        config.metadata()
                .getFieldsOrDefault("LABELS", Value.getDefaultInstance())
                .getStructValue()
                .getFieldsMap()
                .forEach((name, value) -> labels.put(name, value.getStringValue()));
        String name = config.metadataText("NAME");
        String workload = config.metadataText("WORKLOAD_NAME");
        String cluster = config.metadataText("CLUSTER_ID");
        return new WorkloadMetadata(
                config.id(),
                name,
                workload.isEmpty() ? name : workload,
                config.metadataText("NAMESPACE"),
                cluster.isEmpty() ? "Kubernetes" : cluster,
                ImmutableSortedMap.copyOf(labels));
    }

    /** The agent's settings with the SPIFFE id filled in from the node, where the bootstrap leaves it to us. */
    static Bootstrap.AgentConfig agent(Bootstrap.AgentConfig agent, NodeConfig node) {
        if (!agent.workloadIdentity().isEmpty()) {
            return agent;
        }
        String domain = agent.trustDomain().isEmpty() ? "cluster.local" : agent.trustDomain();
        String identity = "spiffe://" + domain + "/ns/" + node.metadataText("NAMESPACE") + "/sa/"
                + node.metadataText("SERVICE_ACCOUNT");
        return new Bootstrap.AgentConfig(
                agent.xdsCluster(),
                agent.tokenPath(),
                domain,
                identity,
                agent.certificateValidity(),
                agent.rotationRatio(),
                agent.statusPort(),
                agent.telemetryInterval());
    }
}
