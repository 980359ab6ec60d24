package dev.weft.proxy.server;

import dev.weft.proxy.codec.http2.Http2Config;
import dev.weft.proxy.exchange.HeadLimits;
import dev.weft.proxy.upstream.PoolOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** All that a request of HTTP/1 passes: a client's connection, the proxy, and a backend that follows a script. */
final class Http1Path implements AutoCloseable {
    static final String GET = "GET /%s HTTP/1.1\r\nHost: a\r\n\r\n";
    static final PoolOptions POOL = PoolOptions.defaults(PoolOptions.Protocol.HTTP1);

    final Origin origin;
    final TestProxy proxy;
    final Wire client;

    private Http1Path(Origin.Script script, ServerOptions options, PoolOptions pool) throws Exception {
        origin = new Origin(script);
        proxy = new TestProxy(origin.port(), options, pool);
        client = Wire.to(proxy.port());
    }

    static Http1Path to(Origin.Script script) throws Exception {
        return to(script, ServerOptions.DEFAULTS);
    }

    static Http1Path to(Origin.Script script, ServerOptions options) throws Exception {
        return to(script, options, POOL);
    }

    static Http1Path to(Origin.Script script, ServerOptions options, PoolOptions pool) throws Exception {
        return new Http1Path(script, options, pool);
    }

    static ServerOptions options(ServerOptions.Timeouts timeouts, ServerOptions.Http1 http1, int bufferLimit) {
        return new ServerOptions(HeadLimits.REQUEST, timeouts, http1, Http2Config.DEFAULT, bufferLimit, 0);
    }

    static ServerOptions timeouts(ServerOptions.Timeouts timeouts) {
        return options(timeouts, ServerOptions.Http1.DEFAULTS, 1 << 20);
    }

    static ServerOptions timeouts(long streamIdleMillis, long headerMillis, long delayedCloseMillis) {
        return timeouts(new ServerOptions.Timeouts(
                Duration.ofHours(1),
                Duration.ofMillis(streamIdleMillis),
                Duration.ofMillis(headerMillis),
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofMillis(delayedCloseMillis)));
    }

    @Override
    public void close() throws Exception {
        try (origin;
                proxy;
                client) {
            // The client first: the proxy checks at its end that nothing was leaked.
        }
    }

    /** A backend that answers each request with its path. */
    static final class EchoPaths implements Origin.Script {
        /** The heads that came. */
        final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

        @Override
        public void run(Wire wire) throws IOException {
            for (String head = wire.head(); !head.isEmpty(); head = wire.head()) {
                requests.add(head);
                String path = head.split(" ")[1];
                wire.send("HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
            }
        }
    }
}
