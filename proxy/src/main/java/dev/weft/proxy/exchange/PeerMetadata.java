package dev.weft.proxy.exchange;

import com.google.errorprone.annotations.Immutable;

/**
 * The workload at the other end as Istio's metrics name it, learnt from exchanged headers or from endpoint metadata.
 *
 * <p>Immutable; one instance serves all exchanges with that workload. Empty text means unknown.
 */
@Immutable
public record PeerMetadata(
        String id,
        String workload,
        String namespace,
        String canonicalService,
        String canonicalRevision,
        String app,
        String version,
        String cluster) {}
