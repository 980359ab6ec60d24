package dev.weft.proxy.xds;

import com.google.common.collect.ImmutableSet;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.route.Forward;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteConfig;
import dev.weft.model.route.VirtualHost;
import dev.weft.model.tls.SecretRef;
import dev.weft.proxy.identity.SecretRefs;
import java.util.ArrayList;
import java.util.List;

/** What listeners and route tables refer to by name. */
final class References {
    private References() {}

    static ImmutableSet<String> clusters(RouteConfig table) {
        ImmutableSet.Builder<String> names = ImmutableSet.builder();
        for (VirtualHost host : table.virtualHosts()) {
            for (Route route : host.routes()) {
                if (route.action() instanceof Forward forward) {
                    add(forward.target(), names);
                }
            }
        }
        return names.build();
    }

    /** The clusters that a listener itself names; those of its route tables by name come with the tables. */
    static ImmutableSet<String> clusters(Listener listener) {
        ImmutableSet.Builder<String> names = ImmutableSet.builder();
        for (NetworkFilter filter : filters(listener)) {
            switch (filter) {
                case NetworkFilter.TcpProxy tcp -> add(tcp.target(), names);
                case NetworkFilter.Http http -> {
                    if (http.manager().routes() instanceof HttpConnectionManager.Inline(RouteConfig table)) {
                        names.addAll(clusters(table));
                    }
                }
                case NetworkFilter.Authorization ignored -> {}
                case NetworkFilter.MetadataExchange ignored -> {}
                case NetworkFilter.IstioStats ignored -> {}
            }
        }
        return names.build();
    }

    /** The secrets of a listener that come over the stream of the configuration. */
    static ImmutableSet<String> secrets(Listener listener) {
        return fromServer(SecretRefs.in(listener));
    }

    static ImmutableSet<String> secrets(Cluster cluster) {
        return fromServer(SecretRefs.in(cluster));
    }

    private static ImmutableSet<String> fromServer(ImmutableSet<SecretRef> refs) {
        ImmutableSet.Builder<String> names = ImmutableSet.builder();
        for (SecretRef ref : refs) {
            if (ref instanceof SecretRef.Sds(String name, SecretRef.Ads ignored)) {
                names.add(name);
            }
        }
        return names.build();
    }

    static ImmutableSet<String> routeTables(Listener listener) {
        ImmutableSet.Builder<String> names = ImmutableSet.builder();
        for (NetworkFilter filter : filters(listener)) {
            if (filter instanceof NetworkFilter.Http(HttpConnectionManager manager)
                    && manager.routes() instanceof HttpConnectionManager.Rds(String name)) {
                names.add(name);
            }
        }
        return names.build();
    }

    private static List<NetworkFilter> filters(Listener listener) {
        List<NetworkFilter> filters = new ArrayList<>();
        for (FilterChain chain : listener.filterChains()) {
            filters.addAll(chain.filters());
        }
        listener.defaultFilterChain().ifPresent(chain -> filters.addAll(chain.filters()));
        return filters;
    }

    private static void add(Forward.Target target, ImmutableSet.Builder<String> names) {
        switch (target) {
            case Forward.SingleCluster(String name) -> names.add(name);
            case Forward.WeightedClusters split -> split.clusters().forEach(c -> names.add(c.name()));
        }
    }
}
