package dev.weft.resources;

import com.google.common.collect.ImmutableList;

/** The kinds that Weft serves, with the API group and versions under which people write them. */
public enum ResourceKind {
    SERVICE("Service", "", ImmutableList.of("v1")),
    ENDPOINT_SLICE("EndpointSlice", "discovery.k8s.io", ImmutableList.of("v1")),
    POD("Pod", "", ImmutableList.of("v1")),
    NODE("Node", "", ImmutableList.of("v1")),
    NAMESPACE("Namespace", "", ImmutableList.of("v1")),
    WORKLOAD_ENTRY("WorkloadEntry", Groups.NETWORKING, Groups.NETWORKING_VERSIONS),
    SERVICE_ENTRY("ServiceEntry", Groups.NETWORKING, Groups.NETWORKING_VERSIONS),
    VIRTUAL_SERVICE("VirtualService", Groups.NETWORKING, Groups.NETWORKING_VERSIONS),
    DESTINATION_RULE("DestinationRule", Groups.NETWORKING, Groups.NETWORKING_VERSIONS),
    SIDECAR("Sidecar", Groups.NETWORKING, Groups.NETWORKING_VERSIONS),
    PEER_AUTHENTICATION("PeerAuthentication", Groups.SECURITY, Groups.SECURITY_VERSIONS),
    AUTHORIZATION_POLICY("AuthorizationPolicy", Groups.SECURITY, Groups.SECURITY_VERSIONS),
    GATEWAY("Gateway", Groups.NETWORKING, Groups.NETWORKING_VERSIONS),
    GATEWAY_CLASS("GatewayClass", Groups.GATEWAY_API, Groups.GATEWAY_API_VERSIONS),
    KUBERNETES_GATEWAY("Gateway", Groups.GATEWAY_API, Groups.GATEWAY_API_VERSIONS),
    HTTP_ROUTE("HTTPRoute", Groups.GATEWAY_API, Groups.GATEWAY_API_VERSIONS),
    GRPC_ROUTE("GRPCRoute", Groups.GATEWAY_API, ImmutableList.of("v1")),
    REFERENCE_GRANT("ReferenceGrant", Groups.GATEWAY_API, Groups.GATEWAY_API_VERSIONS),
    SECRET("Secret", "", ImmutableList.of("v1")),
    MESH_CONFIG("MeshConfig", "mesh.istio.io", ImmutableList.of("v1alpha1"));

    private final String kindName;
    private final String group;
    private final ImmutableList<String> versions;

    ResourceKind(String kindName, String group, ImmutableList<String> versions) {
        this.kindName = kindName;
        this.group = group;
        this.versions = versions;
    }

    /** The word after {@code kind:}. */
    public String kindName() {
        return kindName;
    }

    /** The API group; empty for the core group of Kubernetes. */
    public String group() {
        return group;
    }

    /** The versions that are read, the preferred one first. All of them share one schema. */
    public ImmutableList<String> versions() {
        return versions;
    }

    /** Whether objects of the kind are in a namespace; others belong to the whole cluster or mesh. */
    public boolean isNamespaced() {
        return scope() == Scope.NAMESPACE;
    }

    /** Whether the platform itself makes and checks the objects: only what a mesh needs of them is read, and nothing in them is a mistake. */
    public boolean isPlatform() {
        return this == ENDPOINT_SLICE || this == POD || this == NODE || this == NAMESPACE;
    }

    /** The preferred {@code apiVersion}. */
    public String apiVersion() {
        return group.isEmpty() ? versions.getFirst() : group + "/" + versions.getFirst();
    }

    /** Whether objects of the kind belong to a namespace or to the whole cluster. */
    public Scope scope() {
        return switch (this) {
            case GATEWAY_CLASS, NODE, NAMESPACE, MESH_CONFIG -> Scope.CLUSTER;
            default -> Scope.NAMESPACE;
        };
    }

    /** What a message calls the kind: its name, with the group where two groups have a kind of that name. */
    public String label() {
        return this == KUBERNETES_GATEWAY ? kindName + "." + group : kindName;
    }

    /** To whom objects of a kind belong. */
    public enum Scope {
        NAMESPACE,
        CLUSTER
    }

    private static final class Groups {
        static final String NETWORKING = "networking.istio.io";
        static final String SECURITY = "security.istio.io";
        static final ImmutableList<String> NETWORKING_VERSIONS = ImmutableList.of("v1", "v1beta1", "v1alpha3");
        static final String GATEWAY_API = "gateway.networking.k8s.io";
        static final ImmutableList<String> GATEWAY_API_VERSIONS = ImmutableList.of("v1", "v1beta1");
        static final ImmutableList<String> SECURITY_VERSIONS = ImmutableList.of("v1", "v1beta1");
    }
}
