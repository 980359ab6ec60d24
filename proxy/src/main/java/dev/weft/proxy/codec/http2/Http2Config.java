package dev.weft.proxy.codec.http2;

import com.google.errorprone.annotations.Immutable;
import dev.weft.model.cluster.UpstreamProtocol;
import dev.weft.model.http.HttpOptions;
import java.time.Duration;

/**
 * What one end of our connections announces and enforces.
 *
 * @param maxStreams streams that the peer may have open (server), or that we open at most (client)
 * @param maxFields fields of one message, counted as they came
 * @param maxFieldBytes size of one message's fields as RFC 9113 section 10.5.1 counts it
 * @param flushTimeout how long a stream may wait to send without being allowed a single byte
 */
@Immutable
public record Http2Config(int maxStreams, Windows windows, int maxFields, int maxFieldBytes, Duration flushTimeout) {
    /** Cookies of one request, joined. */
    static final int MOST_COOKIE_BYTES = 32 * 1024;

    private static final int SERVER_STREAMS = 256;
    private static final int CLIENT_STREAMS = 1024;
    private static final int FIELDS = 100;
    private static final int FIELD_BYTES = 60 * 1024;
    private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(60);

    public static final Http2Config DEFAULT =
            new Http2Config(SERVER_STREAMS, Windows.DEFAULT, FIELDS, FIELD_BYTES, FLUSH_TIMEOUT);

    /**
     * What a peer may send ahead, in bytes.
     *
     * <p>A stream's window is what one body may hold inside the proxy. So it starts small, and grows for bodies whose
     * taker is faster than the window lets their sender be; those of slow takers stay small.
     *
     * @param stream of one stream at its start, as announced
     * @param mostStream up to which one stream's window may grow
     * @param connection of all streams between two window updates
     */
    @Immutable
    public record Windows(int stream, int mostStream, int connection) {
        public static final Windows DEFAULT = new Windows(64 * 1024, 256 * 1024, 1024 * 1024);

        /** As configured: 0 or less leaves a value to the default, a stream's window that is given does not grow. */
        static Windows configured(int stream, int connection) {
            return new Windows(
                    stream > 0 ? stream : DEFAULT.stream,
                    stream > 0 ? stream : DEFAULT.mostStream,
                    connection > 0 ? connection : DEFAULT.connection);
        }
    }

    /** For connections of clients: what is set wins over the defaults. */
    public static Http2Config ofServer(HttpOptions options) {
        HttpOptions.HttpLimits limits = options.limits();
        return new Http2Config(
                limits.maxConcurrentStreams().orElse(SERVER_STREAMS),
                Windows.configured(
                        limits.initialStreamWindow().orElse(0),
                        limits.initialConnectionWindow().orElse(0)),
                limits.maxHeaders().orElse(FIELDS),
                limits.maxRequestHeadersKb().orElse(FIELD_BYTES / 1024) * 1024,
                options.timeouts()
                        .streamIdle()
                        .filter(idle -> !idle.isZero() && idle.compareTo(FLUSH_TIMEOUT) < 0)
                        .orElse(FLUSH_TIMEOUT));
    }

    /** For connections to upstreams: what is set wins over the defaults. */
    public static Http2Config ofClient(UpstreamProtocol.Http2Options options) {
        return new Http2Config(
                options.maxConcurrentStreams() > 0
                        ? (int) Math.min(options.maxConcurrentStreams(), Integer.MAX_VALUE)
                        : CLIENT_STREAMS,
                Windows.configured(options.initialStreamWindow(), options.initialConnectionWindow()),
                FIELDS,
                FIELD_BYTES,
                FLUSH_TIMEOUT);
    }
}
