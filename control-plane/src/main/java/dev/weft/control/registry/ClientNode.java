package dev.weft.control.registry;

import com.google.errorprone.annotations.Immutable;
import java.util.OptionalInt;

/**
 * Who is at the other end of one stream: what its node message says, checked against its credential.
 *
 * @param id the node id, Istio's {@code sidecar~10.0.0.7~reviews-v1.shop~shop.svc.cluster.local}
 * @param workload name of the pod or {@code WorkloadEntry}
 * @param facts what translation may know of it, with all addresses
 * @param userAgent name and version of the program, for display
 * @param adminPort of its admin endpoint, for tools on the same machine
 */
@Immutable
public record ClientNode(String id, String workload, ProxyFacts facts, UserAgent userAgent, OptionalInt adminPort) {

    /** The program that asks; either may be empty. */
    @Immutable
    public record UserAgent(String name, String version) {}
}
