package dev.weft.control.telemetry;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/**
 * How an edge fared in a window. The components are the fields of the API's answer.
 *
 * @param rps requests, or opened connections, per second
 * @param successRate share that did not fail, null without traffic
 * @param p50Millis null where nothing was measured
 * @param latency what the percentiles were made of, so that answers of several replicas can be put together
 * @param secured whether every request the destination counted came over mutual TLS; null where no destination reports here
 * @param reporters whose word it is: {@code source}, {@code destination} or {@code both}
 * @param sourcePrincipal SPIFFE id that the destination verified, empty where it verified none
 */
@Immutable
public record EdgeStat(
        String sourceWorkload,
        String sourceNamespace,
        String destinationWorkload,
        String destinationService,
        String destinationNamespace,
        String destinationVersion,
        String requestProtocol,
        double rps,
        @Nullable Double successRate,
        @Nullable Double p50Millis,
        @Nullable Double p90Millis,
        @Nullable Double p99Millis,
        ImmutableList<Bucket> latency,
        @Nullable Boolean secured,
        String reporters,
        String sourcePrincipal,
        String destinationPrincipal) {

    /**
     * Requests that took longer than {@code fromMillis}.
     *
     * @param upToMillis at most so long; null for the last bucket, which has no end
     */
    @Immutable
    public record Bucket(double fromMillis, @Nullable Double upToMillis, long count) {}
}
