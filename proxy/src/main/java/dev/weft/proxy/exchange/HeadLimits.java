package dev.weft.proxy.exchange;

/**
 * How much of a message head is accepted; trailers count as a head of their own.
 *
 * @param bytes all lines, start line included ({@code max_request_headers_kb} × 1024)
 * @param fields number of fields
 */
public record HeadLimits(int bytes, int fields) {
    /** Envoy's defaults for requests: 60 KiB, 100 fields. */
    public static final HeadLimits REQUEST = new HeadLimits(60 * 1024, 100);

    /** Envoy's defaults for responses: 80 KiB, 100 fields. */
    public static final HeadLimits RESPONSE = new HeadLimits(80 * 1024, 100);
}
