package dev.weft.control.registry;

import com.google.errorprone.annotations.Immutable;
import java.util.OptionalInt;

/**
 * Who is at the other end of one stream: what its node message says, checked against its credential.
 *
 * @param id the node id, Istio's {@code sidecar~10.0.0.7~reviews-v1.shop~shop.svc.cluster.local}
 * @param workload name of the pod or {@code WorkloadEntry}
 * @param facts what translation may know of it, with all addresses
 * @param userAgent name and version of the program
 * @param adminPort of its admin endpoint, for tools on the same machine
 * @param dns whether hosts without an address are given one for it
 */
@Immutable
public record ClientNode(
        String id, String workload, ProxyFacts facts, UserAgent userAgent, OptionalInt adminPort, DnsCapture dns) {

    /**
     * Whether the proxy answers its workload's DNS queries, by names that may be given addresses (node metadata {@code DNS_CAPTURE}, and {@code
     * DNS_AUTO_ALLOCATE} unless that says no).
     */
    public enum DnsCapture {
        OFF,
        ON
    }

    /** One that answers no DNS. */
    public ClientNode(String id, String workload, ProxyFacts facts, UserAgent userAgent, OptionalInt adminPort) {
        this(id, workload, facts, userAgent, adminPort, DnsCapture.OFF);
    }

    /** The program that asks; either may be empty. */
    @Immutable
    public record UserAgent(String name, String version) {
        /** Whether it is Envoy itself, as its project or as Istio ships it. */
        public boolean isEnvoy() {
            return name.equals("envoy");
        }
    }
}
