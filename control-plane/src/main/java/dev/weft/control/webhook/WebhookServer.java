package dev.weft.control.webhook;

import com.google.common.collect.ImmutableMap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * The HTTPS port that the API server calls. Hands each request to the handler of its path, on a virtual thread. Owns its threads. The certificate is asked for anew in
 * each handshake, so that a rotation touches no open connection.
 */
public final class WebhookServer implements AutoCloseable {
    /** An object of Kubernetes is at most 1.5 MiB large; a review holds two and their wrapping. */
    static final int MAX_BODY = 8 << 20;

    /** Whoever reaches the port can fill a body for each connection. */
    private static final int MAX_CONNECTIONS = 256;

    private static final int MAX_LINE = 8 << 10;
    private static final int MAX_HEADERS = 32 << 10;
    private static final int HANDSHAKE_SECONDS = 10;

    /** The API server lets go of a connection after 90 idle seconds: who closed first could meet its next request, which it does not repeat. */
    private static final int IDLE_SECONDS = 150;

    /** The API server waits for no answer longer than this, as the chart has it. */
    private static final int LAST_ANSWERS_SECONDS = 10;

    private final EventLoopGroup loops;
    private final ExecutorService calls;
    private final Channel channel;
    private final WebhookClients clients;

    private WebhookServer(EventLoopGroup loops, ExecutorService calls, Channel channel, WebhookClients clients) {
        this.loops = loops;
        this.calls = calls;
        this.channel = channel;
        this.clients = clients;
    }

    /**
     * @param address port 0 means any free one
     * @param handlers by path
     */
    public static WebhookServer start(
            InetSocketAddress address,
            X509ExtendedKeyManager certificate,
            ImmutableMap<String, AdmissionHandler> handlers,
            InjectionMetrics metrics) {
        SslContext tls = tls(certificate);
        ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                1, Thread.ofPlatform().name("webhook").daemon().factory(), NioIoHandler.newFactory());
        WebhookClients clients = new WebhookClients(MAX_CONNECTIONS);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connection) {
                        if (!clients.admit(connection)) {
                            connection.close();
                            return;
                        }
                        SslHandler handler = tls.newHandler(connection.alloc());
                        handler.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
                        connection
                                .pipeline()
                                .addLast(new IdleStateHandler(0, 0, IDLE_SECONDS))
                                .addLast(handler)
                                .addLast(new HttpServerCodec(MAX_LINE, MAX_HEADERS, MAX_LINE))
                                .addLast(new HttpObjectAggregator(MAX_BODY))
                                .addLast(new WebhookConnection(handlers, calls, metrics, clients));
                    }
                });
        try {
            Channel channel = bootstrap.bind(address).syncUninterruptibly().channel();
            return new WebhookServer(loops, calls, channel, clients);
        } catch (RuntimeException e) {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            calls.shutdownNow();
            throw e;
        }
    }

    private static SslContext tls(X509ExtendedKeyManager certificate) {
        try {
            // The JDK's TLS asks the key manager in each handshake; the native one may keep what it was told.
            return SslContextBuilder.forServer(certificate)
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
        } catch (SSLException e) {
            throw new UncheckedIOException("the webhooks' TLS cannot be set up", e);
        }
    }

    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** From now on each answer is the last one of its connection: the API server goes to another replica with what comes next. */
    public void leave() {
        clients.leave();
    }

    boolean leaving() {
        return clients.leaving();
    }

    /** Waits for the answers that are under way. */
    @Override
    public void close() {
        if (loops.isShuttingDown()) {
            return;
        }
        channel.close().syncUninterruptibly();
        clients.end(LAST_ANSWERS_SECONDS);
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        calls.shutdownNow();
    }
}
