package dev.weft.proxy.filter;

import com.google.common.collect.ImmutableList;
import dev.weft.model.http.HttpFilter.AlpnOverride;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FilterAction;
import dev.weft.proxy.exchange.HttpFilter;

/**
 * Istio's {@code istio.alpn}: offers the server's sidecar by ALPN what the client speaks, so that it can tell the mesh's HTTP from an
 * application's own TLS.
 */
public final class AlpnFilter extends HttpFilter {
    private final ImmutableList<String> http10;
    private final ImmutableList<String> http11;
    private final ImmutableList<String> http2;

    public AlpnFilter(AlpnOverride config) {
        super(config.name(), REQUEST_HEAD);
        this.http10 = config.http10();
        this.http11 = config.http11();
        this.http2 = config.http2();
    }

    @Override
    public FilterAction onRequestHead(Exchange exchange, boolean end) {
        ImmutableList<String> offer = switch (exchange.request().protocol()) {
            case HTTP_1_0 -> http10;
            case HTTP_1_1 -> http11;
            case HTTP_2 -> http2;
        };
        if (!offer.isEmpty()) {
            exchange.upstreamAlpn(offer);
        }
        return FilterAction.CONTINUE;
    }
}
