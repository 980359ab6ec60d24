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
 * Which names a workload's proxy answers DNS queries for: everything that it may call and that has an address. A name that is left out
 * is the cluster's own DNS to answer: an ExternalName, a headless Service without endpoints, an external host that nobody gave an
 * address. Pure.
 */
public final class NameTables {
    private NameTables() {}

    /**
     * @param addresses of both families
     * @param shortName of a Kubernetes Service, empty for what is none
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
                    view.endpoints(service, port).stream()
                            .map(MeshEndpoint::address)
                            .filter(InetAddresses::isInetAddress)
                            .forEach(addresses::add);
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
}
