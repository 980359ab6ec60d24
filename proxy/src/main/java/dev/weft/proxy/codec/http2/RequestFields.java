package dev.weft.proxy.codec.http2;

import dev.weft.proxy.codec.http2.hpack.HpackField;
import dev.weft.proxy.exchange.HeaderId;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds a request's head from a block.
 *
 * <p>{@code host} becomes the authority where there is no {@code :authority}, which otherwise wins. An extended CONNECT
 * (RFC 8441) becomes what HTTP/1 calls an upgrade: a GET with {@link RequestHead#upgrade}.
 */
public final class RequestFields extends MessageFields {
    private static final int METHOD = 1;
    private static final int SCHEME = 2;
    private static final int PATH = 4;
    private static final int AUTHORITY = 8;
    private static final int PROTOCOL = 16;
    private static final int HOST = 32;

    private static final byte[] HTTP = "http".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] HTTPS = "https".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] WEBSOCKET = "websocket".getBytes(StandardCharsets.ISO_8859_1);

    private RequestHead head = new RequestHead();
    private int seen;
    private int hostStart;
    private int hostLength;
    private @Nullable String protocol;

    /** Starts a block that fills this head, which is empty. */
    public MessageFields begin(RequestHead into, Http2Config config) {
        head = into;
        seen = 0;
        protocol = null;
        into.protocol(HttpProtocol.HTTP_2);
        begin(into.headers(), config);
        return this;
    }

    @Override
    boolean onPseudo(HpackField field) {
        int bit = switch (field.nameId()) {
            case HeaderId.PSEUDO_METHOD -> METHOD;
            case HeaderId.PSEUDO_SCHEME -> SCHEME;
            case HeaderId.PSEUDO_PATH -> PATH;
            case HeaderId.PSEUDO_AUTHORITY -> AUTHORITY;
            case HeaderId.PSEUDO_PROTOCOL -> PROTOCOL;
            default -> 0;
        };
        if (bit == 0 || (seen & bit) != 0) {
            return false;
        }
        seen |= bit;
        byte[] value = field.value();
        int at = field.valueAt();
        int length = field.valueLength();
        Headers headers = target();
        switch (bit) {
            case METHOD -> {
                if (!FieldRules.isToken(value, at, length)) {
                    return false;
                }
                head.methodAt(headers.append(value, at, length), length);
            }
            case SCHEME -> {
                if (equal(value, at, length, HTTP)) {
                    head.scheme(RequestHead.Scheme.HTTP);
                } else if (equal(value, at, length, HTTPS)) {
                    head.scheme(RequestHead.Scheme.HTTPS);
                } else {
                    return false;
                }
            }
            case PATH -> {
                if (length == 0 || !FieldRules.isPath(value, at, length)) {
                    return false;
                }
                head.pathAt(headers.append(value, at, length), length);
            }
            case AUTHORITY -> {
                if (length > 0 && !FieldRules.isAuthority(value, at, length)) {
                    return false;
                }
                head.authorityAt(headers.append(value, at, length), length);
            }
            default -> {
                if (!FieldRules.isToken(value, at, length)) {
                    return false;
                }
                protocol = equal(value, at, length, WEBSOCKET)
                        ? "websocket"
                        : new String(value, at, length, StandardCharsets.ISO_8859_1);
            }
        }
        return true;
    }

    @Override
    boolean onSpecial(HpackField field) {
        if (field.nameId() != HeaderId.HOST) {
            return false;
        }
        if ((seen & HOST) != 0
                || (field.valueLength() > 0
                        && !FieldRules.isAuthority(field.value(), field.valueAt(), field.valueLength()))) {
            malformed();
            return true;
        }
        seen |= HOST;
        hostStart = target().append(field.value(), field.valueAt(), field.valueLength());
        hostLength = field.valueLength();
        return true;
    }

    @Override
    void finish() {
        super.finish();
        head.contentLength(contentLength());
        head.receivedBytes(listBytes());
        if (outcome() != Outcome.WELL_FORMED) {
            return;
        }
        if ((seen & (AUTHORITY | HOST)) == HOST) {
            head.authorityAt(hostStart, hostLength);
        }
        boolean connect = head.method() == HttpMethod.CONNECT;
        if (protocol != null) {
            if (!connect || (seen & (SCHEME | PATH)) != (SCHEME | PATH)) {
                malformed();
                return;
            }
            head.method("GET");
            head.upgrade(protocol);
        } else if (connect) {
            if ((seen & (SCHEME | PATH)) != 0 || !head.hasAuthority()) {
                malformed();
            }
            return;
        }
        if ((seen & (METHOD | SCHEME | PATH)) != (METHOD | SCHEME | PATH) || !isOriginForm()) {
            malformed();
        }
    }

    private boolean isOriginForm() {
        byte first = head.headers().block()[head.pathStart()];
        return first == '/' || (first == '*' && head.pathLength() == 1 && head.method() == HttpMethod.OPTIONS);
    }

    private static boolean equal(byte[] value, int at, int length, byte[] wanted) {
        return Arrays.equals(value, at, at + length, wanted, 0, wanted.length);
    }
}
