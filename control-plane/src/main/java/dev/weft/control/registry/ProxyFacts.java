package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.Locality;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What translation may know about the proxy that asks.
 *
 * @param client which program asks
 * @param namespace the workload's
 * @param serviceAccount the workload's, as its credential proved it
 * @param domainSuffix of the cluster's services, such as {@code cluster.local}
 * @param labels the workload's
 * @param addresses the workload's own; empty unless its Sidecar declares ingress listeners, which may bind them, or it is a gateway
 *     on a loopback address
 * @param locality where it runs
 * @param network the network its addresses belong to, may be empty
 * @param httpProxyPort node metadata {@code HTTP_PROXY_PORT}; absent: as the mesh says
 * @param interception how traffic reaches the proxy
 * @param families of the workload's addresses
 * @param role what the proxy is there for
 */
@Immutable
public record ProxyFacts(
        Client client,
        String namespace,
        String serviceAccount,
        String domainSuffix,
        ImmutableMap<String, String> labels,
        ImmutableList<String> addresses,
        Optional<Locality> locality,
        String network,
        OptionalInt httpProxyPort,
        Interception interception,
        Families families,
        Role role) {

    /** With the families that the addresses have. */
    public ProxyFacts(
            Client client,
            String namespace,
            String serviceAccount,
            String domainSuffix,
            ImmutableMap<String, String> labels,
            ImmutableList<String> addresses,
            Optional<Locality> locality,
            String network,
            OptionalInt httpProxyPort,
            Interception interception,
            Role role) {
        this(
                client,
                namespace,
                serviceAccount,
                domainSuffix,
                labels,
                addresses,
                locality,
                network,
                httpProxyPort,
                interception,
                Families.of(addresses),
                role);
    }

    /** The facts of a sidecar. */
    public ProxyFacts(
            Client client,
            String namespace,
            String serviceAccount,
            String domainSuffix,
            ImmutableMap<String, String> labels,
            ImmutableList<String> addresses,
            Optional<Locality> locality,
            String network,
            OptionalInt httpProxyPort,
            Interception interception) {
        this(
                client,
                namespace,
                serviceAccount,
                domainSuffix,
                labels,
                addresses,
                locality,
                network,
                httpProxyPort,
                interception,
                Role.SIDECAR);
    }

    /** What rules for outbound traffic may know of it. */
    ProxyFacts caller(Set<String> labelNames) {
        return new ProxyFacts(
                client,
                namespace,
                "",
                domainSuffix,
                ImmutableMap.copyOf(Maps.filterKeys(labels, labelNames::contains)),
                ImmutableList.of(),
                Optional.empty(),
                "",
                httpProxyPort,
                interception,
                families,
                role);
    }

    /** Which dialect of xDS the client speaks. */
    public enum Client {
        /** Our proxy, or Istio's: knows the {@code istio.*} filters. */
        MESH_PROXY,
        /** Envoy as its project ships it. */
        STOCK_ENVOY,
        /** gRPC's own xDS client. */
        PROXYLESS_GRPC
    }

    /** On which of the two IP versions traffic is captured. */
    public enum Families {
        V4,
        V6,
        DUAL;

        static Families of(ImmutableList<String> addresses) {
            boolean v6 = addresses.stream().anyMatch(address -> address.indexOf(':') >= 0);
            boolean v4 = addresses.stream().anyMatch(address -> address.indexOf(':') < 0);
            if (v6) {
                return v4 ? DUAL : V6;
            }
            return V4;
        }
    }

    /** What the proxy is there for: the first word of its node id. */
    public enum Role {
        /** It stands beside one workload. */
        SIDECAR,
        /** It is a gateway ({@code router~}). */
        GATEWAY
    }

    /** Node metadata {@code INTERCEPTION_MODE}. */
    public enum Interception {
        REDIRECT,
        TPROXY,
        /** Nobody redirects traffic: only listeners that bind their own ports are of use. */
        NONE
    }
}
