package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import dev.weft.control.registry.MeshEndpoint;
import dev.weft.model.Locality;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.net.SocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The endpoints of one cluster. Its own short path: reads nothing but the endpoints of one service port, so that a change of an
 * endpoint is a change of one endpoint set and of nothing else.
 */
public final class EndpointTranslator {
    private static final ImmutableSortedMap<String, String> MUTUAL = ImmutableSortedMap.of("tlsMode", "istio");
    private static final Comparator<Endpoint> ORDER = Comparator.comparing(
                    (Endpoint e) -> e.address().text())
            .thenComparing(e -> e.workload().name());

    private EndpointTranslator() {}

    /**
     * @param cluster the name of the cluster, which is its EDS name too
     * @param labels of the subset; empty takes all
     */
    public static EndpointSet translate(
            String cluster, ImmutableMap<String, String> labels, List<MeshEndpoint> endpoints) {
        Map<String, List<MeshEndpoint>> byLocality = new TreeMap<>();
        for (MeshEndpoint endpoint : endpoints) {
            if (endpoint.has(labels)) {
                byLocality
                        .computeIfAbsent(localityOf(endpoint), l -> new ArrayList<>())
                        .add(endpoint);
            }
        }
        ImmutableList.Builder<EndpointSet.LocalityEndpoints> localities = ImmutableList.builder();
        byLocality.forEach((locality, members) -> localities.add(new EndpointSet.LocalityEndpoints(
                Locality.parse(locality),
                members.stream().mapToInt(MeshEndpoint::weight).sum(),
                0,
                members.stream()
                        .map(EndpointTranslator::endpoint)
                        .sorted(ORDER)
                        .collect(ImmutableList.toImmutableList()))));
        return new EndpointSet(cluster, localities.build());
    }

    private static String localityOf(MeshEndpoint endpoint) {
        return endpoint.locality()
                .map(l -> l.region() + "/" + l.zone() + "/" + l.subzone())
                .orElse("//");
    }

    private static Endpoint endpoint(MeshEndpoint endpoint) {
        return new Endpoint(
                address(endpoint),
                "",
                Endpoint.Health.HEALTHY,
                endpoint.weight(),
                endpoint.tls() == MeshEndpoint.Tls.MUTUAL ? MUTUAL : ImmutableSortedMap.of(),
                workload(endpoint));
    }

    private static SocketAddress address(MeshEndpoint endpoint) {
        return endpoint.address().startsWith("unix://")
                ? new SocketAddress.Pipe(endpoint.address().substring("unix://".length()))
                : new SocketAddress.Inet(endpoint.address(), endpoint.port());
    }

    private static Endpoint.Workload workload(MeshEndpoint endpoint) {
        if (endpoint.workload().isEmpty()) {
            return Endpoint.Workload.UNKNOWN;
        }
        return new Endpoint.Workload(
                endpoint.workload(),
                endpoint.namespace(),
                CanonicalLabels.name(endpoint.labels(), endpoint.workload()),
                CanonicalLabels.revision(endpoint.labels()),
                endpoint.cluster());
    }
}
