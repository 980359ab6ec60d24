package dev.weft.proxy.pipeline;

import com.google.common.collect.ImmutableList;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.route.RouteTable;
import dev.weft.proxy.config.ConfigHolder;
import dev.weft.proxy.config.ListenerSnapshot;
import dev.weft.proxy.config.ListenerSnapshot.ChainKey;
import dev.weft.proxy.config.ProxySnapshot;
import dev.weft.proxy.exchange.FilterChain;
import dev.weft.proxy.exchange.HttpFilter;
import dev.weft.proxy.server.HttpService;
import dev.weft.proxy.server.ServerOptions;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP filter chain as it runs: the filters and the router of the newest configuration, for all its connections.
 *
 * <p>Shared by the loops. Each request asks for {@link #filterChain}: one volatile read and one comparison as long as the
 * configuration stays; after a change the first request compiles the new version, if the change concerns it. A request keeps what it
 * got. A chain that the configuration no longer has serves its connections as it last was, and drains.
 */
final class HttpChain implements HttpService {
    private final String listener;
    private final ChainKey key;
    private final PipelineParts parts;
    private volatile Running running;

    HttpChain(String listener, ChainKey key, ListenerSnapshot first, PipelineParts parts) {
        this.listener = listener;
        this.key = key;
        this.parts = parts;
        this.running = first(first);
    }

    /** A connection may come with an older listener than the one in force: it is served as the newest says all the same. */
    private Running first(ListenerSnapshot taken) {
        ProxySnapshot snapshot = parts.config().current();
        ListenerSnapshot current = snapshot.listeners().get(listener);
        dev.weft.model.listener.FilterChain chain = current == null ? null : current.chain(key);
        if (current != null && chain != null && manager(chain) != null) {
            return compile(snapshot, current.listener(), chain);
        }
        dev.weft.model.listener.FilterChain old = taken.chain(key);
        if (old == null) {
            throw new IllegalArgumentException("listener '" + listener + "' has no filter chain " + key);
        }
        return compile(snapshot, taken.listener(), old).withoutSuccessor(snapshot);
    }

    @Override
    public FilterChain filterChain() {
        return running().filters();
    }

    @Override
    public ServerOptions options() {
        return running().options();
    }

    @Override
    public boolean isDraining() {
        Running now = running();
        return now.gone() || parts.config().isLeaving(now.listener().direction());
    }

    HttpConnectionManager.Codec codec() {
        return running().manager().codec();
    }

    PipelineParts parts() {
        return parts;
    }

    private Running running() {
        Running now = running;
        return now.isOf(parts.config()) ? now : follow();
    }

    private synchronized Running follow() {
        Running before = running;
        ProxySnapshot snapshot = parts.config().current();
        ListenerSnapshot current = snapshot.listeners().get(listener);
        dev.weft.model.listener.FilterChain chain = current == null ? null : current.chain(key);
        Running next;
        if (current == null || chain == null || manager(chain) == null) {
            next = before.withoutSuccessor(snapshot);
        } else if (before.isSame(current.listener(), chain, table(snapshot, chain))) {
            next = before.in(snapshot);
        } else {
            next = compile(snapshot, current.listener(), chain);
        }
        running = next;
        return next;
    }

    private Running compile(ProxySnapshot snapshot, Listener model, dev.weft.model.listener.FilterChain chain) {
        HttpConnectionManager manager = manager(chain);
        if (manager == null) {
            throw new IllegalArgumentException("filter chain " + key + " does not end in an HTTP connection manager");
        }
        RouteTable table = table(snapshot, chain);
        ImmutableList.Builder<HttpFilter> filters = ImmutableList.builder();
        filters.add(new ConnectionManager(manager.options()));
        HttpFilters.add(manager.filters(), parts, filters);
        FilterChain built = new FilterChain(
                filters.build(),
                parts.routers().router(table, manager, model.bufferLimit()),
                parts.observers().http(model, manager),
                model.bufferLimit());
        return new Running(
                snapshot, model, chain, manager, table, built, HttpSettings.of(manager.options(), model), false);
    }

    private static @Nullable HttpConnectionManager manager(dev.weft.model.listener.FilterChain chain) {
        return !chain.filters().isEmpty()
                        && chain.filters().get(chain.filters().size() - 1) instanceof NetworkFilter.Http http
                ? http.manager()
                : null;
    }

    /** The table that the chain names, the same object as long as it does not change; null while it has not arrived. */
    private @Nullable RouteTable table(ProxySnapshot snapshot, dev.weft.model.listener.FilterChain chain) {
        HttpConnectionManager manager = manager(chain);
        if (manager == null) {
            return null;
        }
        return switch (manager.routes()) {
            case HttpConnectionManager.Rds rds -> snapshot.routes(rds.name());
            case HttpConnectionManager.Inline inline -> inlineTable(inline);
        };
    }

    /** An inline table is compiled once per version of its text. */
    private RouteTable inlineTable(HttpConnectionManager.Inline inline) {
        Running before = running;
        return before != null
                        && before.table() != null
                        && before.table().config().equals(inline.table())
                ? before.table()
                : RouteTable.of(inline.table());
    }

    /** One version. {@code snapshot} is the newest that it was compared with. */
    private record Running(
            ProxySnapshot snapshot,
            Listener listener,
            dev.weft.model.listener.FilterChain chain,
            HttpConnectionManager manager,
            @Nullable RouteTable table,
            FilterChain filters,
            ServerOptions options,
            boolean gone) {
        @SuppressWarnings("ReferenceEquality") // each snapshot is an object of its own
        boolean isOf(ConfigHolder config) {
            return snapshot == config.current();
        }

        @SuppressWarnings("ReferenceEquality") // tables are compiled once per content
        boolean isSame(
                Listener newListener, dev.weft.model.listener.FilterChain newChain, @Nullable RouteTable newTable) {
            return table == newTable
                    && chain.equals(newChain)
                    && listener.bufferLimit() == newListener.bufferLimit()
                    && listener.accessLogs().equals(newListener.accessLogs())
                    && listener.direction() == newListener.direction();
        }

        Running in(ProxySnapshot newer) {
            return new Running(newer, listener, chain, manager, table, filters, options, false);
        }

        Running withoutSuccessor(ProxySnapshot newer) {
            return new Running(newer, listener, chain, manager, table, filters, options, true);
        }
    }
}
