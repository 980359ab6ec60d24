package dev.weft.proxy.config;

import com.google.common.collect.ImmutableMap;
import dev.weft.model.ProxyConfig;
import dev.weft.model.listener.Listener;
import dev.weft.model.route.RouteConfig;
import dev.weft.model.route.RouteTable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One configuration, compiled: what the loops look things up in. Immutable.
 *
 * <p>Made on the control thread, published by {@link ConfigHolder}. What did not change since the snapshot before is taken over
 * as it is, so that a change of one route table compiles one route table.
 */
public final class ProxySnapshot {
    public static final ProxySnapshot EMPTY =
            new ProxySnapshot(ProxyConfig.EMPTY, 0, ImmutableMap.of(), ImmutableMap.of());

    private final ProxyConfig config;
    private final long version;
    private final ImmutableMap<String, RouteTable> routes;
    private final ImmutableMap<String, ListenerSnapshot> listeners;

    private ProxySnapshot(
            ProxyConfig config,
            long version,
            ImmutableMap<String, RouteTable> routes,
            ImmutableMap<String, ListenerSnapshot> listeners) {
        this.config = config;
        this.version = version;
        this.routes = routes;
        this.listeners = listeners;
    }

    /**
     * The successor of this snapshot.
     *
     * @throws IllegalArgumentException when a route table or a listener contradicts itself; this snapshot then stays in force
     */
    public ProxySnapshot next(ProxyConfig newer) {
        ImmutableMap.Builder<String, RouteTable> tables = ImmutableMap.builder();
        for (Map.Entry<String, RouteConfig> entry : newer.routes().entrySet()) {
            RouteTable known = routes.get(entry.getKey());
            tables.put(
                    entry.getKey(),
                    known != null && known.config().equals(entry.getValue()) ? known : RouteTable.of(entry.getValue()));
        }
        ImmutableMap.Builder<String, ListenerSnapshot> compiled = ImmutableMap.builder();
        for (Map.Entry<String, Listener> entry : newer.listeners().entrySet()) {
            ListenerSnapshot known = listeners.get(entry.getKey());
            compiled.put(
                    entry.getKey(),
                    known != null && known.listener().equals(entry.getValue())
                            ? known
                            : ListenerSnapshot.of(entry.getValue()));
        }
        return new ProxySnapshot(newer, version + 1, tables.buildOrThrow(), compiled.buildOrThrow());
    }

    public ProxyConfig config() {
        return config;
    }

    /** Counts the snapshots of this process. */
    public long version() {
        return version;
    }

    /** The compiled route table of this name, or null while it has not arrived. */
    public @Nullable RouteTable routes(String name) {
        return routes.get(name);
    }

    /** By name. */
    public ImmutableMap<String, ListenerSnapshot> listeners() {
        return listeners;
    }
}
