package dev.weft.proxy.codec.http2;

import com.google.errorprone.annotations.Immutable;
import dev.weft.model.cluster.UpstreamProtocol;
import dev.weft.model.http.HttpOptions;
import java.time.Duration;

/**
 * What one end of our connections announces and enforces. Windows in bytes.
 *
 * @param maxStreams streams that the peer may have open (server), or that we open at most (client)
 * @param streamWindow body bytes of one stream that the peer may send ahead of the other side's socket
 * @param connectionWindow bytes of all streams between two window updates
 * @param maxFields fields of one message, counted as they came
 * @param maxFieldBytes size of one message's fields as RFC 9113 section 10.5.1 counts it
 * @param flushTimeout how long a stream may wait to send without being allowed a single byte
 */
@Immutable
public record Http2Config(
        int maxStreams,
        int streamWindow,
        int connectionWindow,
        int maxFields,
        int maxFieldBytes,
        Duration flushTimeout) {
    public static final int DEFAULT_STREAMS = 256;
    public static final int DEFAULT_STREAM_WINDOW = 256 * 1024;
    public static final int DEFAULT_CONNECTION_WINDOW = 1024 * 1024;
    /** Cookies of one request, joined. */
    static final int MOST_COOKIE_BYTES = 32 * 1024;

    private static final int DEFAULT_FIELDS = 100;
    private static final int DEFAULT_FIELD_BYTES = 60 * 1024;
    private static final Duration DEFAULT_FLUSH_TIMEOUT = Duration.ofSeconds(60);
    private static final int CLIENT_STREAMS = 1024;

    public static final Http2Config DEFAULT = new Http2Config(
            DEFAULT_STREAMS,
            DEFAULT_STREAM_WINDOW,
            DEFAULT_CONNECTION_WINDOW,
            DEFAULT_FIELDS,
            DEFAULT_FIELD_BYTES,
            DEFAULT_FLUSH_TIMEOUT);

    /** For connections of clients: what is set wins over the defaults. */
    public static Http2Config ofServer(HttpOptions options) {
        HttpOptions.HttpLimits limits = options.limits();
        return new Http2Config(
                limits.maxConcurrentStreams().orElse(DEFAULT_STREAMS),
                limits.initialStreamWindow().orElse(DEFAULT_STREAM_WINDOW),
                limits.initialConnectionWindow().orElse(DEFAULT_CONNECTION_WINDOW),
                limits.maxHeaders().orElse(DEFAULT_FIELDS),
                limits.maxRequestHeadersKb().orElse(DEFAULT_FIELD_BYTES / 1024) * 1024,
                options.timeouts()
                        .streamIdle()
                        .filter(idle -> !idle.isZero() && idle.compareTo(DEFAULT_FLUSH_TIMEOUT) < 0)
                        .orElse(DEFAULT_FLUSH_TIMEOUT));
    }

    /** For connections to upstreams: what is set wins over the defaults. */
    public static Http2Config ofClient(UpstreamProtocol.Http2Options options) {
        return new Http2Config(
                options.maxConcurrentStreams() > 0
                        ? (int) Math.min(options.maxConcurrentStreams(), Integer.MAX_VALUE)
                        : CLIENT_STREAMS,
                options.initialStreamWindow() > 0 ? options.initialStreamWindow() : DEFAULT_STREAM_WINDOW,
                options.initialConnectionWindow() > 0 ? options.initialConnectionWindow() : DEFAULT_CONNECTION_WINDOW,
                DEFAULT_FIELDS,
                DEFAULT_FIELD_BYTES,
                DEFAULT_FLUSH_TIMEOUT);
    }
}
