package dev.weft.proxy.server;

import dev.weft.proxy.codec.http2.Http2Config;
import dev.weft.proxy.exchange.HeadLimits;
import java.time.Duration;

/**
 * How client connections are served, as the HTTP connection manager of the configuration says.
 *
 * <p>Immutable. A duration of zero switches its timer off.
 *
 * @param limits of request heads
 * @param timeouts of connections and requests
 * @param http1 what holds for HTTP/1, and for 100-continue and underscores in both
 * @param http2 what holds for HTTP/2 only: windows, streams
 * @param bufferLimit bytes of one body in flight through the proxy before its source is paused; also what a connection
 *     may have unsent ({@code per_connection_buffer_limit_bytes})
 * @param maxRequests after how many requests a connection is closed; 0 for never
 */
public record ServerOptions(
        HeadLimits limits, Timeouts timeouts, Http1 http1, Http2Config http2, int bufferLimit, long maxRequests) {
    /** Envoy's defaults. */
    public static final ServerOptions DEFAULTS = new ServerOptions(
            HeadLimits.REQUEST, Timeouts.DEFAULTS, Http1.DEFAULTS, Http2Config.DEFAULT, 1024 * 1024, 0);

    /**
     * Timers of a client's connection.
     *
     * @param idle no exchange is open
     * @param streamIdle nothing moves on an exchange: 408 while the request comes in, 504 while the response is awaited
     * @param requestHeaders from a head's first byte to its last
     * @param request from a request's first byte to its last
     * @param maxDuration of an exchange ({@code max_stream_duration})
     * @param maxConnectionDuration of the connection: it drains then
     * @param delayedClose how long input is read and dropped behind a last response, so that it arrives
     */
    public record Timeouts(
            Duration idle,
            Duration streamIdle,
            Duration requestHeaders,
            Duration request,
            Duration maxDuration,
            Duration maxConnectionDuration,
            Duration delayedClose) {
        /** Envoy's defaults. */
        public static final Timeouts DEFAULTS = new Timeouts(
                Duration.ofHours(1),
                Duration.ofMinutes(5),
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofSeconds(1));
    }

    /**
     * Settings of HTTP/1.
     *
     * @param defaultHost for a HTTP/1.0 request without a host; empty for none
     */
    public record Http1(
            Http10 http10,
            String defaultHost,
            ExpectContinue expectContinue,
            Trailers trailers,
            Underscores underscores) {
        /** Envoy's defaults. */
        public static final Http1 DEFAULTS =
                new Http1(Http10.REJECT, "", ExpectContinue.ANSWER, Trailers.DROP, Underscores.ALLOW);
    }

    /** What becomes of HTTP/1.0 requests. */
    public enum Http10 {
        /** Answer 426. */
        REJECT,
        ACCEPT
    }

    /** Who answers {@code expect: 100-continue}. */
    public enum ExpectContinue {
        /** This proxy, at once; the field is removed. */
        ANSWER,
        /** The upstream ({@code proxy_100_continue}, as Istio sets it). */
        PASS_ON
    }

    /** What becomes of HTTP/1 trailers. */
    public enum Trailers {
        DROP,
        PASS_ON
    }

    /** What becomes of field names with an underscore. */
    public enum Underscores {
        ALLOW,
        REJECT_REQUEST,
        DROP_FIELD
    }
}
