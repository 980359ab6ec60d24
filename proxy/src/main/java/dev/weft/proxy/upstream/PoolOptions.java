package dev.weft.proxy.upstream;

import dev.weft.proxy.exchange.HeadLimits;
import java.time.Duration;

/**
 * How a pool makes and keeps connections; from the cluster's configuration. A duration of zero switches its timer off.
 *
 * @param connectTimeout for TCP, TLS and ALPN together
 * @param idleTimeout a connection without streams is closed after it
 * @param maxRequests a connection takes so many requests; 0 for any number
 * @param limits of response heads
 * @param bufferLimit bytes of one body in flight, and of unsent bytes of one connection
 */
public record PoolOptions(
        Protocol protocol,
        Duration connectTimeout,
        Duration idleTimeout,
        long maxRequests,
        HeadLimits limits,
        int bufferLimit) {
    /** What is spoken on a connection. */
    public enum Protocol {
        HTTP1,
        /** With prior knowledge. */
        HTTP2,
        /** HTTP/2 if the handshake's ALPN says {@code h2}, else HTTP/1. */
        ALPN,
        /** No HTTP at all: a CONNECT or upgrade request is answered here, and its body travels raw. */
        RAW
    }

    /** Envoy's defaults with a protocol. */
    public static PoolOptions defaults(Protocol protocol) {
        return new PoolOptions(
                protocol, Duration.ofSeconds(5), Duration.ofHours(1), 0, HeadLimits.RESPONSE, 1024 * 1024);
    }
}
