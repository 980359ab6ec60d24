package dev.weft.proxy.pipeline;

import com.google.common.collect.ImmutableList;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.route.RouteTable;
import dev.weft.proxy.cluster.Clusters;
import dev.weft.proxy.config.ConfigHolder;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Router;
import dev.weft.proxy.tcp.TcpSettings.PeerExchangeSettings;
import dev.weft.proxy.telemetry.WorkloadMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What running chains are made of; made once by the program's wiring.
 *
 * @param self what we tell peers
 */
public record PipelineParts(
        ConfigHolder config,
        ImmutableList<Loop> loops,
        Clusters clusters,
        Routers routers,
        Observers observers,
        WorkloadMetadata self) {
    /** Makes the end of an HTTP chain. */
    public interface Routers {
        /** @param table null while it has not arrived */
        Router router(@Nullable RouteTable table, HttpConnectionManager manager, int bufferLimit);
    }

    PeerExchangeSettings peerExchange() {
        return PeerExchangeSettings.of(self);
    }
}
