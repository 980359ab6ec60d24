package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.ResourceKind;
import java.util.Optional;

/**
 * One host that workloads can call, whoever declared it: a Kubernetes {@code Service}, or one host of a {@code
 * ServiceEntry}.
 *
 * @param hostname full name, such as {@code reviews.default.svc.cluster.local}
 * @param namespace of the declaring object
 * @param name short name: of the Kubernetes Service, else the host name again
 * @param source the declaring object
 * @param location inside the mesh (identities, automatic mutual TLS) or outside
 * @param resolution how endpoints are found
 * @param addresses virtual addresses or CIDR blocks; may be empty
 * @param ports sorted by number, each number once
 * @param exportTo with the mesh's default filled in: {@code *}, {@code .}, {@code ~} or namespaces
 * @param subjectAltNames identities to accept beside those of the endpoints
 */
@Immutable
public record MeshService(
        String hostname,
        String namespace,
        String name,
        ResourceKey source,
        Location location,
        Resolution resolution,
        ImmutableList<String> addresses,
        ImmutableList<ServicePort> ports,
        ImmutableSet<String> exportTo,
        ImmutableSet<String> subjectAltNames) {

    /** Whether the endpoints are part of the mesh. */
    public enum Location {
        MESH_INTERNAL,
        MESH_EXTERNAL
    }

    /** How endpoints are found. */
    public enum Resolution {
        /** The endpoints that the registry knows, by EDS. */
        ENDPOINTS,
        /** All addresses that DNS gives for the endpoints' names, or for the host itself where there are none. */
        DNS,
        /** As {@link #DNS}, but only the first address. */
        DNS_ROUND_ROBIN,
        /** The address that the client dialled: {@code ServiceEntry} with resolution NONE, headless services. */
        ORIGINAL_DESTINATION
    }

    public Optional<ServicePort> port(int number) {
        return ports.stream().filter(port -> port.number() == number).findFirst();
    }

    /** This name for what {@code target} is; its ports, too, where none are written for the name. */
    MeshService aliasOf(MeshService target) {
        return new MeshService(
                hostname,
                namespace,
                name,
                source,
                target.location,
                target.resolution,
                addresses,
                ports.isEmpty() ? target.ports : ports,
                exportTo,
                target.subjectAltNames);
    }

    /** Whether clients dial the addresses of its pods, and names of theirs: a Kubernetes Service without a virtual address. */
    public boolean headless() {
        return source.kind() == ResourceKind.SERVICE && resolution == Resolution.ORIGINAL_DESTINATION;
    }

    /** The same service at other virtual addresses. */
    MeshService withAddresses(ImmutableList<String> others) {
        return new MeshService(
                hostname, namespace, name, source, location, resolution, others, ports, exportTo, subjectAltNames);
    }

    /** Whether workloads of {@code namespace} may see the service. */
    public boolean visibleIn(String viewer) {
        return exportTo.contains("*")
                || exportTo.contains(viewer)
                || (exportTo.contains(".") && namespace.equals(viewer));
    }
}
