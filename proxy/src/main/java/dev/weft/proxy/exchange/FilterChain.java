package dev.weft.proxy.exchange;

import com.google.common.collect.ImmutableList;

/**
 * The filters of one listener's filter chain in their order, with the router behind them.
 *
 * <p>Immutable, built by {@code proxy.pipeline} for each configuration, shared by the loops. An exchange keeps the one
 * that it started with. The walk itself is {@link FilterWalk}.
 */
public final class FilterChain {
    /** More would not fit the walk's set of holding filters. */
    private static final int MOST_FILTERS = 62;

    private final HttpFilter[] filters;
    private final HttpFilter[] reversed;
    private final int phases;
    private final Router router;
    private final ExchangeObserver observer;
    private final int bufferLimit;

    /**
     * Takes filters that stand in no other chain.
     *
     * @param bufferLimit bytes that filters may hold back per message: {@code per_connection_buffer_limit_bytes}
     */
    public FilterChain(ImmutableList<HttpFilter> filters, Router router, ExchangeObserver observer, int bufferLimit) {
        if (filters.size() > MOST_FILTERS) {
            throw new IllegalArgumentException(filters.size() + " filters; at most " + MOST_FILTERS + " are possible");
        }
        this.filters = filters.toArray(new HttpFilter[0]);
        this.reversed = filters.reverse().toArray(new HttpFilter[0]);
        this.router = router;
        this.observer = observer;
        this.bufferLimit = bufferLimit;
        int all = 0;
        for (int i = 0; i < this.filters.length; i++) {
            this.filters[i].placeAt(i);
            all |= this.filters[i].phases();
        }
        this.phases = all;
    }

    /** How many filters there are, the router not counted. */
    public int size() {
        return filters.length;
    }

    public Router router() {
        return router;
    }

    ExchangeObserver observer() {
        return observer;
    }

    int bufferLimit() {
        return bufferLimit;
    }

    /** In the order of requests; read only. */
    HttpFilter[] filters() {
        return filters;
    }

    /** In the order of responses; read only. */
    HttpFilter[] reversed() {
        return reversed;
    }

    boolean has(int phase) {
        return (phases & phase) != 0;
    }
}
