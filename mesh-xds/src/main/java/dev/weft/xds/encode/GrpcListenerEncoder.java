package dev.weft.xds.encode;

import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Listener.Builder;

/**
 * Listeners for gRPC libraries (gRFC A27, A36): a client's is an API listener with the connection manager alone, a server's keeps its
 * chains but has no listener filters and no original destination.
 */
final class GrpcListenerEncoder {
    private GrpcListenerEncoder() {}

    static io.envoyproxy.envoy.config.listener.v3.Listener encode(Listener listener) {
        if (listener.direction() == Listener.Direction.INBOUND) {
            return ListenerEncoder.encode(listener);
        }
        Builder message =
                io.envoyproxy.envoy.config.listener.v3.Listener.newBuilder().setName(listener.name());
        listener.filterChains().stream()
                .map(FilterChain::filters)
                .flatMap(filters -> filters.stream())
                .filter(NetworkFilter.Http.class::isInstance)
                .map(NetworkFilter.Http.class::cast)
                .findFirst()
                .ifPresent(http -> message.setApiListener(ApiListener.newBuilder()
                        .setApiListener(ApiTypes.HTTP_CONNECTION_MANAGER.pack(
                                HttpConnectionManagerEncoder.encode(http.manager())))));
        return message.build();
    }
}
