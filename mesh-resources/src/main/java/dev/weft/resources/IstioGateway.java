package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/**
 * Istio's {@code Gateway}: ports that gateway workloads open, and the hosts that they take there. VirtualServices that name it say
 * where the traffic goes.
 *
 * @param selector of the gateway workloads, in every namespace
 */
@Immutable
public record IstioGateway(ResourceMeta meta, LabelSelector selector, ImmutableList<Server> servers)
        implements Resource {

    /**
     * One port with its hosts.
     *
     * @param name may be empty
     * @param bind absent: every address of the workload
     * @param tls absent: plain text
     */
    @Immutable
    public record Server(
            String name, Port port, Optional<String> bind, ImmutableList<ServerHost> hosts, Optional<ServerTls> tls) {}

    /** The port that clients call; the Service in front of the workload says where it arrives. */
    @Immutable
    public record Port(int number, Protocol protocol, String name) {}

    /**
     * A host that the server takes.
     *
     * @param namespace of the VirtualServices that may serve it: {@code *} for any, {@code .} for the gateway's own
     * @param dnsName a DNS name, {@code *.suffix} or {@code *}
     */
    @Immutable
    public record ServerHost(String namespace, String dnsName) {}
}
