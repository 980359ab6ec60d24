package dev.weft.model.http;

import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Behaviour of a connection manager beside routes and filters. Defaults are Envoy's.
 *
 * @param serverHeader what the response's {@code server} header says
 * @param upgrades lower-case upgrade types that are allowed, {@code connect} included
 * @param proxy100Continue whether {@code Expect: 100-continue} is passed on instead of answered
 */
@Immutable
public record HttpOptions(
        Paths paths,
        ServerHeader serverHeader,
        ForwardedHeaders forwarded,
        HttpTimeouts timeouts,
        HttpLimits limits,
        ImmutableSet<String> upgrades,
        boolean generateRequestId,
        boolean proxy100Continue,
        boolean acceptHttp10) {
    public static final HttpOptions DEFAULT = new HttpOptions(
            Paths.DEFAULT,
            new ServerHeader(ServerHeader.Mode.OVERWRITE, "envoy"),
            ForwardedHeaders.DEFAULT,
            HttpTimeouts.DEFAULT,
            HttpLimits.DEFAULT,
            ImmutableSet.of(),
            true,
            false,
            false);

    /** Path normalisation before matching. */
    @Immutable
    public record Paths(boolean normalize, boolean mergeSlashes, EscapedSlashes escapedSlashes) {
        public static final Paths DEFAULT = new Paths(false, false, EscapedSlashes.KEEP_UNCHANGED);
    }

    /** What to do with %2F and %5C in a path. */
    public enum EscapedSlashes {
        KEEP_UNCHANGED,
        REJECT_REQUEST,
        UNESCAPE_AND_REDIRECT,
        UNESCAPE_AND_FORWARD
    }

    @Immutable
    public record ServerHeader(Mode mode, String name) {
        public enum Mode {
            OVERWRITE,
            APPEND_IF_ABSENT,
            PASS_THROUGH
        }
    }

    /**
     * @param useRemoteAddress whether the peer's address is the client's and is appended to x-forwarded-for
     * @param clientCert what happens to x-forwarded-client-cert
     */
    @Immutable
    public record ForwardedHeaders(
            boolean useRemoteAddress,
            int xffTrustedHops,
            boolean skipXffAppend,
            ClientCert clientCert,
            ClientCertDetails details) {
        public static final ForwardedHeaders DEFAULT =
                new ForwardedHeaders(false, 0, false, ClientCert.SANITIZE, ClientCertDetails.NONE);
    }

    public enum ClientCert {
        SANITIZE,
        FORWARD_ONLY,
        APPEND_FORWARD,
        SANITIZE_SET,
        ALWAYS_FORWARD_ONLY
    }

    /** Which keys an own x-forwarded-client-cert element gets beside By and Hash. */
    @Immutable
    public record ClientCertDetails(boolean subject, boolean cert, boolean chain, boolean dns, boolean uri) {
        public static final ClientCertDetails NONE = new ClientCertDetails(false, false, false, false, false);
    }

    /** Absent means Envoy's default, zero switches a limit off. */
    @Immutable
    public record HttpTimeouts(
            Optional<Duration> connectionIdle,
            Optional<Duration> streamIdle,
            Optional<Duration> request,
            Optional<Duration> requestHeaders,
            Optional<Duration> maxConnectionDuration,
            Optional<Duration> drain,
            Optional<Duration> delayedClose) {
        public static final HttpTimeouts DEFAULT = new HttpTimeouts(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());

        /** One hour where nothing is set. */
        public Duration connectionIdleOrDefault() {
            return connectionIdle.orElse(Duration.ofHours(1));
        }

        /** Five minutes where nothing is set. */
        public Duration streamIdleOrDefault() {
            return streamIdle.orElse(Duration.ofMinutes(5));
        }
    }

    /** Absent means the proxy's default (60 KiB, 100 headers, 256 streams). Windows in bytes. */
    @Immutable
    public record HttpLimits(
            OptionalInt maxRequestHeadersKb,
            OptionalInt maxHeaders,
            OptionalInt maxRequestsPerConnection,
            OptionalInt maxConcurrentStreams,
            OptionalInt initialStreamWindow,
            OptionalInt initialConnectionWindow) {
        public static final HttpLimits DEFAULT = new HttpLimits(
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty());
    }
}
