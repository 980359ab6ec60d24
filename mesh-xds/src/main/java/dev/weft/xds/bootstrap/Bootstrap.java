package dev.weft.xds.bootstrap;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.weft.model.Locality;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.listener.Listener;
import dev.weft.model.net.SocketAddress;
import dev.weft.model.tls.SecretRef;
import dev.weft.xds.SecretResource;
import java.time.Duration;
import java.util.Optional;

/**
 * What a proxy is started with: Envoy's bootstrap, as far as we know it, and our own extension of it.
 *
 * @param admin where the admin pages are served, if at all
 * @param secrets static secrets by name
 * @param ads where the aggregated stream goes; absent where everything is static
 * @param agent identity and reports of a proxy of ours; absent in a bootstrap that was written for Envoy alone
 */
public record Bootstrap(
        NodeConfig node,
        Optional<SocketAddress> admin,
        ImmutableList<Listener> listeners,
        ImmutableList<Cluster> clusters,
        ImmutableSortedMap<String, StaticSecret> secrets,
        Optional<AdsConfig> ads,
        Optional<AgentConfig> agent) {

    /**
     * Who the proxy is.
     *
     * @param metadata sent to the server as it is
     */
    public record NodeConfig(String id, String cluster, Locality locality, Struct metadata) {
        /** A text of the metadata's top level, empty where there is none. */
        public String metadataText(String key) {
            return metadata.getFieldsOrDefault(key, Value.getDefaultInstance()).getStringValue();
        }
    }

    /**
     * The aggregated stream.
     *
     * @param cluster a static cluster that speaks HTTP/2
     * @param listeners whether listeners are asked for, clusters whether clusters are
     */
    public record AdsConfig(String cluster, Variant variant, boolean listeners, boolean clusters) {
        /** Which of the two protocols is spoken. */
        public enum Variant {
            STATE_OF_THE_WORLD,
            DELTA
        }
    }

    /** A secret of the bootstrap itself. */
    public sealed interface StaticSecret {
        record FromFiles(SecretRef.Files files) implements StaticSecret {}

        record Inline(SecretResource secret) implements StaticSecret {}
    }

    /**
     * Our extension, {@code dev.weft.api.agent.v1.Agent}, with its defaults filled in.
     *
     * @param xdsCluster static cluster for ADS, certificate requests and reports
     * @param tokenPath file with the workload's credential
     * @param workloadIdentity SPIFFE id that the certificate must carry
     * @param certificateValidity life asked for
     * @param rotationRatio share of the life after which a new certificate is asked for
     * @param statusPort port for health and metrics, 0 for none
     * @param telemetryInterval time between reports, zero for none
     */
    public record AgentConfig(
            String xdsCluster,
            String tokenPath,
            String trustDomain,
            String workloadIdentity,
            Duration certificateValidity,
            double rotationRatio,
            int statusPort,
            Duration telemetryInterval) {
        public static final Duration DEFAULT_VALIDITY = Duration.ofHours(24);
        public static final double DEFAULT_ROTATION_RATIO = 0.5;
    }
}
