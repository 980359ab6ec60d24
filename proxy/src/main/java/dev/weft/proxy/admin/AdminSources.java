package dev.weft.proxy.admin;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import dev.weft.proxy.cluster.Clusters;
import dev.weft.proxy.config.ConfigHolder;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.listener.Listeners;
import dev.weft.proxy.telemetry.MetricSource;
import dev.weft.proxy.telemetry.RecentFailures;
import dev.weft.proxy.telemetry.StatSource;
import java.time.Instant;
import java.util.Optional;

/** All that the admin pages look at; implemented by the program's wiring. Asked from any thread. */
public interface AdminSources {
    /** What the proxy is. */
    ProxyFacts facts();

    /** How far it is, as far as the program knows; the pages know of failed health checks by themselves. */
    ServerState state();

    /** Why it takes no traffic; empty where it does, or nothing more can be said. */
    Optional<String> unready();

    Clusters clusters();

    Listeners listeners();

    ConfigHolder config();

    SecretStore secrets();

    /** Istio's metrics and whatever else is counted under names of its own. */
    ImmutableList<MetricSource> metrics();

    /** Envoy's statistics beyond those of clusters, listeners and the process, which the pages find themselves. */
    ImmutableList<StatSource> stats();

    /** The exchanges that failed lately. */
    RecentFailures failures();

    /** The bootstrap as a message {@code envoy.config.bootstrap.v3.Bootstrap}; empty where nobody kept it. */
    Optional<ByteString> bootstrap();

    /** What the control plane sent of a type, by name. */
    ImmutableList<ReceivedResource> received(ResourceType type);

    /** Whether the stream to the control plane is open; empty where the bootstrap names none. */
    Optional<Boolean> isControlPlaneConnected();

    /** What an operator may order. */
    AdminCommands commands();

    /**
     * What does not change while the proxy runs.
     *
     * @param node the node's id
     * @param nodeCluster the node's cluster
     * @param loops event loops for data
     */
    record ProxyFacts(String version, String node, String nodeCluster, int loops, Instant startedAt) {}

    /** Envoy's states of a server, in the order of their numbers. */
    enum ServerState {
        /** Takes traffic. */
        LIVE,
        /** Is told to end, or to look unhealthy. */
        DRAINING,
        /** Waits for its first clusters. */
        PRE_INITIALIZING,
        /** Waits for the rest of its first configuration. */
        INITIALIZING
    }

    /** The types that a dump is made of. */
    enum ResourceType {
        CLUSTERS("envoy.config.cluster.v3.Cluster"),
        ENDPOINTS("envoy.config.endpoint.v3.ClusterLoadAssignment"),
        LISTENERS("envoy.config.listener.v3.Listener"),
        ROUTES("envoy.config.route.v3.RouteConfiguration");

        private final String message;

        ResourceType(String message) {
            this.message = message;
        }

        /** The full name of the message. */
        public String message() {
            return message;
        }
    }

    /**
     * One resource as it was received.
     *
     * @param version of {@code bytes}
     * @param updated when that version was accepted
     * @param bytes the accepted version; empty where none ever was
     * @param refusal why the newest version is not the one in force
     */
    record ReceivedResource(
            String name, String version, Instant updated, Optional<ByteString> bytes, Optional<Refusal> refusal) {}

    /** A version that was refused. */
    record Refusal(String version, String reason, Instant at) {}
}
