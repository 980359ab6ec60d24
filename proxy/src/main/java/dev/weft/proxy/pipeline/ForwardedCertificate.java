package dev.weft.proxy.pipeline;

import dev.weft.model.http.HttpOptions.ClientCert;
import dev.weft.model.http.HttpOptions.ClientCertDetails;
import dev.weft.model.http.HttpOptions.ForwardedHeaders;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.PeerIdentity;
import dev.weft.proxy.exchange.TlsFacts;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Tells the next hop who the client proved to be: {@code x-forwarded-client-cert}. Immutable; the element is written once per
 * connection and kept in its facts.
 */
final class ForwardedCertificate {
    private final ClientCert mode;
    private final ClientCertDetails details;

    ForwardedCertificate(ForwardedHeaders options) {
        this.mode = options.clientCert();
        this.details = options.details();
    }

    void onRequest(Exchange exchange) {
        if (mode == ClientCert.ALWAYS_FORWARD_ONLY) {
            return;
        }
        Headers headers = exchange.request().headers();
        ConnectionFacts connection = exchange.connection();
        TlsFacts tls = connection.tls();
        PeerIdentity peer = connection.peer();
        if (mode == ClientCert.SANITIZE || tls == null || peer == null) {
            // Whoever has not proven anything may not speak for others either.
            headers.remove(HeaderName.X_FORWARDED_CLIENT_CERT);
            return;
        }
        switch (mode) {
            case APPEND_FORWARD -> {
                byte[] element = element(connection, tls, peer);
                String before = joined(headers);
                if (before == null) {
                    headers.add(HeaderName.X_FORWARDED_CLIENT_CERT, element);
                } else {
                    headers.set(
                            HeaderName.X_FORWARDED_CLIENT_CERT,
                            before + "," + new String(element, StandardCharsets.ISO_8859_1));
                }
            }
            case SANITIZE_SET -> headers.set(HeaderName.X_FORWARDED_CLIENT_CERT, element(connection, tls, peer));
            case FORWARD_ONLY, ALWAYS_FORWARD_ONLY, SANITIZE -> {
                // what came goes on
            }
        }
    }

    private static @Nullable String joined(Headers headers) {
        int entry = headers.find(HeaderName.X_FORWARDED_CLIENT_CERT);
        @Nullable String all = null;
        while (entry != Headers.NONE) {
            String value = headers.valueText(entry);
            all = all == null ? value : all + "," + value;
            entry = headers.findFrom(HeaderName.X_FORWARDED_CLIENT_CERT, entry + 1);
        }
        return all;
    }

    private byte[] element(ConnectionFacts connection, TlsFacts tls, PeerIdentity peer) {
        if (connection.note() instanceof Element known && known.details().equals(details)) {
            return known.bytes();
        }
        StringBuilder text = new StringBuilder();
        if (!tls.local().isEmpty()) {
            text.append("By=").append(tls.local()).append(';');
        }
        text.append("Hash=").append(peer.sha256());
        if (details.subject()) {
            text.append(";Subject=\"").append(peer.subject()).append('"');
        }
        if (details.uri()) {
            if (peer.uriSans().isEmpty()) {
                text.append(";URI=");
            }
            peer.uriSans().forEach(uri -> text.append(";URI=").append(uri));
        }
        if (details.dns()) {
            peer.dnsSans().forEach(dns -> text.append(";DNS=").append(dns));
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        connection.note(new Element(details, bytes));
        return bytes;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Element(ClientCertDetails details, byte[] bytes) {}
}
