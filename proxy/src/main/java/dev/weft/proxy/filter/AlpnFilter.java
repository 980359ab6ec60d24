package dev.weft.proxy.filter;

import dev.weft.model.http.HttpFilter.AlpnOverride;
import dev.weft.proxy.exchange.AlpnOffer;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FilterAction;
import dev.weft.proxy.exchange.HttpFilter;

/**
 * Istio's {@code istio.alpn}: offers the server's sidecar by ALPN what the connection to it speaks, so that it can tell the mesh's HTTP from an
 * application's own TLS.
 */
public final class AlpnFilter extends HttpFilter {
    private final AlpnOffer offer;

    public AlpnFilter(AlpnOverride config) {
        super(config.name(), REQUEST_HEAD);
        this.offer = new AlpnOffer(config.http10(), config.http11(), config.http2());
    }

    @Override
    public FilterAction onRequestHead(Exchange exchange, boolean end) {
        exchange.upstreamAlpn(offer);
        return FilterAction.CONTINUE;
    }
}
