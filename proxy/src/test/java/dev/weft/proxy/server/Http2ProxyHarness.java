package dev.weft.proxy.server;

import dev.weft.model.cluster.UpstreamProtocol;
import dev.weft.proxy.exchange.ExchangeObserver;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.upstream.Admission;
import dev.weft.proxy.upstream.ConnectionObserver;
import dev.weft.proxy.upstream.ConnectionPool;
import dev.weft.proxy.upstream.Connector;
import dev.weft.proxy.upstream.ForwardUpstream;
import dev.weft.proxy.upstream.Http2Client;
import dev.weft.proxy.upstream.PoolOptions;
import dev.weft.proxy.upstream.UpstreamTransport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** HTTP/2 in and out: an {@link Http2Server} whose requests go to one upstream by {@link Http2Client}. */
public final class Http2ProxyHarness implements AutoCloseable {
    private final ArrayDeque<ForwardUpstream> idle = new ArrayDeque<>();
    private final Http2ServerHarness server;
    private ConnectionPool pool;

    /** Forwards to this port, speaking this. */
    public Http2ProxyHarness(int upstreamPort, PoolOptions.Protocol protocol, UpstreamProtocol.Http2Options http2) {
        this(upstreamPort, protocol, http2, null);
    }

    Http2ProxyHarness(
            int upstreamPort,
            PoolOptions.Protocol protocol,
            UpstreamProtocol.Http2Options http2,
            @Nullable ExchangeObserver observer) {
        Connector connector = new Connector(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), upstreamPort),
                Http2ServerHarness::newClientChannel,
                UpstreamTransport.PLAINTEXT,
                Http2Client.protocol(http2),
                ConnectionObserver.NONE);
        server = new Http2ServerHarness(
                ServerOptions.DEFAULTS,
                (exchange, end) ->
                        ForwardUpstream.start(exchange, end, pool(exchange.loop(), connector, protocol), idle),
                observer);
    }

    public Http2ServerHarness server() {
        return server;
    }

    public int port() {
        return server.port();
    }

    /** Upstream connections that are open. */
    public int connections() {
        try {
            return server.loop()
                    .eventLoop()
                    .submit(() -> pool == null ? 0 : pool.connections())
                    .get(5, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        try {
            server.loop()
                    .eventLoop()
                    .submit(() -> {
                        if (pool != null) {
                            pool.close();
                        }
                    })
                    .get(5, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
        server.close();
    }

    private ConnectionPool pool(Loop loop, Connector connector, PoolOptions.Protocol protocol) {
        if (pool == null) {
            pool = new ConnectionPool(loop, connector, PoolOptions.defaults(protocol), Admission.UNLIMITED);
        }
        return pool;
    }
}
