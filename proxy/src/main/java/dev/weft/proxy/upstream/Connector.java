package dev.weft.proxy.upstream;

import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Timer;
import dev.weft.proxy.exchange.TlsFacts;
import dev.weft.proxy.identity.TlsFailures;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Makes the connections of one endpoint: TCP, TLS, protocol choice, all within the connect timeout.
 *
 * <p>Shared by the loops' pools of that endpoint; a connection belongs to the loop that asked. A new version of secrets
 * replaces the transport by {@link #transport(UpstreamTransport)}.
 */
public final class Connector {
    private static final AtomicLong NEXT_ID = new AtomicLong(1);
    private static final String HANDSHAKING = "handshaking";

    private final SocketAddress address;
    private final ChannelFactory<? extends Channel> channels;
    private final ClientProtocol http2;
    private final ConnectionObserver observer;
    private final @Nullable SourceAddress source;
    private volatile UpstreamTransport transport;

    /**
     * Binds an endpoint.
     *
     * @param channels makes unregistered channels of the kind that the loops drive
     * @param http2 makes HTTP/2 clients
     */
    public Connector(
            SocketAddress address,
            ChannelFactory<? extends Channel> channels,
            UpstreamTransport transport,
            ClientProtocol http2,
            ConnectionObserver observer) {
        this(new Route(address, null), channels, transport, http2, observer);
    }

    /** The same from a certain address. */
    public Connector(
            Route route,
            ChannelFactory<? extends Channel> channels,
            UpstreamTransport transport,
            ClientProtocol http2,
            ConnectionObserver observer) {
        this.address = route.address();
        this.source = route.source();
        this.channels = channels;
        this.transport = transport;
        this.http2 = http2;
        this.observer = observer;
    }

    /** From where to where; without a source the system chooses one. */
    public record Route(SocketAddress address, @Nullable SourceAddress source) {}

    /** How new connections travel. */
    public UpstreamTransport transport() {
        return transport;
    }

    /** New connections travel like this; any thread. The pools are to be drained if the key is another. */
    public void transport(UpstreamTransport newer) {
        transport = newer;
    }

    void connect(ConnectionPool pool, Loop loop, PoolOptions options) {
        establish(loop, options, new Outcome() {
            @Override
            public void onConnected(Established established) {
                pool.onConnected(clientFor(options, established.tls()).attach(established, pool));
            }

            @Override
            public void onConnectFailed(FailureReason reason, String detail) {
                pool.onConnectFailed(reason, detail);
            }
        });
    }

    /** Makes a connection for whoever speaks on it without a pool; on {@code loop}. Bytes wait until handlers are added. */
    public void establish(Loop loop, PoolOptions options, Outcome outcome) {
        new Attempt(outcome, loop, options, transport).start();
    }

    /** What became of an attempt to connect: one of the two, once, on the loop. */
    public interface Outcome {
        /** The channel is the callee's. */
        void onConnected(Established established);

        /** {@code detail} is the transport's text, or empty. */
        void onConnectFailed(FailureReason reason, String detail);
    }

    private ClientProtocol clientFor(PoolOptions options, @Nullable TlsFacts tls) {
        return switch (options.protocol()) {
            case HTTP1 -> Http1Client::attach;
            case HTTP2 -> http2;
            case ALPN -> tls != null && tls.alpn().equals("h2") ? http2 : Http1Client::attach;
            case RAW -> RawClient::attach;
        };
    }

    /** One connection on its way; ends in exactly one call of its outcome. */
    private final class Attempt extends Timer {
        private final Outcome outcome;
        private final Loop loop;
        private final PoolOptions options;
        private final UpstreamTransport by;
        private final long startNanos;
        private @Nullable Channel channel;
        private boolean over;

        Attempt(Outcome outcome, Loop loop, PoolOptions options, UpstreamTransport by) {
            this.outcome = outcome;
            this.loop = loop;
            this.options = options;
            this.by = by;
            this.startNanos = loop.now();
        }

        void start() {
            observer.connecting();
            if (!options.connectTimeout().isZero()) {
                loop.schedule(this, options.connectTimeout().toNanos());
            }
            Bootstrap bootstrap = new Bootstrap()
                    .group(loop.eventLoop())
                    .channelFactory(channels)
                    .option(ChannelOption.ALLOCATOR, loop.allocator())
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                    .option(
                            ChannelOption.WRITE_BUFFER_WATER_MARK,
                            new WriteBufferWaterMark(options.bufferLimit() / 2, options.bufferLimit()))
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel fresh) {
                            channel = fresh;
                            if (address instanceof InetSocketAddress) {
                                fresh.config().setOption(ChannelOption.TCP_NODELAY, true);
                            }
                            if (source != null) {
                                source.prepare(fresh);
                            }
                        }
                    });
            ChannelFuture connected =
                    source == null ? bootstrap.connect(address) : bootstrap.connect(address, source.any());
            connected.addListener(future -> {
                if (future.isSuccess()) {
                    onTcp(connected.channel());
                } else {
                    fail(reasonOf(future.cause()), text(future.cause()));
                }
            });
        }

        @Override
        protected void onTimer() {
            fail(FailureReason.CONNECT_TIMEOUT, "");
        }

        private void onTcp(Channel open) {
            if (over) {
                open.close();
                return;
            }
            InetSocketAddress peer = address instanceof InetSocketAddress inet ? inet : new InetSocketAddress(0);
            SslHandler tls;
            try {
                tls = by.newHandler(open.alloc(), peer);
            } catch (SSLException e) {
                fail(FailureReason.CONNECT_FAILURE, tlsText(e));
                return;
            }
            if (tls == null) {
                succeed(open, null);
                return;
            }
            // Our own timer covers the handshake too.
            tls.setHandshakeTimeoutMillis(0);
            open.pipeline().addLast("tls", tls).addLast(HANDSHAKING, new Handshaking());
            tls.handshakeFuture().addListener(future -> {
                if (future.isSuccess()) {
                    onTls(open, tls);
                } else {
                    fail(FailureReason.CONNECT_FAILURE, TlsFailures.reason(future.cause()));
                }
            });
        }

        private void onTls(Channel open, SslHandler tls) {
            TlsFacts facts;
            try {
                facts = by.describe(tls);
            } catch (SSLException e) {
                fail(FailureReason.CONNECT_FAILURE, tlsText(e));
                return;
            }
            open.pipeline().remove(HANDSHAKING);
            succeed(open, facts);
        }

        private void succeed(Channel open, @Nullable TlsFacts tls) {
            if (over) {
                open.close();
                return;
            }
            if (!open.isActive()) {
                fail(FailureReason.CONNECT_FAILURE, "closed at once");
                return;
            }
            over = true;
            loop.cancel(this);
            observer.connected(loop.now() - startNanos);
            open.closeFuture().addListener(closed -> observer.closed(loop.now() - startNanos));
            String local = open.localAddress() instanceof InetSocketAddress inet ? ConnectionFacts.text(inet) : "";
            Established established = new Established(open, loop, NEXT_ID.getAndIncrement(), local, tls, options);
            outcome.onConnected(established);
        }

        private void fail(FailureReason reason, String detail) {
            if (over) {
                return;
            }
            over = true;
            loop.cancel(this);
            Channel open = channel;
            if (open != null) {
                open.close();
            }
            observer.connectFailed(reason, detail);
            outcome.onConnectFailed(reason, detail);
        }
    }

    /** A failed handshake is told by its future; the same as an event of the pipeline has nobody else to end at. */
    private static final class Handshaking extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {}
    }

    private static FailureReason reasonOf(Throwable cause) {
        return cause instanceof ConnectException ? FailureReason.CONNECT_FAILURE : FailureReason.LOCAL_CONNECT_FAILURE;
    }

    private static String tlsText(Throwable cause) {
        String text = text(cause);
        return text.startsWith("TLS_error") ? text : "TLS_error: " + text;
    }

    private static String text(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
