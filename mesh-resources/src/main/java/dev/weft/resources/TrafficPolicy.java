package dev.weft.resources;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a proxy deals with the endpoints of a service. The surprising rule is in {@link #forPort}: a port's settings replace the blocks
 * whole, they do not add to them.
 *
 * @param portLevelSettings by service port
 */
@Immutable
public record TrafficPolicy(Blocks blocks, ImmutableMap<Integer, Blocks> portLevelSettings) {
    /** The blocks that hold on a port: what its own settings leave out has the built-in default, not the value beside them. */
    public Blocks forPort(int port) {
        return portLevelSettings.getOrDefault(port, blocks);
    }

    /** The parts of a policy that may be set for all ports or for one. */
    @Immutable
    public record Blocks(
            Optional<LoadBalancer> loadBalancer,
            Optional<ConnectionPool> connectionPool,
            Optional<OutlierDetection> outlierDetection,
            Optional<ClientTls> tls) {
        public static final Blocks NONE =
                new Blocks(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        /** These blocks, each that is not set taken from the other. */
        public Blocks orElse(Blocks other) {
            return new Blocks(
                    loadBalancer.or(other::loadBalancer),
                    connectionPool.or(other::connectionPool),
                    outlierDetection.or(other::outlierDetection),
                    tls.or(other::tls));
        }
    }

    /** How an endpoint is picked. */
    @Immutable
    public record LoadBalancer(Algorithm algorithm) {}

    /** {@code loadBalancer.simple}. */
    public enum Algorithm {
        /** Not said: least request. */
        UNSPECIFIED,
        ROUND_ROBIN,
        LEAST_REQUEST,
        RANDOM,
        /** To the address that the client dialled. */
        PASSTHROUGH
    }

    /** When an endpoint that fails is left out for a while. */
    @Immutable
    public record OutlierDetection(
            OptionalInt consecutive5xxErrors,
            OptionalInt consecutiveGatewayErrors,
            boolean splitExternalLocalOriginErrors,
            OptionalInt consecutiveLocalOriginFailures,
            Optional<Duration> interval,
            Optional<Duration> baseEjectionTime,
            OptionalInt maxEjectionPercent,
            int minHealthPercent) {}
}
