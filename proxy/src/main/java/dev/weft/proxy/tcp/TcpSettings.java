package dev.weft.proxy.tcp;

import com.google.common.collect.ImmutableList;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.proxy.cluster.Clusters;
import dev.weft.proxy.exchange.FilterChain;
import dev.weft.proxy.telemetry.WorkloadMetadata;
import java.time.Duration;

/**
 * How the connections of one filter chain are forwarded. Immutable, shared by the loops; made by {@code proxy.pipeline}.
 *
 * @param chain without filters; has the observer that is told of each connection's end, and the buffer limit
 * @param proxy where to
 * @param authorization rules that each connection must pass, in their order
 * @param exchange what peers are told and asked
 */
public record TcpSettings(
        FilterChain chain,
        NetworkFilter.TcpProxy proxy,
        ImmutableList<NetworkFilter.Authorization> authorization,
        PeerExchangeSettings exchange,
        Clusters clusters,
        int bufferLimit) {
    private static final Duration DEFAULT_IDLE = Duration.ofHours(1);

    Duration idleTimeout() {
        return proxy.idleTimeout().orElse(DEFAULT_IDLE);
    }

    /**
     * @param protocol the ALPN on which clients of ours exchange metadata; empty for none
     * @param own what we tell, as {@link PeerExchange#encode} made it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record PeerExchangeSettings(String protocol, byte[] own) {
        public static final PeerExchangeSettings NONE = new PeerExchangeSettings("", new byte[0]);

        /** Towards endpoints only, until a chain names the protocol of its clients. */
        public static PeerExchangeSettings of(WorkloadMetadata self) {
            return new PeerExchangeSettings("", PeerExchange.encode(self));
        }

        public PeerExchangeSettings withProtocol(String alpn) {
            return new PeerExchangeSettings(alpn, own);
        }
    }
}
