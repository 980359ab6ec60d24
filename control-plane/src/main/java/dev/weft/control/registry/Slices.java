package dev.weft.control.registry;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.EndpointSlice;
import dev.weft.resources.EndpointSlice.AddressType;
import dev.weft.resources.KubernetesService;
import dev.weft.resources.Resource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The addresses behind each Kubernetes Service, from all of its slices. Immutable. Endpoints that are not ready take no traffic, nor do those
 * that end; a slice says of what a service publishes before it is ready that it is.
 */
@Immutable
@SuppressWarnings("Immutable") // the multimap is immutable
final class Slices {

    /** One address behind one port of a service. */
    record Member(String address, int port, AddressType type, EndpointSlice.Endpoint endpoint) {
        boolean isPod() {
            return endpoint.target().filter(EndpointSlice.Target::isPod).isPresent();
        }
    }

    private final ImmutableListMultimap<ObjectName, EndpointSlice> byService;

    Slices(ImmutableCollection<? extends Resource> resources) {
        ImmutableListMultimap.Builder<ObjectName, EndpointSlice> slices = ImmutableListMultimap.builder();
        for (Resource resource : resources) {
            if (resource instanceof EndpointSlice slice
                    && !slice.service().isEmpty()
                    && slice.addressType() != AddressType.FQDN) {
                slices.put(new ObjectName(slice.meta().namespace(), slice.service()), slice);
            }
        }
        this.byService = slices.build();
    }

    ImmutableList<EndpointSlice> of(KubernetesService service) {
        return byService.get(
                new ObjectName(service.meta().namespace(), service.meta().name()));
    }

    /** Each address once, though an endpoint that moves between slices is in two for a while, and a pod with two families in both. */
    ImmutableCollection<Member> members(KubernetesService service, ServicePort port) {
        ImmutableList<EndpointSlice> slices = of(service);
        if (slices.isEmpty()) {
            return ImmutableList.of();
        }
        AddressType preferred =
                service.clusterIps().stream().findFirst().orElse("").indexOf(':') >= 0
                        ? AddressType.IPV6
                        : AddressType.IPV4;
        Map<Object, Member> members = new LinkedHashMap<>();
        for (EndpointSlice slice : slices) {
            OptionalInt number = number(slice, service, port);
            if (number.isEmpty()) {
                continue;
            }
            for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
                if (endpoint.state() != EndpointSlice.State.READY) {
                    continue;
                }
                for (String address : endpoint.addresses()) {
                    Member member = new Member(address, number.getAsInt(), slice.addressType(), endpoint);
                    Object identity =
                            endpoint.target().isPresent() ? endpoint.target().get() : address;
                    members.merge(identity, member, (known, other) -> other.type() == preferred ? other : known);
                }
            }
        }
        return ImmutableList.copyOf(members.values());
    }

    private static OptionalInt number(EndpointSlice slice, KubernetesService service, ServicePort port) {
        for (EndpointSlice.Port candidate : slice.ports()) {
            if (candidate.name().equals(port.name()) && candidate.transport().equals("TCP")) {
                return candidate.number().isPresent() ? candidate.number() : OptionalInt.of(port.number());
            }
        }
        return OptionalInt.empty();
    }
}
