package dev.weft.control.translate;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.net.InetAddresses;
import dev.weft.control.registry.MeshEndpoint;
import dev.weft.control.registry.MeshService;
import dev.weft.control.registry.ProxyView;
import dev.weft.control.registry.ServicePort;
import dev.weft.resources.ResourceKind;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which names a workload's proxy answers DNS queries for: everything that it may call and that has an address, and the pods of headless
 * Services that have names. A name that is left out
 * is the cluster's own DNS to answer: an ExternalName, a headless Service without endpoints, an external host that nobody gave an
 * address. Pure.
 */
public final class NameTables {
    private NameTables() {}

    /**
     * @param addresses of both families
     * @param shortName of a Kubernetes Service or of a pod under it, empty for what is neither
     */
    public record Name(ImmutableSet<String> addresses, String shortName, String namespace) {
        public boolean isKubernetes() {
            return !shortName.isEmpty();
        }
    }

    /** By host name. */
    public static ImmutableSortedMap<String, Name> of(ProxyView view) {
        TreeMap<String, Name> names = new TreeMap<>();
        for (MeshService service : view.outbound().services()) {
            boolean kubernetes = service.source().kind() == ResourceKind.SERVICE;
            Set<String> addresses = new LinkedHashSet<>();
            service.addresses().stream().filter(InetAddresses::isInetAddress).forEach(addresses::add);
            boolean headless = kubernetes
                    && addresses.isEmpty()
                    && service.resolution() == MeshService.Resolution.ORIGINAL_DESTINATION;
            if (headless) {
                for (ServicePort port : service.ports()) {
                    for (MeshEndpoint endpoint : view.endpoints(service, port)) {
                        if (InetAddresses.isInetAddress(endpoint.address())) {
                            addresses.add(endpoint.address());
                            own(service, endpoint, names);
                        }
                    }
                }
            }
            if (!addresses.isEmpty()) {
                names.putIfAbsent(
                        service.hostname(),
                        new Name(
                                ImmutableSet.copyOf(addresses), kubernetes ? service.name() : "", service.namespace()));
            }
        }
        return ImmutableSortedMap.copyOfSorted(names);
    }

    /** A pod of a StatefulSet has a name of its own, under that of its Service. */
    private static void own(MeshService service, MeshEndpoint endpoint, TreeMap<String, Name> names) {
        if (!endpoint.hostname().isEmpty()) {
            names.putIfAbsent(
                    endpoint.hostname() + "." + service.hostname(),
                    new Name(
                            ImmutableSet.of(endpoint.address()),
                            endpoint.hostname() + "." + service.name(),
                            service.namespace()));
        }
    }
}
