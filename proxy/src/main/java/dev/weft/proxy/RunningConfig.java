package dev.weft.proxy;

import com.google.common.collect.ImmutableSortedMap;
import dev.weft.api.istio.nds.NameTable;
import dev.weft.model.ProxyConfig;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.listener.Listener;
import dev.weft.proxy.cluster.Clusters;
import dev.weft.proxy.config.ConfigHolder;
import dev.weft.proxy.config.ProxySnapshot;
import dev.weft.proxy.identity.FileSecrets;
import dev.weft.proxy.identity.SecretRefs;
import dev.weft.proxy.listener.Listeners;
import dev.weft.proxy.xds.ConfigSink;
import dev.weft.xds.bootstrap.Bootstrap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a configuration the running one, in the order in which nothing refers to what is not there: endpoints, clusters, routes and
 * filter chains, listeners. Adds what stands in the bootstrap. Confined to the control thread.
 */
final class RunningConfig implements ConfigSink {
    private static final Logger LOG = LoggerFactory.getLogger(RunningConfig.class);

    private final Bootstrap bootstrap;
    private final FileSecrets files;
    private final Clusters clusters;
    private final ConfigHolder holder;
    private final Listeners listeners;
    private volatile boolean warm;
    private volatile Consumer<NameTable> names = table -> {};

    RunningConfig(Bootstrap bootstrap, FileSecrets files, Clusters clusters, ConfigHolder holder, Listeners listeners) {
        this.bootstrap = bootstrap;
        this.files = files;
        this.clusters = clusters;
        this.holder = holder;
        this.listeners = listeners;
    }

    @Override
    public void apply(ProxyConfig dynamic) {
        ProxyConfig config = withStatic(dynamic);
        files.require(SecretRefs.in(config));
        clusters.publishEndpoints(config.endpoints());
        clusters.publish(config.clusters().values().stream()
                .filter(cluster -> !isControlPlaneByName(cluster))
                .toList());
        ProxySnapshot snapshot = holder.publish(config);
        listeners
                .apply(snapshot)
                .forEach((name, problem) -> LOG.warn("listener not running name={} problem={}", name, problem));
    }

    @Override
    public void warm() {
        // Decoding leaves more behind than what it made. Nobody waits yet, and the heap would keep that size until many
        // requests
        // later.
        System.gc();
        warm = true;
        LOG.info(
                "configuration is complete listeners={}",
                holder.current().config().listeners().size());
    }

    @Override
    public void names(NameTable table) {
        names.accept(table);
    }

    /** Who answers by the names of the mesh. */
    void namesTo(Consumer<NameTable> taker) {
        names = taker;
    }

    /** Whether all that the control plane meant at first is running. */
    boolean isWarm() {
        return warm;
    }

    /**
     * Requests do not go to the control plane, and its channel looks its name up by itself: run as a cluster like others, it would have a
     * second client of DNS in every sidecar ask for it every five seconds.
     */
    private boolean isControlPlaneByName(Cluster cluster) {
        boolean named = cluster.discovery() instanceof Discovery.StrictDns
                || cluster.discovery() instanceof Discovery.LogicalDns;
        return named
                && bootstrap
                        .ads()
                        .filter(ads -> ads.cluster().equals(cluster.name()))
                        .isPresent();
    }

    /** A name in the bootstrap is not for the control plane to change. */
    private ProxyConfig withStatic(ProxyConfig dynamic) {
        Map<String, Listener> allListeners = new TreeMap<>(dynamic.listeners());
        bootstrap.listeners().forEach(listener -> allListeners.put(listener.name(), listener));
        Map<String, Cluster> allClusters = new TreeMap<>(dynamic.clusters());
        bootstrap.clusters().forEach(cluster -> allClusters.put(cluster.name(), cluster));
        return new ProxyConfig(
                ImmutableSortedMap.copyOf(allListeners),
                dynamic.routes(),
                ImmutableSortedMap.copyOf(allClusters),
                dynamic.endpoints());
    }
}
