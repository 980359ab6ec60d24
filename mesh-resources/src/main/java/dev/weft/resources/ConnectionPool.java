package dev.weft.resources;

import com.google.errorprone.annotations.Immutable;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** Limits on what is open towards a service, or towards the application. What is absent has Envoy's default (practically none). */
@Immutable
public record ConnectionPool(Tcp tcp, Http http) {
    public static final ConnectionPool NONE = new ConnectionPool(Tcp.NONE, Http.NONE);

    /** Limits of connections. */
    @Immutable
    public record Tcp(
            OptionalInt maxConnections,
            Optional<Duration> connectTimeout,
            Optional<TcpKeepalive> tcpKeepalive,
            Optional<Duration> maxConnectionDuration,
            Optional<Duration> idleTimeout) {
        public static final Tcp NONE =
                new Tcp(OptionalInt.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The operating system's probes on a quiet connection; what is absent is left to the system. */
    @Immutable
    public record TcpKeepalive(OptionalInt probes, Optional<Duration> time, Optional<Duration> interval) {}

    /** Limits of requests. */
    @Immutable
    public record Http(
            OptionalInt http1MaxPendingRequests,
            OptionalInt http2MaxRequests,
            OptionalInt maxRequestsPerConnection,
            OptionalInt maxRetries,
            Optional<Duration> idleTimeout,
            UpgradePolicy h2UpgradePolicy,
            boolean useClientProtocol,
            OptionalInt maxConcurrentStreams,
            Optional<Http2KeepAlive> http2KeepAlive) {
        public static final Http NONE = new Http(
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                UpgradePolicy.DEFAULT,
                false,
                OptionalInt.empty(),
                Optional.empty());
    }

    /** Pings on a quiet HTTP/2 connection. */
    @Immutable
    public record Http2KeepAlive(Duration interval, Duration timeout) {}

    /** Whether HTTP/1.1 clients reach the service over HTTP/2. */
    public enum UpgradePolicy {
        /** As the mesh says. */
        DEFAULT,
        DO_NOT_UPGRADE,
        UPGRADE
    }
}
