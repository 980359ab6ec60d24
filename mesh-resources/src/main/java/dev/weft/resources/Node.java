package dev.weft.resources;

import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/** A Kubernetes {@code Node}: where the pods on it stand. */
@Immutable
public record Node(ResourceMeta meta) implements Resource {
    private static final String REGION = "topology.kubernetes.io/region";
    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final String SUBZONE = "topology.istio.io/subzone";

    /** What its labels say; empty where they say nothing. */
    public Optional<Locality> locality() {
        Locality locality = new Locality(label(REGION), label(ZONE), label(SUBZONE));
        return locality.region().isEmpty() && locality.zone().isEmpty() ? Optional.empty() : Optional.of(locality);
    }

    private String label(String name) {
        return meta.labels().getOrDefault(name, "");
    }
}
