package dev.weft.resources;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/**
 * Istio's {@code PeerAuthentication}: whether a workload takes plain text, mutual TLS or both.
 *
 * @param selector absent: the whole namespace, or the mesh in the root namespace
 * @param portLevelMtls by port of the workload (not of the service)
 */
@Immutable
public record PeerAuthentication(
        ResourceMeta meta,
        Optional<LabelSelector> selector,
        MtlsMode mode,
        ImmutableMap<Integer, MtlsMode> portLevelMtls)
        implements Resource {

    /** What a port takes. */
    public enum MtlsMode {
        /** As the next wider policy says. */
        UNSET,
        DISABLE,
        PERMISSIVE,
        STRICT
    }
}
