package dev.weft.proxy.route;

import com.google.common.collect.ImmutableList;
import dev.weft.model.match.RequestFacts;
import dev.weft.model.route.Forward;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteAction;
import dev.weft.model.route.RouteTable;
import dev.weft.model.route.VirtualHost;
import dev.weft.proxy.exchange.Exchange;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A route table with what its routes compile to. Shared by the loops; one per {@link RouteTable}.
 *
 * <p>Routes are compiled when they first match: a mesh's table has thousands that one proxy never uses. The compiled ones stand in
 * a map that is replaced as a whole, so looking one up takes no lock.
 */
public final class Routes {
    private final RouteTable table;
    private volatile Map<VirtualHost, Map<Route, Compiled>> compiled = new IdentityHashMap<>();

    /**
     * @throws IllegalArgumentException when a header edit has an unknown operator, or a rewrite a bad pattern; the table must be
     *     refused
     */
    public Routes(RouteTable table) {
        check(table);
        this.table = table;
    }

    /** Compiles what may be wrong once and forgets the outcome: no request may be the first to find out. */
    private static void check(RouteTable table) {
        for (VirtualHost host : table.config().virtualHosts()) {
            for (Route route : host.routes()) {
                if (!route.mutations().isEmpty() || !host.mutations().isEmpty() || mayFail(route.action())) {
                    RouteEntry.compile(route, host);
                }
            }
        }
    }

    private static boolean mayFail(RouteAction action) {
        return switch (action) {
            case Forward forward ->
                forward.rewrite().path().isPresent() || forward.target() instanceof Forward.WeightedClusters;
            case RouteAction.Redirect redirect -> redirect.path().isPresent();
            case RouteAction.DirectResponse direct -> false;
            case RouteAction.NonForwarding none -> false;
        };
    }

    public RouteTable table() {
        return table;
    }

    /** The route of a request, its share of a split drawn; null where nothing matches. */
    @Nullable
    RouteEntry find(Exchange exchange) {
        RequestFacts facts = exchange.request().facts();
        VirtualHost host = table.virtualHost(facts);
        if (host == null) {
            return null;
        }
        Route route = table.route(host, facts);
        if (route == null) {
            return null;
        }
        Map<Route, Compiled> ofHost = compiled.get(host);
        Compiled known = ofHost == null ? null : ofHost.get(route);
        if (known == null) {
            known = compile(host, route);
        }
        return known.weights.length == 0
                ? known.entries[0]
                : known.draw(exchange.loop().random().nextLong());
    }

    private synchronized Compiled compile(VirtualHost host, Route route) {
        Map<VirtualHost, Map<Route, Compiled>> before = compiled;
        Map<Route, Compiled> ofHost = before.get(host);
        Compiled known = ofHost == null ? null : ofHost.get(route);
        if (known != null) {
            return known;
        }
        Compiled made = Compiled.of(route, RouteEntry.compile(route, host));
        Map<Route, Compiled> newOfHost = ofHost == null ? new IdentityHashMap<>() : new IdentityHashMap<>(ofHost);
        newOfHost.put(route, made);
        Map<VirtualHost, Map<Route, Compiled>> next = new IdentityHashMap<>(before);
        next.put(host, newOfHost);
        compiled = next;
        return made;
    }

    /** The entries of a route, with their weights where it is a split. */
    private static final class Compiled {
        private final RouteEntry[] entries;
        private final long[] weights;
        private final long total;

        private Compiled(RouteEntry[] entries, long[] weights, long total) {
            this.entries = entries;
            this.weights = weights;
            this.total = total;
        }

        static Compiled of(Route route, ImmutableList<RouteEntry> entries) {
            RouteEntry[] array = entries.toArray(RouteEntry[]::new);
            if (route.action() instanceof Forward forward
                    && forward.target() instanceof Forward.WeightedClusters split
                    && array.length > 1) {
                long[] weights = new long[array.length];
                for (int i = 0; i < weights.length; i++) {
                    weights[i] = split.clusters().get(i).weight();
                }
                return new Compiled(array, weights, split.totalWeight());
            }
            return new Compiled(array, new long[0], 0);
        }

        /** As {@link Forward.WeightedClusters#pick}. */
        RouteEntry draw(long random) {
            long at = (random & Long.MAX_VALUE) % total;
            int i = 0;
            while (at >= weights[i]) {
                at -= weights[i++];
            }
            return entries[i];
        }
    }
}
