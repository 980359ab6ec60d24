package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One HTTP rule of a {@link VirtualService}. Its index in {@link VirtualService#http} is its rule index.
 *
 * @param match alternatives; empty matches every request
 * @param timeout for the whole exchange, retries included; absent: none
 * @param retries absent: the mesh's default policy
 */
@Immutable
public record HttpRoute(
        Optional<String> name,
        ImmutableList<Match> match,
        HttpAction action,
        Optional<Rewrite> rewrite,
        Optional<Duration> timeout,
        Optional<HttpRetry> retries,
        Optional<HttpFault> fault,
        ImmutableList<Mirror> mirrors,
        Optional<CorsPolicy> cors,
        HeaderEdits headers) {

    /**
     * One block of conditions: all must hold.
     *
     * @param ignoreUriCase for an exact or prefix {@code uri} only
     * @param headers by name as written; {@link StringMatch.Present} where any value will do
     * @param withoutHeaders must not match; an absent header fulfils it
     * @param port the service port that the client dialled
     * @param sourceLabels of the client's workload
     * @param gateways empty: those of the object
     */
    @Immutable
    public record Match(
            Optional<String> name,
            Optional<StringMatch> uri,
            boolean ignoreUriCase,
            Optional<StringMatch> scheme,
            Optional<StringMatch> method,
            Optional<StringMatch> authority,
            ImmutableMap<String, StringMatch> headers,
            ImmutableMap<String, StringMatch> withoutHeaders,
            ImmutableMap<String, StringMatch> queryParams,
            OptionalInt port,
            ImmutableMap<String, String> sourceLabels,
            Optional<String> sourceNamespace,
            ImmutableList<String> gateways,
            Optional<String> statPrefix) {}

    /** What to change before the request is forwarded. */
    @Immutable
    public record Rewrite(Optional<UriRewrite> uri, Optional<String> authority) {}

    /** How the path is rewritten. */
    @Immutable
    public sealed interface UriRewrite {
        /** Replaces the matched prefix, or the whole path where the match was not a prefix. */
        @Immutable
        record Replace(String value) implements UriRewrite {}

        /** RE2 with {@code \1} captures, on the path without the query. */
        @Immutable
        record Regex(String match, String substitution) implements UriRewrite {}
    }

    /** A copy of the request sent elsewhere, its response dropped. */
    @Immutable
    public record Mirror(Destination destination, Percent percentage) {}

    /** Cross-origin answers given by the proxy; an empty list means that its header is not sent. */
    @Immutable
    public record CorsPolicy(
            ImmutableList<StringMatch> allowOrigins,
            ImmutableList<String> allowMethods,
            ImmutableList<String> allowHeaders,
            ImmutableList<String> exposeHeaders,
            Optional<Duration> maxAge,
            Optional<Boolean> allowCredentials,
            UnmatchedPreflights unmatchedPreflights) {}

    /** What happens to a preflight request from an origin that is not allowed. */
    public enum UnmatchedPreflights {
        FORWARD,
        IGNORE
    }
}
