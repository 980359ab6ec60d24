package dev.weft.resources;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One running workload outside a Pod: the body of a {@code WorkloadEntry}, and an inline endpoint of a {@code ServiceEntry}.
 *
 * @param address an IP address, a DNS name or {@code unix:///path}; absent only where a network is named
 * @param ports port of the workload by the name of the service port; a missing name means the service's target port
 * @param weight share of the load; absent means 1
 */
@Immutable
public record WorkloadSpec(
        Optional<String> address,
        ImmutableMap<String, Integer> ports,
        ImmutableMap<String, String> labels,
        Optional<String> network,
        Optional<Locality> locality,
        OptionalInt weight,
        Optional<String> serviceAccount) {

    public boolean unixSocket() {
        return address.filter(text -> text.startsWith("unix:")).isPresent();
    }
}
