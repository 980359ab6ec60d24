package dev.weft.proxy.exchange;

import com.google.common.collect.ImmutableList;

/**
 * What to offer by ALPN upstream, by the protocol that the upstream connection will speak; an empty list offers the cluster's own.
 * Immutable.
 */
public record AlpnOffer(ImmutableList<String> http10, ImmutableList<String> http11, ImmutableList<String> http2) {
    /** The cluster's own lists. */
    public static final AlpnOffer NONE = always(ImmutableList.of());

    public static AlpnOffer always(ImmutableList<String> protocols) {
        return new AlpnOffer(protocols, protocols, protocols);
    }

    public ImmutableList<String> on(HttpProtocol upstream) {
        return switch (upstream) {
            case HTTP_1_0 -> http10;
            case HTTP_1_1 -> http11;
            case HTTP_2 -> http2;
        };
    }
}
