package dev.weft.proxy.xds;

import com.google.common.collect.ImmutableList;
import com.google.common.net.InetAddresses;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.cluster.Transport;
import dev.weft.model.match.StringMatch;
import dev.weft.model.net.SocketAddress;
import dev.weft.model.tls.SanMatch;
import dev.weft.model.tls.SecretRef;
import dev.weft.model.tls.TlsContext;
import dev.weft.model.tls.UpstreamTls;
import dev.weft.proxy.cluster.TlsTransport;
import dev.weft.proxy.cluster.UpstreamChannels;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.identity.ClientTls;
import dev.weft.proxy.identity.TlsContexts;
import dev.weft.proxy.rpc.AddressSource;
import dev.weft.proxy.rpc.RpcChannel;
import dev.weft.proxy.rpc.RpcCredential;
import dev.weft.proxy.rpc.RpcOptions;
import dev.weft.proxy.rpc.RpcTarget;
import dev.weft.proxy.upstream.UpstreamTransport;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * The gRPC channel behind a static cluster of the bootstrap. Its connections run on a loop that the caller owns, its callbacks on the
 * control thread. The control plane must prove by a certificate of the cluster's roots, as their file is at that moment, that it is
 * whom the cluster names.
 */
public final class ControlPlaneChannel {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);
    private static final int MAX_MESSAGE = 64 << 20;
    private static final ImmutableList<String> H2 = ImmutableList.of("h2");

    private ControlPlaneChannel() {}

    /**
     * @param tls in whose secrets the roots are, under the name of their file
     * @throws IllegalArgumentException when the cluster has no fixed address, or its TLS settings cannot be used
     */
    public static RpcChannel open(
            Cluster cluster, Loop loop, TlsContexts tls, RpcCredential credential, Executor callbacks) {
        SocketAddress address = addressOf(cluster);
        AddressSource addresses = switch (address) {
            case SocketAddress.Inet(String host, int port) -> AddressSource.named(host, port);
            case SocketAddress.Pipe pipe ->
                AddressSource.fixed(UpstreamChannels.of(loop.eventLoop()).pipe(pipe));
        };
        Duration connectTimeout = cluster.connection().connectTimeout();
        RpcTarget target = switch (cluster.transport().fallback()) {
            case Transport.Plain ignored ->
                new RpcTarget(addresses, cluster.name(), UpstreamTransport.PLAINTEXT, null, connectTimeout);
            case Transport.Tls(UpstreamTls upstream) -> {
                UpstreamTls checked = checked(upstream, address, cluster.name());
                yield new RpcTarget(
                        addresses,
                        upstream.sni().isEmpty() ? hostOf(address, cluster) : upstream.sni(),
                        new TlsTransport(new ClientTls(tls, checked, H2, "")),
                        null,
                        connectTimeout);
            }
        };
        return new RpcChannel(loop, target, new RpcOptions(credential, KEEP_ALIVE, MAX_MESSAGE), callbacks);
    }

    private static String hostOf(SocketAddress address, Cluster cluster) {
        return address instanceof SocketAddress.Inet inet ? inet.host() : cluster.name();
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

    /** Fails closed: where the cluster demands no name, the certificate must carry the one that the control plane is called by. */
    private static UpstreamTls checked(UpstreamTls tls, SocketAddress address, String cluster) {
        TlsContext context = tls.context();
        TlsContext.Validation validation = context.validation()
                .orElseThrow(() -> new IllegalArgumentException(
                        "cluster '" + cluster + "' uses TLS without a trusted_ca; the control plane must be checked"));
        if (!(validation.trust() instanceof SecretRef.Files)) {
            throw new IllegalArgumentException("cluster '" + cluster + "': the trust of the control plane comes from "
                    + validation.trust() + ", expected a file");
        }
        String name = tls.sni();
        if (name.isEmpty() && address instanceof SocketAddress.Inet(String host, int ignored)) {
            if (InetAddresses.isInetAddress(host)) {
                return validation.sans().isEmpty() ? withAddress(tls, validation, host) : tls;
            }
            name = host;
        }
        if (name.isEmpty() && validation.sans().isEmpty()) {
            throw new IllegalArgumentException(
                    "cluster '" + cluster
                            + "' uses TLS on a Unix socket without sni; the control plane's certificate has no name to be checked for");
        }
        return new UpstreamTls(context, name, false, validation.sans().isEmpty());
    }

    /** An address is no server name to ask for, yet one that a certificate may carry. */
    private static UpstreamTls withAddress(UpstreamTls tls, TlsContext.Validation validation, String address) {
        TlsContext context = tls.context();
        SanMatch san = new SanMatch(SanMatch.Type.IP_ADDRESS, StringMatch.exact(address));
        return new UpstreamTls(
                new TlsContext(
                        context.minVersion(),
                        context.maxVersion(),
                        context.ciphers(),
                        context.alpn(),
                        context.certificate(),
                        Optional.of(new TlsContext.Validation(validation.trust(), ImmutableList.of(san)))),
                "",
                false,
                false);
    }
}
