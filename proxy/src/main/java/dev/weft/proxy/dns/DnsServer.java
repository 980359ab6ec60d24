package dev.weft.proxy.dns;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.listener.IoTransport;
import dev.weft.proxy.telemetry.MetricSink;
import dev.weft.proxy.telemetry.MetricSource;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the application's DNS queries over UDP and TCP, on the loopback addresses to which capture sends them. Names of the mesh are
 * answered from the newest table; until there is one, and for all else, the pod's own resolvers are asked.
 *
 * <p>Runs on one loop; the table comes from the control thread. Owns its sockets.
 */
public final class DnsServer implements MetricSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DnsServer.class);
    private static final long TCP_IDLE_SECONDS = 10;
    private static final int MOST_TCP = 256;
    private static final int MOST_TRIES = 20;

    private final Loop loop;
    private final IoTransport io;
    private final Settings settings;
    private final DnsMetrics metrics = new DnsMetrics();
    private final UdpForwarder udp;
    private final TcpForwarder tcp;
    private final List<Channel> sockets = new ArrayList<>();
    private volatile NameTable table = NameTable.EMPTY;
    private int tcpConnections;

    /**
     * @param port on the loopback addresses; 0 for any
     * @param resolvers the pod's own resolvers and search domains
     * @param patience how long one resolver may take
     * @param namespace the workload's
     * @param domain of the cluster
     */
    public record Settings(int port, ResolvConf resolvers, Duration patience, String namespace, String domain) {}

    private DnsServer(Loop loop, IoTransport io, Settings settings) {
        this.loop = loop;
        this.io = io;
        this.settings = settings;
        ImmutableList<InetSocketAddress> servers = settings.resolvers().servers();
        this.udp = new UdpForwarder(loop, servers, settings.patience(), metrics);
        this.tcp = new TcpForwarder(loop, io, servers, settings.patience(), metrics);
    }

    /** @throws IllegalArgumentException when the port cannot be had */
    public static DnsServer start(Loop loop, IoTransport io, Settings settings) {
        DnsServer server = new DnsServer(loop, io, settings);
        try {
            server.open();
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private void open() {
        boolean v6 = settings.resolvers().servers().stream().anyMatch(s -> s.getAddress() instanceof Inet6Address);
        udp.over(bound(datagrams(v6 ? null : SocketProtocolFamily.INET, udp).bind(0)));
        InetAddress first = address(new byte[] {127, 0, 0, 1});
        int port = listen(new InetSocketAddress(first, settings.port()));
        byte[] one = new byte[16];
        one[15] = 1;
        try {
            listen(new InetSocketAddress(address(one), port));
        } catch (IllegalArgumentException noIpv6) {
            LOG.debug("no DNS on IPv6 cause={}", noIpv6.getMessage());
        }
        LOG.info(
                "answering DNS port={} resolvers={}", port, settings.resolvers().servers());
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError("an address has 4 or 16 bytes", e);
        }
    }

    /** Both transports on one port. Where any will do, one that is free for the first may be somebody's for the second. */
    private int listen(InetSocketAddress address) {
        for (int left = address.getPort() == 0 ? MOST_TRIES : 1; ; left--) {
            boolean v6 = address.getAddress() instanceof Inet6Address;
            Channel datagrams =
                    bound(datagrams(v6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET, new Datagrams())
                            .bind(address));
            InetSocketAddress same = new InetSocketAddress(
                    address.getAddress(), ((InetSocketAddress) datagrams.localAddress()).getPort());
            try {
                sockets.add(connections(same));
                sockets.add(datagrams);
                return same.getPort();
            } catch (IllegalArgumentException taken) {
                datagrams.close().awaitUninterruptibly();
                if (left == 1) {
                    throw taken;
                }
            }
        }
    }

    private Channel connections(InetSocketAddress same) {
        return bound(new ServerBootstrap()
                .group(loop.eventLoop())
                .channelFactory(() -> io.newServer(same))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(same));
    }

    private Bootstrap datagrams(@Nullable SocketProtocolFamily family, ChannelHandler handler) {
        return new Bootstrap().group(loop.eventLoop()).handler(handler).channelFactory(() -> {
            if (io == IoTransport.EPOLL) {
                return family == null ? new EpollDatagramChannel() : new EpollDatagramChannel(family);
            }
            return family == null ? new NioDatagramChannel() : new NioDatagramChannel(family);
        });
    }

    private static Channel bound(ChannelFuture binding) {
        if (!binding.awaitUninterruptibly().isSuccess()) {
            throw new IllegalArgumentException(
                    "the DNS port cannot be had: " + binding.cause().getMessage(), binding.cause());
        }
        return binding.channel();
    }

    private void accept(Channel channel) {
        if (++tcpConnections > MOST_TCP) {
            channel.close();
        }
        channel.closeFuture().addListener(closed -> tcpConnections--);
        channel.pipeline()
                .addLast(new IdleStateHandler(0, 0, TCP_IDLE_SECONDS, TimeUnit.SECONDS))
                .addLast(new LengthFieldBasedFrameDecoder(TcpForwarder.MAX_MESSAGE + 2, 0, 2, 0, 2))
                .addLast(new LengthFieldPrepender(2))
                .addLast(new Stream());
    }

    /** Names from now on; from any thread. */
    public void names(dev.weft.api.istio.nds.NameTable newer) {
        NameTable made = NameTable.of(
                newer,
                settings.namespace(),
                settings.domain(),
                settings.resolvers().search());
        table = made;
        LOG.info("names of the mesh names={}", made.size());
    }

    /** Where it listens over IPv4. */
    public InetSocketAddress address() {
        return (InetSocketAddress) sockets.get(0).localAddress();
    }

    @Override
    public void collect(MetricSink sink) {
        metrics.collect(sink);
    }

    @Override
    public void close() {
        sockets.forEach(socket -> socket.close().awaitUninterruptibly());
        loop.eventLoop().execute(udp::close);
    }

    private ByteBuf refused(ByteBuf message, int questionEnd, int code) {
        metrics.refused.increment();
        return DnsAnswer.failure(message, questionEnd, code, loop.allocator().ioBuffer());
    }

    private Optional<NameTable.Found> inMesh(Optional<DnsQuery> query) {
        return query.filter(DnsQuery::asksForAddresses).flatMap(asked -> table.find(asked.name()));
    }

    private ByteBuf fromMesh(ByteBuf message, DnsQuery query, NameTable.Found found, int most) {
        metrics.answered.increment();
        return DnsAnswer.addresses(
                message, query, found, most, loop.random(), loop.allocator().ioBuffer());
    }

    private static int questionEnd(Optional<DnsQuery> query) {
        return query.map(DnsQuery::questionEnd).orElse(DnsQuery.HEAD);
    }

    /** Queries in datagrams. */
    private final class Datagrams extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            ByteBuf message = packet.content();
            if (message.readableBytes() < DnsQuery.HEAD) {
                return;
            }
            metrics.requests.increment();
            Optional<DnsQuery> query = DnsQuery.parse(message);
            Optional<NameTable.Found> found = inMesh(query);
            if (found.isPresent()) {
                DnsQuery asked = query.orElseThrow();
                send(context, packet, fromMesh(message, asked, found.get(), asked.payload()));
            } else if (!udp.hasRoom()) {
                send(context, packet, refused(message, questionEnd(query), DnsAnswer.SERVER_FAILURE));
            } else {
                packet.retain();
                udp.forward(message.retain(), questionEnd(query), response -> {
                    send(
                            context,
                            packet,
                            response == null
                                    ? refused(message, questionEnd(query), DnsAnswer.SERVER_FAILURE)
                                    : response);
                    packet.release();
                });
            }
        }

        private void send(ChannelHandlerContext context, DatagramPacket query, ByteBuf response) {
            context.writeAndFlush(new DatagramPacket(response, query.sender()));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.debug("DNS datagram cause={}", cause.toString());
        }
    }

    /** Queries on one connection, one after the other or many at once. */
    private final class Stream extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            if (message.readableBytes() < DnsQuery.HEAD) {
                context.close();
                return;
            }
            metrics.requests.increment();
            Optional<DnsQuery> query = DnsQuery.parse(message);
            Optional<NameTable.Found> found = inMesh(query);
            if (found.isPresent()) {
                context.writeAndFlush(fromMesh(message, query.orElseThrow(), found.get(), TcpForwarder.MAX_MESSAGE));
            } else if (!tcp.hasRoom()) {
                context.writeAndFlush(refused(message, questionEnd(query), DnsAnswer.SERVER_FAILURE));
            } else {
                message.retain();
                tcp.forward(message.retain(), response -> {
                    context.writeAndFlush(
                            response == null
                                    ? refused(message, questionEnd(query), DnsAnswer.SERVER_FAILURE)
                                    : response);
                    message.release();
                });
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            context.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
