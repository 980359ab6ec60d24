package dev.weft.proxy.xds;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.net.InetAddresses;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.cluster.Transport;
import dev.weft.model.net.SocketAddress;
import dev.weft.model.tls.SecretRef;
import dev.weft.model.tls.TlsContext;
import dev.weft.model.tls.UpstreamTls;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * The gRPC channel behind a static cluster of the bootstrap. Runs on an event loop that the caller owns, callbacks on the caller's
 * executor; the certificate of the control plane is checked against the trust file of the cluster, as that file is at each handshake.
 */
public final class ControlPlaneChannel {
    private static final long KEEPALIVE_SECONDS = 30;
    private static final int MAX_MESSAGE = 64 << 20;
    private static final ImmutableMap<String, ?> SHUFFLED = ImmutableMap.of(
            "loadBalancingConfig",
            ImmutableList.of(ImmutableMap.of("pick_first", ImmutableMap.of("shuffleAddressList", true))));
    /**
     * The system's resolver blocks, which the control thread must not. One thread for each of the few lookups: the first virtual one
     * would bring a pool of carriers, which stays.
     */
    private static final Executor NAMES =
            task -> Thread.ofPlatform().daemon().name("weft-names").start(task);

    private ControlPlaneChannel() {}

    /** @throws IllegalArgumentException when the cluster has no fixed address, or its TLS settings cannot be used */
    public static ManagedChannel open(Cluster cluster, EventLoopGroup loop, Executor callbacks) {
        SocketAddress address = addressOf(cluster);
        NettyChannelBuilder builder = switch (address) {
            case SocketAddress.Inet(String host, int port) ->
                named(host, port).channelType(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class);
            case SocketAddress.Pipe(String path) ->
                NettyChannelBuilder.forAddress(new DomainSocketAddress(path))
                        .channelType(EpollDomainSocketChannel.class);
        };
        builder.eventLoopGroup(loop)
                .executor(callbacks)
                .offloadExecutor(NAMES)
                .maxInboundMessageSize(MAX_MESSAGE)
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(false)
                .disableRetry();
        switch (cluster.transport().fallback()) {
            case Transport.Plain ignored ->
                builder.negotiationType(NegotiationType.PLAINTEXT).overrideAuthority(cluster.name());
            case Transport.Tls(UpstreamTls tls) -> secure(builder, tls, cluster.name());
        }
        return builder.build();
    }

    /**
     * A name is looked up again whenever a connection fails, by the system's resolver with its search domains. Where it has several
     * addresses each proxy begins at another one, so that replicas share the load and a lost one is passed over.
     */
    private static NettyChannelBuilder named(String host, int port) {
        if (InetAddresses.isInetAddress(host)) {
            return NettyChannelBuilder.forAddress(new InetSocketAddress(InetAddresses.forString(host), port));
        }
        return NettyChannelBuilder.forTarget("dns:///" + host + ":" + port)
                .disableServiceConfigLookUp()
                .defaultServiceConfig(SHUFFLED);
    }

    private static SocketAddress addressOf(Cluster cluster) {
        EndpointSet set = switch (cluster.discovery()) {
            case Discovery.Static(EndpointSet endpoints) -> endpoints;
            case Discovery.StrictDns dns -> dns.endpoints();
            case Discovery.LogicalDns dns -> dns.endpoints();
            case Discovery.Eds ignored -> EndpointSet.empty(cluster.name());
            case Discovery.OriginalDestination ignored -> EndpointSet.empty(cluster.name());
        };
        return set.localities().stream()
                .flatMap(locality -> locality.endpoints().stream())
                .map(endpoint -> endpoint.address())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "static cluster '" + cluster.name() + "' has no endpoint; the control plane needs one"));
    }

    private static void secure(NettyChannelBuilder builder, UpstreamTls tls, String cluster) {
        TlsContext.Validation validation = tls.context()
                .validation()
                .orElseThrow(() -> new IllegalArgumentException(
                        "cluster '" + cluster + "' uses TLS without a trusted_ca; the control plane must be checked"));
        if (!(validation.trust() instanceof SecretRef.Files(String roots, String ignored))) {
            throw new IllegalArgumentException("cluster '" + cluster + "': the trust of the control plane comes from "
                    + validation.trust() + ", expected a file");
        }
        try {
            SslContextBuilder context = GrpcSslContexts.forClient().trustManager(new ReloadedTrust(Path.of(roots)));
            builder.sslContext(context.build());
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cluster '" + cluster + "': cannot use the trusted_ca " + roots + ": " + e.getMessage(), e);
        }
        if (!tls.sni().isEmpty()) {
            builder.overrideAuthority(tls.sni());
        }
    }
}
