package dev.weft.proxy.pipeline;

import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.proxy.exchange.ExchangeObserver;

/** Makes who looks at finished exchanges: access logs, metrics, traces. Called when a chain is built, on any loop. */
public interface Observers {
    /** Looks at nothing. */
    Observers NONE = new Observers() {
        @Override
        public ExchangeObserver http(Listener listener, HttpConnectionManager manager) {
            return exchange -> {};
        }

        @Override
        public ExchangeObserver tcp(Listener listener, NetworkFilter.TcpProxy proxy, TcpMetrics metrics) {
            return exchange -> {};
        }

        @Override
        public ExchangeObserver refused(Listener listener) {
            return exchange -> {};
        }
    };

    /** Of an HTTP connection manager; whether it counts Istio's metrics stands among its filters. */
    ExchangeObserver http(Listener listener, HttpConnectionManager manager);

    /** Of a TCP proxy. */
    ExchangeObserver tcp(Listener listener, NetworkFilter.TcpProxy proxy, TcpMetrics metrics);

    /** Of connections that no filter chain was found for, or whose handshake failed. */
    ExchangeObserver refused(Listener listener);

    /** Whether Istio's TCP metrics are counted on a chain. */
    enum TcpMetrics {
        NONE,
        ISTIO
    }
}
