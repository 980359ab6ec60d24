package dev.weft.proxy.codec.http2.hpack;

import dev.weft.proxy.exchange.HeaderId;
import dev.weft.proxy.exchange.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The static table of RFC 7541, appendix A, with the numbers of well-known names beside it. Immutable. */
final class HpackStatic {
    /** The last static index; dynamic ones follow. */
    static final int LAST = 61;

    private static final String[] FIELDS = {
        ":authority",
        "",
        ":method",
        "GET",
        ":method",
        "POST",
        ":path",
        "/",
        ":path",
        "/index.html",
        ":scheme",
        "http",
        ":scheme",
        "https",
        ":status",
        "200",
        ":status",
        "204",
        ":status",
        "206",
        ":status",
        "304",
        ":status",
        "400",
        ":status",
        "404",
        ":status",
        "500",
        "accept-charset",
        "",
        "accept-encoding",
        "gzip, deflate",
        "accept-language",
        "",
        "accept-ranges",
        "",
        "accept",
        "",
        "access-control-allow-origin",
        "",
        "age",
        "",
        "allow",
        "",
        "authorization",
        "",
        "cache-control",
        "",
        "content-disposition",
        "",
        "content-encoding",
        "",
        "content-language",
        "",
        "content-length",
        "",
        "content-location",
        "",
        "content-range",
        "",
        "content-type",
        "",
        "cookie",
        "",
        "date",
        "",
        "etag",
        "",
        "expect",
        "",
        "expires",
        "",
        "from",
        "",
        "host",
        "",
        "if-match",
        "",
        "if-modified-since",
        "",
        "if-none-match",
        "",
        "if-range",
        "",
        "if-unmodified-since",
        "",
        "last-modified",
        "",
        "link",
        "",
        "location",
        "",
        "max-forwards",
        "",
        "proxy-authenticate",
        "",
        "proxy-authorization",
        "",
        "range",
        "",
        "referer",
        "",
        "refresh",
        "",
        "retry-after",
        "",
        "server",
        "",
        "set-cookie",
        "",
        "strict-transport-security",
        "",
        "transfer-encoding",
        "",
        "user-agent",
        "",
        "vary",
        "",
        "via",
        "",
        "www-authenticate",
        ""
    };

    private static final byte[][] NAMES = new byte[LAST + 1][];
    private static final byte[][] VALUES = new byte[LAST + 1][];
    private static final int[] NAME_IDS = new int[LAST + 1];
    /** By well-known name: the first index with that name, 0 if there is none. */
    private static final byte[] INDEX_BY_ID = new byte[HeaderId.COUNT];

    static {
        for (int index = 1; index <= LAST; index++) {
            NAMES[index] = FIELDS[index * 2 - 2].getBytes(StandardCharsets.ISO_8859_1);
            VALUES[index] = FIELDS[index * 2 - 1].getBytes(StandardCharsets.ISO_8859_1);
            int id = HeaderName.of(FIELDS[index * 2 - 2]).id();
            NAME_IDS[index] = id;
            if (id != HeaderId.UNKNOWN && INDEX_BY_ID[id] == 0) {
                INDEX_BY_ID[id] = (byte) index;
            }
        }
    }

    private HpackStatic() {}

    static byte[] name(int index) {
        return NAMES[index];
    }

    static byte[] value(int index) {
        return VALUES[index];
    }

    static int nameId(int index) {
        return NAME_IDS[index];
    }

    /** The first index with the name of this number; 0 if there is none. */
    static int indexOfName(int nameId) {
        return INDEX_BY_ID[nameId];
    }

    /** The index of the whole field; 0 if there is none. */
    static int indexOf(HpackField field) {
        int id = field.nameId();
        int first = INDEX_BY_ID[id];
        if (first == 0 || VALUES[first].length == 0) {
            return 0;
        }
        for (int index = first; index <= LAST && NAME_IDS[index] == id; index++) {
            if (Arrays.equals(
                    VALUES[index],
                    0,
                    VALUES[index].length,
                    field.value(),
                    field.valueAt(),
                    field.valueAt() + field.valueLength())) {
                return index;
            }
        }
        return 0;
    }
}
