package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A Kubernetes {@code Service}.
 *
 * @param clusterIps empty where none was assigned (files) and where the service is headless
 * @param selector empty: the endpoints come from elsewhere
 * @param externalName for {@code type: ExternalName}
 * @param exportTo from the annotation {@code networking.istio.io/exportTo}; empty: the mesh default
 */
@Immutable
public record KubernetesService(
        ResourceMeta meta,
        Type type,
        Addressing addressing,
        ImmutableList<String> clusterIps,
        ImmutableMap<String, String> selector,
        ImmutableList<Port> ports,
        Optional<String> externalName,
        ImmutableSet<String> exportTo)
        implements Resource {

    /** {@code spec.type}. */
    public enum Type {
        CLUSTER_IP,
        NODE_PORT,
        LOAD_BALANCER,
        EXTERNAL_NAME
    }

    /** Whether clients meet one virtual address or the endpoints' own ({@code clusterIP: None}). */
    public enum Addressing {
        VIRTUAL,
        HEADLESS
    }

    /** The name under which the mesh knows the service, for example {@code reviews.default.svc.cluster.local}. */
    public String hostname(String domainSuffix) {
        return meta.name() + "." + meta.namespace() + ".svc." + domainSuffix;
    }

    public boolean headless() {
        return addressing == Addressing.HEADLESS;
    }

    public Optional<Port> port(int number) {
        return ports.stream().filter(port -> port.number() == number).findFirst();
    }

    /**
     * A port of the service.
     *
     * @param name empty where the only port has none
     * @param transport TCP, UDP or SCTP
     * @param protocol what is spoken, from {@code appProtocol}, else the name, else the number
     * @param target the port at the workload
     */
    @Immutable
    public record Port(
            String name,
            int number,
            String transport,
            Optional<String> appProtocol,
            Protocol protocol,
            TargetPort target) {}

    /** A port at the workload, by number or by the name that the workload gives it. */
    @Immutable
    public sealed interface TargetPort {
        @Immutable
        record Number(int number) implements TargetPort {}

        @Immutable
        record Named(String name) implements TargetPort {}

        /** The number, if it is known without looking at the workload. */
        default OptionalInt known() {
            return switch (this) {
                case Number(int number) -> OptionalInt.of(number);
                case Named ignored -> OptionalInt.empty();
            };
        }
    }
}
