package dev.weft.proxy.exchange;

/** The well-known request methods; any other token is {@link #OTHER} and kept as bytes in the {@link RequestHead}. */
public enum HttpMethod {
    GET,
    HEAD,
    POST,
    PUT,
    DELETE,
    CONNECT,
    OPTIONS,
    TRACE,
    PATCH,
    OTHER;

    private static final HttpMethod[] ALL = values();

    /** The method with exactly these bytes (methods are case-sensitive). */
    public static HttpMethod of(byte[] block, int start, int length) {
        if (length == 3 && block[start] == 'G' && block[start + 1] == 'E' && block[start + 2] == 'T') {
            return GET;
        }
        for (int i = 1; i < ALL.length - 1; i++) {
            if (ByteRanges.equalsText(block, start, length, ALL[i].name())) {
                return ALL[i];
            }
        }
        return OTHER;
    }
}
