package dev.weft.proxy.codec.http1;

import dev.weft.proxy.exchange.ByteRanges;
import dev.weft.proxy.exchange.HeaderId;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Takes the fields that concern one connection only out of a received head, and remembers what they said.
 *
 * <p>One per parser, reused; loop-confined. What {@code connection} nominates is removed, as RFC 9110 7.6.1 wants, with
 * Envoy's guard: a message that nominates fields on which trust depends is refused.
 */
final class HopByHop {
    private static final int MOST_NOMINATED = 10;
    private static final byte[] CLOSE = bytes("close");
    private static final byte[] KEEP_ALIVE = bytes("keep-alive");
    private static final byte[] UPGRADE = bytes("upgrade");
    private static final byte[] TRAILERS = bytes("trailers");
    private static final byte[] WEBSOCKET = bytes("websocket");
    private static final byte[] H2C = bytes("h2c");

    private boolean close;
    private boolean keepAlive;
    private boolean upgradeNamed;
    private @Nullable String upgrade;

    boolean closes() {
        return close;
    }

    boolean keepsAlive() {
        return keepAlive;
    }

    /** The protocol to upgrade to, lowercase; null if none is asked for in a valid way. */
    @Nullable
    String upgrade() {
        return upgrade;
    }

    /** Removes the fields; false if the message must be refused. */
    boolean take(Headers headers) {
        close = false;
        keepAlive = false;
        upgradeNamed = false;
        upgrade = null;
        boolean sound = true;
        int entry = headers.find(HeaderName.CONNECTION);
        while (entry != Headers.NONE) {
            sound &= takeTokens(headers, headers.valueStart(entry), headers.valueLength(entry));
            headers.removeAt(entry);
            entry = headers.findFrom(HeaderName.CONNECTION, entry + 1);
        }
        headers.remove(HeaderName.KEEP_ALIVE);
        headers.remove(HeaderName.PROXY_CONNECTION);
        headers.remove(HeaderName.HTTP2_SETTINGS);
        takeUpgrade(headers);
        takeTe(headers);
        return sound;
    }

    private boolean takeTokens(Headers headers, int start, int length) {
        int end = start + length;
        int at = start;
        int nominated = 0;
        boolean sound = true;
        while (at < end) {
            byte[] block = headers.block();
            int comma = ByteRanges.indexOf(block, at, end, (byte) ',');
            int from = ByteRanges.skipBlanks(block, at, comma);
            int size = ByteRanges.trimEnd(block, from, comma) - from;
            at = comma + 1;
            if (size == 0) {
                continue;
            }
            if (ByteRanges.equalsIgnoreCase(block, from, size, KEEP_ALIVE)) {
                keepAlive = true;
            } else if (ByteRanges.equalsIgnoreCase(block, from, size, CLOSE)) {
                close = true;
            } else if (ByteRanges.equalsIgnoreCase(block, from, size, UPGRADE)) {
                upgradeNamed = true;
            } else {
                sound &= ++nominated <= MOST_NOMINATED && removeNominated(headers, from, size);
            }
        }
        return sound;
    }

    private static boolean removeNominated(Headers headers, int from, int size) {
        HeaderName name = HeaderName.of(new String(headers.block(), from, size, StandardCharsets.ISO_8859_1));
        switch (name.id()) {
            case HeaderId.X_FORWARDED_FOR, HeaderId.X_FORWARDED_HOST, HeaderId.X_FORWARDED_PROTO, HeaderId.HOST -> {
                return false;
            }
            // These are looked at by the codec itself, whatever is nominated.
            case HeaderId.TE, HeaderId.TRANSFER_ENCODING, HeaderId.CONTENT_LENGTH, HeaderId.CONNECTION -> {
                return true;
            }
            default -> {
                if (name.text().startsWith(":")) {
                    return false;
                }
                headers.remove(name);
                return true;
            }
        }
    }

    private void takeUpgrade(Headers headers) {
        int entry = headers.find(HeaderName.UPGRADE);
        if (entry == Headers.NONE) {
            return;
        }
        if (upgradeNamed && !headers.valueHasToken(entry, H2C)) {
            upgrade = headers.valueEqualsIgnoreCase(entry, WEBSOCKET)
                    ? "websocket"
                    : headers.valueText(entry).toLowerCase(Locale.ROOT);
        }
        headers.remove(HeaderName.UPGRADE);
    }

    private static void takeTe(Headers headers) {
        int entry = headers.find(HeaderName.TE);
        boolean trailers = false;
        while (entry != Headers.NONE) {
            trailers |= headers.valueHasToken(entry, TRAILERS);
            if (headers.valueEquals(entry, TRAILERS) && headers.findFrom(HeaderName.TE, entry + 1) == Headers.NONE) {
                return;
            }
            headers.removeAt(entry);
            entry = headers.findFrom(HeaderName.TE, entry + 1);
        }
        if (trailers) {
            headers.add(HeaderName.TE, TRAILERS);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
