package dev.weft.proxy.pipeline;

import com.google.common.net.InetAddresses;
import dev.weft.model.http.HttpOptions.ForwardedHeaders;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.RequestHead;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Finds the client behind other proxies and tells the next hop: {@code x-forwarded-for} and {@code x-forwarded-proto}, after
 * Envoy's rules. Immutable.
 */
final class ForwardedFor {
    private static final byte[] HTTP = "http".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HTTPS = "https".getBytes(StandardCharsets.US_ASCII);

    private final ForwardedHeaders options;

    ForwardedFor(ForwardedHeaders options) {
        this.options = options;
    }

    void onRequest(Exchange exchange) {
        RequestHead request = exchange.request();
        Headers headers = request.headers();
        ConnectionFacts connection = exchange.connection();
        if (options.useRemoteAddress()) {
            if (options.xffTrustedHops() > 0) {
                trust(exchange, options.xffTrustedHops() - 1);
            }
            if (!options.skipXffAppend()) {
                append(headers, connection);
            }
            headers.set(HeaderName.X_ENVOY_EXTERNAL_ADDRESS, host(exchange));
        } else if (headers.contains(HeaderName.X_FORWARDED_FOR)) {
            trust(exchange, options.xffTrustedHops());
        }
        scheme(request, connection);
    }

    private void scheme(RequestHead request, ConnectionFacts connection) {
        Headers headers = request.headers();
        byte[] ours = connection.tls() == null ? HTTP : HTTPS;
        int entry = headers.find(HeaderName.X_FORWARDED_PROTO);
        if (entry == Headers.NONE) {
            headers.add(HeaderName.X_FORWARDED_PROTO, ours);
            return;
        }
        if (options.useRemoteAddress() && options.xffTrustedHops() == 0) {
            headers.set(HeaderName.X_FORWARDED_PROTO, ours);
        } else if (headers.valueEqualsIgnoreCase(entry, HTTPS)) {
            request.scheme(RequestHead.Scheme.HTTPS);
        } else if (headers.valueEqualsIgnoreCase(entry, HTTP)) {
            request.scheme(RequestHead.Scheme.HTTP);
        } else {
            headers.set(HeaderName.X_FORWARDED_PROTO, ours);
        }
    }

    /** Takes the n-th address from the right as the client's; where there is none the peer stays it. */
    private static void trust(Exchange exchange, int fromRight) {
        String all = joined(exchange.request().headers());
        int end = all.length();
        for (int skipped = 0; skipped < fromRight; skipped++) {
            end = all.lastIndexOf(',', end - 1);
            if (end < 0) {
                return;
            }
        }
        String entry = all.substring(all.lastIndexOf(',', end - 1) + 1, end).strip();
        if (InetAddresses.isInetAddress(entry)) {
            exchange.forwardedClient(InetAddresses.forString(entry).getAddress());
        }
    }

    private static void append(Headers headers, ConnectionFacts connection) {
        InetAddress peer = connection.remote().getAddress();
        String own = (peer.isLoopbackAddress() ? connection.local().getAddress() : peer).getHostAddress();
        String before = joined(headers);
        headers.set(HeaderName.X_FORWARDED_FOR, before.isEmpty() ? own : before + "," + own);
    }

    private static String joined(Headers headers) {
        int entry = headers.find(HeaderName.X_FORWARDED_FOR);
        @Nullable String all = null;
        while (entry != Headers.NONE) {
            String value = headers.valueText(entry);
            all = all == null ? value : all + "," + value;
            entry = headers.findFrom(HeaderName.X_FORWARDED_FOR, entry + 1);
        }
        return all == null ? "" : all;
    }

    private static String host(Exchange exchange) {
        byte[] address = exchange.facts().remoteAddress();
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError("an address of " + address.length + " bytes", e);
        }
    }
}
