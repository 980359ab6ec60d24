package dev.weft.model.cluster;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.Provenance;
import java.time.Duration;
import java.util.Optional;

/**
 * A destination of requests or connections ({@code envoy.config.cluster.v3.Cluster}).
 *
 * @param name Istio's {@code outbound|9080|v1|reviews.default.svc.cluster.local}
 * @param connection limits and options of connections to an endpoint
 * @param transport plain or TLS, chosen per endpoint
 * @param telemetry what metrics and logs say about the destination
 * @param source the DestinationRule that shaped it
 */
@Immutable
public record Cluster(
        String name,
        Discovery discovery,
        LoadBalancing balancing,
        CircuitBreakers breakers,
        ConnectionOptions connection,
        Transport transport,
        ClusterTelemetry telemetry,
        Optional<Provenance> source) {

    /**
     * @param connectTimeout TCP, TLS and ALPN together
     * @param protocol which HTTP is spoken
     * @param idleTimeout how long an unused connection is kept; zero keeps it
     * @param maxRequestsPerConnection 0 means no limit
     * @param bufferLimit bytes buffered per connection before reading stops
     * @param keepalive TCP keep-alive, absent where the system's default holds
     * @param sourceAddresses what connections are bound to: the first one of the endpoint's family; empty leaves it to the system
     */
    @Immutable
    public record ConnectionOptions(
            Duration connectTimeout,
            UpstreamProtocol protocol,
            Optional<Duration> idleTimeout,
            int maxRequestsPerConnection,
            int bufferLimit,
            Optional<TcpKeepalive> keepalive,
            ImmutableList<String> sourceAddresses) {
        public static final ConnectionOptions DEFAULT = new ConnectionOptions(
                Duration.ofSeconds(5), new UpstreamProtocol.Http1(), Optional.empty(), 0, 1 << 20, Optional.empty());

        /** Bound by the system. */
        public ConnectionOptions(
                Duration connectTimeout,
                UpstreamProtocol protocol,
                Optional<Duration> idleTimeout,
                int maxRequestsPerConnection,
                int bufferLimit,
                Optional<TcpKeepalive> keepalive) {
            this(
                    connectTimeout,
                    protocol,
                    idleTimeout,
                    maxRequestsPerConnection,
                    bufferLimit,
                    keepalive,
                    ImmutableList.of());
        }

        public ConnectionOptions withProtocol(UpstreamProtocol other) {
            return new ConnectionOptions(
                    connectTimeout,
                    other,
                    idleTimeout,
                    maxRequestsPerConnection,
                    bufferLimit,
                    keepalive,
                    sourceAddresses);
        }

        public ConnectionOptions withSourceAddresses(ImmutableList<String> addresses) {
            return new ConnectionOptions(
                    connectTimeout, protocol, idleTimeout, maxRequestsPerConnection, bufferLimit, keepalive, addresses);
        }
    }

    /** Zero leaves a value to the system. Seconds, as the socket options count. */
    @Immutable
    public record TcpKeepalive(int probes, int timeSeconds, int intervalSeconds) {}

    /**
     * @param services the services behind the cluster, Istio's cluster metadata {@code services}
     * @param metadataExchange whether TCP connections exchange peer metadata ({@code istio-peer-exchange})
     * @param altStatName name of the cluster in statistics, empty for its own
     */
    @Immutable
    public record ClusterTelemetry(ImmutableList<ServiceRef> services, boolean metadataExchange, String altStatName) {
        public static final ClusterTelemetry NONE = new ClusterTelemetry(ImmutableList.of(), false, "");
    }

    /** A service by its parts, for metric labels. */
    @Immutable
    public record ServiceRef(String host, String name, String namespace) {}
}
