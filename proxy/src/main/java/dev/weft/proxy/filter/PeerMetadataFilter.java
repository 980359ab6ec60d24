package dev.weft.proxy.filter;

import dev.weft.model.http.HttpFilter.PeerMetadata;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FilterAction;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.HttpFilter;
import dev.weft.proxy.telemetry.WorkloadMetadata;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Istio's peer metadata exchange: both sidecars tell each other who their workloads are in {@code x-envoy-peer-metadata}, so that both
 * can name the other in metrics. The headers are taken away before the application sees them; a server answers only a client that
 * told.
 */
public final class PeerMetadataFilter extends HttpFilter {
    private static final Object TOLD = new Object();
    private static final int MOST_LOOPS = 256;

    private final PeerMetadata config;
    private final byte[] id;
    private final byte[] metadata;
    private final AtomicReferenceArray<@Nullable PeerCache> caches = new AtomicReferenceArray<>(MOST_LOOPS);

    public PeerMetadataFilter(PeerMetadata config, WorkloadMetadata self) {
        super(config.name(), REQUEST_HEAD | RESPONSE_HEAD);
        this.config = config;
        this.id = self.nodeId().getBytes(StandardCharsets.ISO_8859_1);
        this.metadata = Base64.getEncoder().encode(self.encode());
    }

    @Override
    public FilterAction onRequestHead(Exchange exchange, boolean end) {
        Headers headers = exchange.request().headers();
        if (config.downstreamDiscovery()) {
            if (headers.contains(HeaderName.X_ENVOY_PEER_METADATA)) {
                state(exchange, TOLD);
            }
            exchange.downstreamPeer(take(exchange, headers));
        }
        if (config.upstreamPropagation()) {
            tell(headers);
        }
        return FilterAction.CONTINUE;
    }

    @Override
    public FilterAction onResponseHead(Exchange exchange, boolean end) {
        Headers headers = exchange.response().headers();
        if (config.upstreamDiscovery()) {
            // Without metadata in the response what the endpoint's own says stays.
            dev.weft.proxy.exchange.PeerMetadata peer = take(exchange, headers);
            if (peer != null) {
                exchange.upstreamPeer(peer);
            }
        }
        if (config.downstreamPropagation() && state(exchange) != null) {
            tell(headers);
        }
        return FilterAction.CONTINUE;
    }

    private void tell(Headers headers) {
        headers.set(HeaderName.X_ENVOY_PEER_METADATA_ID, id);
        headers.set(HeaderName.X_ENVOY_PEER_METADATA, metadata);
    }

    private dev.weft.proxy.exchange.@Nullable PeerMetadata take(Exchange exchange, Headers headers) {
        headers.remove(HeaderName.X_ENVOY_PEER_METADATA_ID);
        int entry = headers.find(HeaderName.X_ENVOY_PEER_METADATA);
        if (entry == Headers.NONE) {
            return null;
        }
        dev.weft.proxy.exchange.PeerMetadata peer = cache(exchange.loop().index())
                .find(headers.block(), headers.valueStart(entry), headers.valueLength(entry));
        headers.remove(HeaderName.X_ENVOY_PEER_METADATA);
        return peer;
    }

    private PeerCache cache(int loop) {
        PeerCache cache = caches.get(loop);
        if (cache == null) {
            cache = new PeerCache();
            caches.set(loop, cache);
        }
        return cache;
    }
}
