package dev.weft.proxy.agent.app;

import com.google.common.net.InetAddresses;
import dev.weft.proxy.agent.app.AppProbe.Place;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.listener.IoTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections to the application: to the pod's own address, as its callers do, and to the loopback address where nobody
 * listens there. They come from 127.0.0.6 (::6), which the capture rules let through: from any other address they would be sent to
 * the inbound listener and judged by the mesh's rules. Each connection is for one use. Safe for the loops; guarded by itself.
 */
public final class AppDialer {
    private static final InetAddress FROM_4 = InetAddresses.forString("127.0.0.6");
    private static final InetAddress FROM_6 = InetAddresses.forString("::6");
    private static final InetAddress LOOPBACK_4 = InetAddresses.forString("127.0.0.1");
    private static final InetAddress LOOPBACK_6 = InetAddresses.forString("::1");

    private final IoTransport io;
    private final InetAddress pod;
    private @Nullable SslContext tls;

    /** @param pod the pod's own address */
    public AppDialer(IoTransport io, String pod) {
        this.io = io;
        this.pod = InetAddresses.forString(pod);
    }

    /** Connects within {@code limit}; the future completes on the loop. */
    Future<Channel> dial(Loop loop, Place place, Duration limit, ChannelHandler handler) {
        Promise<Channel> promise = loop.eventLoop().newPromise();
        String host = place.host();
        if (host.isEmpty() || host.equals("localhost") || InetAddresses.isInetAddress(host)) {
            attempt(new Attempt(loop, place.port(), limit, handler, promise), candidates(host), null);
        } else {
            // A name goes to the system's resolver, which blocks.
            Thread.ofPlatform().daemon().name("weft-probe-name").start(() -> {
                try {
                    InetAddress address = InetAddress.getByName(host);
                    Deque<Candidate> one = new ArrayDeque<>(List.of(new Candidate(address, null)));
                    loop.eventLoop()
                            .execute(
                                    () -> attempt(new Attempt(loop, place.port(), limit, handler, promise), one, null));
                } catch (UnknownHostException e) {
                    promise.tryFailure(e);
                }
            });
        }
        return promise;
    }

    private Deque<Candidate> candidates(String host) {
        boolean v4 = pod instanceof Inet4Address;
        Candidate loopback = new Candidate(v4 ? LOOPBACK_4 : LOOPBACK_6, null);
        if (host.equals("localhost")) {
            return new ArrayDeque<>(List.of(loopback));
        }
        if (!host.isEmpty()) {
            return new ArrayDeque<>(List.of(new Candidate(InetAddresses.forString(host), null)));
        }
        return new ArrayDeque<>(List.of(new Candidate(pod, v4 ? FROM_4 : FROM_6), loopback));
    }

    private void attempt(Attempt attempt, Deque<Candidate> candidates, @Nullable Throwable before) {
        Candidate next = candidates.poll();
        if (next == null || before instanceof ConnectTimeoutException) {
            attempt.promise().tryFailure(before == null ? new UnknownHostException("no address") : before);
            return;
        }
        Bootstrap bootstrap = new Bootstrap()
                .group(attempt.loop().eventLoop())
                .channelFactory(io == IoTransport.EPOLL ? EpollSocketChannel::new : NioSocketChannel::new)
                .option(ChannelOption.ALLOCATOR, attempt.loop().allocator())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        attempt.limit().toMillis())
                .handler(attempt.handler());
        InetSocketAddress to = new InetSocketAddress(next.to(), attempt.port());
        InetAddress from = next.from();
        (from == null ? bootstrap.connect(to) : bootstrap.connect(to, new InetSocketAddress(from, 0)))
                .addListener((io.netty.channel.ChannelFuture done) -> {
                    if (!done.isSuccess()) {
                        attempt(attempt, candidates, done.cause());
                    } else if (!attempt.promise().trySuccess(done.channel())) {
                        done.channel().close();
                    }
                });
    }

    /** For applications that speak TLS; made when the first one is asked. */
    synchronized SslContext tls() {
        SslContext made = tls;
        if (made == null) {
            try {
                made = SslContextBuilder.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .endpointIdentificationAlgorithm(null)
                        .build();
            } catch (SSLException e) {
                throw new IllegalStateException("no TLS for probes", e);
            }
            tls = made;
        }
        return made;
    }

    InetAddress pod() {
        return pod;
    }

    IoTransport io() {
        return io;
    }

    /** The source address of connections to the pod's own address. */
    InetAddress source() {
        return pod instanceof Inet4Address ? FROM_4 : FROM_6;
    }

    InetAddress loopback() {
        return pod instanceof Inet4Address ? LOOPBACK_4 : LOOPBACK_6;
    }

    private record Candidate(InetAddress to, @Nullable InetAddress from) {}

    private record Attempt(Loop loop, int port, Duration limit, ChannelHandler handler, Promise<Channel> promise) {}
}
