package dev.weft.control.serve;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.weft.control.ca.CallerIdentity;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.resources.Locality;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads a node message in Istio's form and checks it against the caller's credential: the identity comes from the
 * credential, the node may only agree with it.
 */
final class NodeParser {

    private static final String DEFAULT_DOMAIN = "cluster.local";
    private static final String SERVICE_DOMAIN = ".svc.";

    private NodeParser() {}

    /** What came of a node. */
    sealed interface Parsed {
        record Accepted(ClientNode node) implements Parsed {}

        /** The node claims to be somebody else. */
        record Denied(String message) implements Parsed {}

        record Malformed(String message) implements Parsed {}
    }

    static Parsed parse(Node node, CallerIdentity caller) {
        if (node.getId().isEmpty()) {
            return new Parsed.Malformed("node: the first request of a stream must name the node id");
        }
        Metadata metadata = new Metadata(node.getMetadata());
        NodeId id = NodeId.parse(node.getId());
        String claimedNamespace = metadata.text("NAMESPACE").orElse(id.namespace);
        String claimedAccount = metadata.text("SERVICE_ACCOUNT").orElse(caller.serviceAccount());
        if (claimedNamespace.isEmpty()) {
            return new Parsed.Malformed("node: found id \"" + node.getId()
                    + "\", expected type~address~pod.namespace~domain or metadata NAMESPACE");
        }
        for (String namespace : List.of(claimedNamespace, id.namespace)) {
            if (!namespace.isEmpty() && !namespace.equals(caller.namespace())) {
                return new Parsed.Denied("node: is in namespace " + namespace + ", but the credential is for "
                        + caller.namespace() + "/" + caller.serviceAccount());
            }
        }
        if (!claimedAccount.equals(caller.serviceAccount())) {
            return new Parsed.Denied("node: has service account " + claimedAccount + ", but the credential is for "
                    + caller.namespace() + "/" + caller.serviceAccount());
        }
        // A credential that is bound to a pod is that pod's only: others of its service account have other ports and
        // labels.
        for (String pod : List.of(id.pod, metadata.text("NAME").orElse(""))) {
            if (!caller.pod().isEmpty() && !pod.isEmpty() && !pod.equals(caller.pod())) {
                return new Parsed.Denied("node: is " + pod + ", but the credential is of " + caller.pod());
            }
        }
        return new Parsed.Accepted(accepted(node, metadata, id, caller));
    }

    private static ClientNode accepted(Node node, Metadata metadata, NodeId id, CallerIdentity caller) {
        ImmutableList<String> addresses = metadata.text("INSTANCE_IPS")
                .map(list -> ImmutableList.copyOf(
                        Splitter.on(',').trimResults().omitEmptyStrings().split(list)))
                .orElseGet(() -> id.address.isEmpty() ? ImmutableList.of() : ImmutableList.of(id.address));
        Optional<Locality> locality =
                node.hasLocality() && !node.getLocality().getRegion().isEmpty()
                        ? Optional.of(new Locality(
                                node.getLocality().getRegion(),
                                node.getLocality().getZone(),
                                node.getLocality().getSubZone()))
                        : Optional.empty();
        ProxyFacts facts = new ProxyFacts(
                client(node, metadata),
                caller.namespace(),
                caller.serviceAccount(),
                id.domain,
                metadata.texts("LABELS"),
                addresses,
                locality,
                metadata.text("NETWORK").orElse(""),
                metadata.number("HTTP_PROXY_PORT"),
                interception(metadata),
                id.type.equals("router") ? ProxyFacts.Role.GATEWAY : ProxyFacts.Role.SIDECAR);
        String workload =
                metadata.text("WORKLOAD_ENTRY").or(() -> metadata.text("NAME")).orElse(id.pod);
        return new ClientNode(
                node.getId(),
                workload.isEmpty() ? node.getId() : workload,
                facts,
                new ClientNode.UserAgent(node.getUserAgentName(), version(node, metadata)),
                metadata.number("ADMIN_PORT").isPresent()
                        ? metadata.number("ADMIN_PORT")
                        : metadata.nested("PROXY_CONFIG").number("proxyAdminPort"),
                metadata.text("DNS_CAPTURE").filter("true"::equals).isPresent()
                                && metadata.text("DNS_AUTO_ALLOCATE")
                                        .filter("false"::equals)
                                        .isEmpty()
                        ? ClientNode.DnsCapture.ON
                        : ClientNode.DnsCapture.OFF);
    }

    private static ProxyFacts.Client client(Node node, Metadata metadata) {
        String agent = node.getUserAgentName().toLowerCase(Locale.ROOT);
        if (agent.startsWith("grpc")
                || metadata.text("GENERATOR").filter("grpc"::equals).isPresent()) {
            return ProxyFacts.Client.PROXYLESS_GRPC;
        }
        boolean ofTheMesh =
                agent.startsWith("weft") || metadata.text("ISTIO_VERSION").isPresent();
        return ofTheMesh ? ProxyFacts.Client.MESH_PROXY : ProxyFacts.Client.STOCK_ENVOY;
    }

    private static ProxyFacts.Interception interception(Metadata metadata) {
        return switch (metadata.text("INTERCEPTION_MODE").orElse("REDIRECT")) {
            case "NONE" -> ProxyFacts.Interception.NONE;
            case "TPROXY" -> ProxyFacts.Interception.TPROXY;
            default -> ProxyFacts.Interception.REDIRECT;
        };
    }

    private static String version(Node node, Metadata metadata) {
        if (node.hasUserAgentBuildVersion() && node.getUserAgentBuildVersion().hasVersion()) {
            var version = node.getUserAgentBuildVersion().getVersion();
            return version.getMajorNumber() + "." + version.getMinorNumber() + "." + version.getPatch();
        }
        return node.getUserAgentVersion().isEmpty()
                ? metadata.text("ISTIO_VERSION").orElse("")
                : node.getUserAgentVersion();
    }

    /** {@code type~address~pod.namespace~namespace.svc.domain}; what is not there is empty. */
    private record NodeId(String type, String address, String pod, String namespace, String domain) {
        static NodeId parse(String text) {
            List<String> parts = Splitter.on('~').splitToList(text);
            if (parts.size() != 4) {
                return new NodeId("", "", "", "", DEFAULT_DOMAIN);
            }
            String pod = parts.get(2);
            int dot = pod.lastIndexOf('.');
            String domain = parts.get(3);
            int service = domain.indexOf(SERVICE_DOMAIN);
            return new NodeId(
                    parts.get(0),
                    parts.get(1),
                    dot < 0 ? pod : pod.substring(0, dot),
                    dot < 0 ? "" : pod.substring(dot + 1),
                    service < 0 ? DEFAULT_DOMAIN : domain.substring(service + SERVICE_DOMAIN.length()));
        }
    }

    private record Metadata(Struct struct) {
        Optional<String> text(String key) {
            Value value = struct.getFieldsMap().get(key);
            return value == null || value.getStringValue().isEmpty()
                    ? Optional.empty()
                    : Optional.of(value.getStringValue());
        }

        /** A number, which Istio's agents write as text. */
        OptionalInt number(String key) {
            Value value = struct.getFieldsMap().get(key);
            if (value == null) {
                return OptionalInt.empty();
            }
            if (value.hasNumberValue()) {
                return OptionalInt.of((int) value.getNumberValue());
            }
            try {
                return OptionalInt.of(Integer.parseInt(value.getStringValue()));
            } catch (NumberFormatException e) {
                return OptionalInt.empty();
            }
        }

        ImmutableMap<String, String> texts(String key) {
            ImmutableMap.Builder<String, String> texts = ImmutableMap.builder();
            nested(key).struct().getFieldsMap().entrySet().stream()
                    .sorted(java.util.Map.Entry.comparingByKey())
                    .forEach(entry -> texts.put(entry.getKey(), entry.getValue().getStringValue()));
            return texts.buildOrThrow();
        }

        Metadata nested(String key) {
            Value value = struct.getFieldsMap().get(key);
            return new Metadata(value == null ? Struct.getDefaultInstance() : value.getStructValue());
        }
    }
}
