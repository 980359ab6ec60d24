package dev.weft.resources;

import com.google.common.collect.ImmutableList;

/** The kinds that Weft serves, with the API group and versions under which people write them. */
public enum ResourceKind {
    SERVICE("Service", "", ImmutableList.of("v1")),
    WORKLOAD_ENTRY("WorkloadEntry", Groups.NETWORKING, Groups.NETWORKING_VERSIONS),
    SERVICE_ENTRY("ServiceEntry", Groups.NETWORKING, Groups.NETWORKING_VERSIONS),
    VIRTUAL_SERVICE("VirtualService", Groups.NETWORKING, Groups.NETWORKING_VERSIONS),
    DESTINATION_RULE("DestinationRule", Groups.NETWORKING, Groups.NETWORKING_VERSIONS),
    SIDECAR("Sidecar", Groups.NETWORKING, Groups.NETWORKING_VERSIONS),
    PEER_AUTHENTICATION("PeerAuthentication", Groups.SECURITY, Groups.SECURITY_VERSIONS),
    AUTHORIZATION_POLICY("AuthorizationPolicy", Groups.SECURITY, Groups.SECURITY_VERSIONS),
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

    /** The preferred {@code apiVersion}. */
    public String apiVersion() {
        return group.isEmpty() ? versions.getFirst() : group + "/" + versions.getFirst();
    }

    private static final class Groups {
        static final String NETWORKING = "networking.istio.io";
        static final String SECURITY = "security.istio.io";
        static final ImmutableList<String> NETWORKING_VERSIONS = ImmutableList.of("v1", "v1beta1", "v1alpha3");
        static final ImmutableList<String> SECURITY_VERSIONS = ImmutableList.of("v1", "v1beta1");
    }
}
