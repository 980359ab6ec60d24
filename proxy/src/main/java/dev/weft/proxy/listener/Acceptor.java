package dev.weft.proxy.listener;

import dev.weft.proxy.config.ListenerSnapshot;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.SocketChannelConfig;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listening socket. Accepts on one loop and hands each connection to the loop that has the fewest, before its first byte is
 * read.
 *
 * <p>Why one acceptor and not SO_REUSEPORT: the kernel spreads connections by hash, so few clients (HTTP/2 above all) would pin one
 * loop, and two processes could share a port in silence. When the process runs out of file descriptors the socket rests for a moment
 * instead of spinning; waiting clients stay in the backlog.
 */
final class Acceptor {
    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
    private static final int BACKLOG = 4096;
    private static final long REST_MILLIS = 100;

    private final Listeners listeners;
    private final SocketAddress address;
    private final ListenerStats stats;
    private final boolean transparent;
    private final ServerChannel server;
    private volatile ListenerSnapshot listener;

    Acceptor(Listeners listeners, SocketAddress address, ListenerSnapshot listener, ListenerStats stats) {
        this.listeners = listeners;
        this.address = address;
        this.listener = listener;
        this.stats = stats;
        this.transparent = listener.listener().sockets().transparent();
        this.server = listeners.io().newServer(address);
        server.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
        server.config().setOption(ChannelOption.SO_REUSEADDR, true);
        server.config().setAllocator(listeners.acceptLoop().allocator());
        server.pipeline().addLast(new Accept());
    }

    /** Opens the socket; control thread. The future fails where the address is taken or not ours. */
    ChannelFuture bind() {
        ChannelFuture registered = listeners.acceptLoop().eventLoop().register(server);
        registered.syncUninterruptibly();
        if (transparent) {
            Optional<String> obstacle = listeners.io().makeTransparent(server, address);
            if (obstacle.isPresent()) {
                return server.newFailedFuture(new BindException(obstacle.get()));
            }
        }
        return server.bind(address);
    }

    boolean isTransparent() {
        return transparent;
    }

    /** The address of the socket itself, which a connection that is taken for another one's address does not tell. */
    InetSocketAddress ownAddress(InetSocketAddress local) {
        return transparent && address instanceof InetSocketAddress own && own.getPort() != local.getPort()
                ? new InetSocketAddress(local.getAddress(), own.getPort())
                : local;
    }

    ListenerSnapshot listener() {
        return listener;
    }

    /** The listener has a new version; its socket stays. */
    void listener(ListenerSnapshot newer) {
        listener = newer;
    }

    ListenerStats stats() {
        return stats;
    }

    SocketAddress localAddress() {
        return server.localAddress();
    }

    /** Accepts no more; connections stay. */
    ChannelFuture close() {
        return server.close();
    }

    private void place(Channel child) {
        LoopConnections target = listeners.fewest();
        stats.accepted.increment();
        int index = target.loop().index();
        listeners.placed(index);
        child.closeFuture().addListener(closed -> {
            listeners.left(index);
            stats.closed.increment();
        });
        child.config().setAutoRead(false);
        child.config().setAllocator(target.loop().allocator());
        child.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        if (child.config() instanceof SocketChannelConfig tcp) {
            tcp.setTcpNoDelay(true);
            tcp.setKeepAlive(true);
        }
        child.pipeline().addLast("arrival", new Arrival(this, listeners, target, child));
        target.loop().eventLoop().register(child).addListener(registered -> {
            if (!registered.isSuccess()) {
                child.unsafe().closeForcibly();
            }
        });
    }

    private final class Accept extends ChannelInboundHandlerAdapter {
        private boolean troubled;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            troubled = false;
            Channel child = (Channel) message;
            try {
                place(child);
            } catch (RuntimeException e) {
                // A connection that went away between accept and options; the next one must still be taken.
                LOG.debug(
                        "cannot place connection listener={}",
                        listener.listener().name(),
                        e);
                child.unsafe().closeForcibly();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            stats.acceptErrors.increment();
            if (!troubled) {
                troubled = true;
                LOG.warn(
                        "cannot accept, resting listener={} millis={} cause={}",
                        listener.listener().name(),
                        REST_MILLIS,
                        cause.toString());
            }
            if (server.config().isAutoRead()) {
                server.config().setAutoRead(false);
                context.channel()
                        .eventLoop()
                        .schedule(() -> server.config().setAutoRead(true), REST_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }
}
