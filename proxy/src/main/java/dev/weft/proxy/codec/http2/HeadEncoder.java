package dev.weft.proxy.codec.http2;

import dev.weft.proxy.codec.http2.hpack.HpackEncoder;
import dev.weft.proxy.codec.http2.hpack.HpackField;
import dev.weft.proxy.exchange.HeaderId;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.RequestHead;
import java.nio.charset.StandardCharsets;

/**
 * Encodes heads and trailers of one connection.
 *
 * <p>Loop-confined. The block is in {@link #bytes} until the next one of any connection of the loop. Fields that belong
 * to HTTP/1's framing are left out.
 */
final class HeadEncoder {
    private static final byte[] CONNECT = "CONNECT".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] HTTP = "http".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] HTTPS = "https".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] TRAILERS = "trailers".getBytes(StandardCharsets.ISO_8859_1);

    private final HpackEncoder hpack;
    private final HpackField field = new HpackField();
    private final byte[] digits = new byte[3];

    HeadEncoder(HpackEncoder hpack) {
        this.hpack = hpack;
    }

    byte[] bytes() {
        return hpack.bytes();
    }

    int length() {
        return hpack.length();
    }

    void peerTableSize(long size) {
        hpack.peerTableSize(size);
    }

    void request(RequestHead head) {
        hpack.begin();
        Headers headers = head.headers();
        byte[] block = headers.block();
        String upgrade = head.upgrade();
        if (upgrade != null) {
            pseudo(HeaderName.PSEUDO_METHOD, CONNECT);
            pseudo(HeaderName.PSEUDO_PROTOCOL, upgrade.getBytes(StandardCharsets.ISO_8859_1));
        } else {
            pseudo(HeaderName.PSEUDO_METHOD, block, head.methodStart(), head.methodLength());
        }
        if (head.hasPath()) {
            pseudo(HeaderName.PSEUDO_SCHEME, head.scheme() == RequestHead.Scheme.HTTPS ? HTTPS : HTTP);
            pseudo(HeaderName.PSEUDO_PATH, block, head.pathStart(), head.pathLength());
        }
        if (head.hasAuthority()) {
            pseudo(HeaderName.PSEUDO_AUTHORITY, block, head.authorityStart(), head.authorityLength());
        }
        fields(headers, upgrade != null);
    }

    void response(int status, Headers headers) {
        hpack.begin();
        digits[0] = (byte) ('0' + status / 100);
        digits[1] = (byte) ('0' + status / 10 % 10);
        digits[2] = (byte) ('0' + status % 10);
        pseudo(HeaderName.PSEUDO_STATUS, digits);
        fields(headers, false);
    }

    void trailers(Headers headers) {
        hpack.begin();
        fields(headers, false);
    }

    private void pseudo(HeaderName name, byte[] value) {
        pseudo(name, value, 0, value.length);
    }

    private void pseudo(HeaderName name, byte[] value, int at, int length) {
        hpack.field(field.name(name).value(value, at, length).sensitive(false));
    }

    /** {@code upgrade}: HTTP/1's WebSocket handshake is left out, HTTP/2 has none. */
    private void fields(Headers headers, boolean upgrade) {
        byte[] block = headers.block();
        for (int i = 0; i < headers.entries(); i++) {
            if (!headers.isLive(i)) {
                continue;
            }
            int id = headers.id(i);
            switch (id) {
                case HeaderId.CONNECTION,
                        HeaderId.KEEP_ALIVE,
                        HeaderId.PROXY_CONNECTION,
                        HeaderId.TRANSFER_ENCODING,
                        HeaderId.UPGRADE,
                        HeaderId.HTTP2_SETTINGS,
                        HeaderId.HOST -> {
                    continue;
                }
                case HeaderId.TE -> {
                    if (headers.valueHasToken(i, TRAILERS)) {
                        hpack.field(field.name(HeaderName.TE)
                                .value(TRAILERS, 0, TRAILERS.length)
                                .sensitive(false));
                    }
                    continue;
                }
                case HeaderId.SEC_WEBSOCKET_KEY -> {
                    if (upgrade) {
                        continue;
                    }
                }
                default -> {}
            }
            hpack.field(field.name(id, block, headers.nameStart(i), headers.nameLength(i))
                    .value(block, headers.valueStart(i), headers.valueLength(i))
                    .sensitive(headers.isSensitive(i)));
        }
    }
}
