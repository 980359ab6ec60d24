package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A Kubernetes {@code EndpointSlice}: some of the addresses that are behind a service. The surprising rule: slices are the truth, whatever the
 * selector of the service says; a service may have many of them, and people may write them by hand for a service without selector.
 *
 * @param service name of the service, in the namespace of the slice; empty where the slice names none
 */
@Immutable
public record EndpointSlice(
        ResourceMeta meta,
        AddressType addressType,
        String service,
        ImmutableList<Endpoint> endpoints,
        ImmutableList<Port> ports)
        implements Resource {

    /** The label by which a slice names its service. */
    public static final String SERVICE_LABEL = "kubernetes.io/service-name";

    /** What the addresses of a slice are. */
    public enum AddressType {
        IPV4,
        IPV6,
        FQDN
    }

    /** Whether traffic may go to an endpoint. */
    public enum State {
        /** It takes traffic; also what the service publishes though it is not ready. */
        READY,
        NOT_READY,
        /** It ends and still serves. */
        DRAINING,
        /** It ends and serves no more. */
        ENDING
    }

    /**
     * One workload behind the service.
     *
     * @param addresses interchangeable; usually one
     * @param hostname the first label of the endpoint's own name, for pods of a StatefulSet
     * @param target the object behind the endpoint, usually a pod
     * @param node empty where unknown
     * @param zone empty where unknown
     */
    @Immutable
    public record Endpoint(
            ImmutableList<String> addresses,
            State state,
            Optional<String> hostname,
            Optional<Target> target,
            String node,
            String zone) {}

    /** An object behind an endpoint. */
    @Immutable
    public record Target(String kind, String namespace, String name) {
        public boolean isPod() {
            return kind.equals("Pod");
        }
    }

    /**
     * A port that all endpoints of the slice have.
     *
     * @param name of the service port; empty where that has none
     * @param number at the endpoints; absent: any port
     * @param transport TCP, UDP or SCTP
     */
    @Immutable
    public record Port(String name, OptionalInt number, String transport) {}
}
