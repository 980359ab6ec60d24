package dev.weft.model.cluster;

import com.google.errorprone.annotations.Immutable;

/** Which HTTP is spoken upstream ({@code HttpProtocolOptions}). */
@Immutable
public sealed interface UpstreamProtocol {
    record Http1() implements UpstreamProtocol {}

    /** HTTP/2 with prior knowledge, or by ALPN h2 over TLS. */
    record Http2(Http2Options options) implements UpstreamProtocol {}

    /** What the client speaks to us. */
    record UseDownstream(Http2Options options) implements UpstreamProtocol {}

    /** What ALPN negotiates; HTTP/1.1 without TLS. */
    record Auto(Http2Options options) implements UpstreamProtocol {}

    /** 0 leaves a value to the proxy's default. Windows in bytes. */
    @Immutable
    record Http2Options(long maxConcurrentStreams, int initialStreamWindow, int initialConnectionWindow) {
        public static final Http2Options DEFAULT = new Http2Options(0, 0, 0);
    }
}
