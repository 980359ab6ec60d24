package dev.weft.control.translate;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.ProxyConfig;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.EndpointSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a change of endpoints makes of a configuration: the clusters and endpoint sets that are others than before, and nothing about the rest,
 * which stays.
 */
@Immutable
@SuppressWarnings("Immutable") // the maps are immutable
public record EndpointChange(ImmutableMap<String, Cluster> clusters, ImmutableMap<String, EndpointSet> endpoints) {

    /** The configuration with the change in it. What does not change keeps its very map. */
    public ProxyConfig applyTo(ProxyConfig before) {
        return new ProxyConfig(
                before.listeners(),
                before.routes(),
                replaced(before.clusters(), clusters),
                replaced(before.endpoints(), endpoints));
    }

    private static <V> ImmutableSortedMap<String, V> replaced(
            ImmutableSortedMap<String, V> before, Map<String, V> parts) {
        if (parts.isEmpty()) {
            return before;
        }
        TreeMap<String, V> all = new TreeMap<>(before);
        all.putAll(parts);
        return ImmutableSortedMap.copyOfSorted(all);
    }
}
