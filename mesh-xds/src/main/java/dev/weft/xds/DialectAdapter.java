package dev.weft.xds;

import com.google.common.collect.ImmutableList;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Transport;
import dev.weft.model.cluster.UpstreamProtocol;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.http.HttpFilter;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.tls.TlsContext;
import dev.weft.model.tls.UpstreamTls;
import java.util.stream.Stream;

/**
 * What a dialect makes of a model, as a model: pure, and the same when applied twice. Our own proxies get everything. A stock Envoy lacks the
 * {@code istio.*} filters, so it gets neither them nor what only works with them:
 *
 * <ul>
 *   <li>the ALPN that the alpn filter would choose per request is fixed per cluster by its protocol, in place of Istio's list with {@code
 *       istio-peer-exchange}. A cluster that follows the client's protocol becomes HTTP/1.1, since one ALPN cannot serve two codecs;
 *   <li>a cluster whose protocol is negotiated becomes HTTP/1.1 where one of its sockets is plain: Envoy refuses the mixture;
 *   <li>peer exchange on TCP is off;
 *   <li>the highest TLS version towards endpoints is 1.3, where Envoy's own default for clients is 1.2.
 * </ul>
 */
public final class DialectAdapter {
    private static final String PEER_EXCHANGE = "istio-peer-exchange";
    private static final String ISTIO = "istio";
    private static final ImmutableList<String> ISTIO_HTTP1 = ImmutableList.of("istio-http/1.1", ISTIO, "http/1.1");
    private static final ImmutableList<String> ISTIO_HTTP2 = ImmutableList.of("istio-h2", ISTIO, "h2");

    private final Dialect dialect;

    public DialectAdapter(Dialect dialect) {
        this.dialect = dialect;
    }

    public Listener listener(Listener listener) {
        return switch (dialect) {
            case WEFT -> listener;
            case ENVOY, GRPC -> {
                boolean grpc = dialect == Dialect.GRPC;
                yield new Listener(
                        listener.name(),
                        listener.address(),
                        listener.bindToPort(),
                        listener.useOriginalDestination() && !grpc,
                        listener.direction(),
                        grpc ? Listener.Inspection.NONE : listener.inspection(),
                        listener.filterChains().stream().map(this::chain).collect(ImmutableList.toImmutableList()),
                        listener.defaultFilterChain().map(this::chain),
                        listener.accessLogs(),
                        listener.bufferLimit(),
                        grpc ? Listener.Sockets.PLAIN : listener.sockets());
            }
        };
    }

    private FilterChain chain(FilterChain chain) {
        return new FilterChain(
                chain.name(),
                chain.match(),
                chain.tls(),
                chain.filters().stream()
                        .filter(this::isKnown)
                        .map(this::filter)
                        .collect(ImmutableList.toImmutableList()),
                chain.handshakeTimeout(),
                chain.source());
    }

    private boolean isKnown(NetworkFilter filter) {
        return switch (filter) {
            case NetworkFilter.MetadataExchange exchange -> false;
            case NetworkFilter.IstioStats stats -> false;
            case NetworkFilter.Http http -> true;
            case NetworkFilter.TcpProxy tcp -> dialect != Dialect.GRPC;
            case NetworkFilter.Authorization rbac -> dialect != Dialect.GRPC;
        };
    }

    private NetworkFilter filter(NetworkFilter filter) {
        if (!(filter instanceof NetworkFilter.Http http)) {
            return filter;
        }
        HttpConnectionManager manager = http.manager();
        return new NetworkFilter.Http(new HttpConnectionManager(
                manager.statPrefix(),
                manager.codec(),
                manager.routes(),
                manager.filters().stream().filter(this::isKnown).collect(ImmutableList.toImmutableList()),
                manager.options(),
                manager.accessLogs()));
    }

    private boolean isKnown(HttpFilter filter) {
        return switch (filter) {
            case HttpFilter.AlpnOverride alpn -> false;
            case HttpFilter.PeerMetadata peer -> false;
            case HttpFilter.IstioStats stats -> false;
            case HttpFilter.GrpcStats stats -> dialect != Dialect.GRPC;
            case HttpFilter.IdleCors cors -> dialect != Dialect.GRPC;
            case HttpFilter.IdleFault fault -> true;
            case HttpFilter.Authorization rbac -> true;
            case HttpFilter.Router router -> true;
        };
    }

    public Cluster cluster(Cluster cluster) {
        if (dialect == Dialect.WEFT) {
            return cluster;
        }
        UpstreamProtocol fixed = protocol(cluster);
        Transport transport = new Transport(
                cluster.transport().matches().stream()
                        .map(match ->
                                new Transport.Match(match.name(), match.metadata(), socket(match.socket(), fixed)))
                        .collect(ImmutableList.toImmutableList()),
                socket(cluster.transport().fallback(), fixed));
        return new Cluster(
                cluster.name(),
                cluster.discovery(),
                cluster.balancing(),
                cluster.breakers(),
                cluster.connection().withProtocol(fixed),
                transport,
                new Cluster.ClusterTelemetry(
                        cluster.telemetry().services(),
                        false,
                        cluster.telemetry().altStatName()),
                cluster.source());
    }

    private static UpstreamProtocol protocol(Cluster cluster) {
        ImmutableList<Transport.Socket> sockets = Stream.concat(
                        cluster.transport().matches().stream().map(Transport.Match::socket),
                        Stream.of(cluster.transport().fallback()))
                .collect(ImmutableList.toImmutableList());
        UpstreamProtocol protocol = cluster.connection().protocol();
        boolean twoCodecs = protocol instanceof UpstreamProtocol.UseDownstream
                && sockets.stream().anyMatch(DialectAdapter::offersPeerExchange);
        boolean noAlpn = protocol instanceof UpstreamProtocol.Auto
                && sockets.stream().anyMatch(Transport.Plain.class::isInstance);
        return twoCodecs || noAlpn ? new UpstreamProtocol.Http1() : protocol;
    }

    private static boolean offersPeerExchange(Transport.Socket socket) {
        return socket instanceof Transport.Tls tls && tls.tls().context().alpn().contains(PEER_EXCHANGE);
    }

    private static Transport.Socket socket(Transport.Socket socket, UpstreamProtocol protocol) {
        if (!(socket instanceof Transport.Tls(UpstreamTls tls))) {
            return socket;
        }
        TlsContext context = tls.context();
        boolean auto = context.maxVersion() == TlsContext.Version.AUTO;
        TlsContext adapted = new TlsContext(
                context.minVersion(),
                auto ? TlsContext.Version.TLS_1_3 : context.maxVersion(),
                context.ciphers(),
                alpn(context.alpn(), protocol),
                context.certificate(),
                context.validation());
        return new Transport.Tls(new UpstreamTls(adapted, tls.sni(), tls.autoSni(), tls.autoSanValidation()));
    }

    /** Only Istio's usual list is changed, known by peer exchange: any other was chosen on purpose. */
    private static ImmutableList<String> alpn(ImmutableList<String> offered, UpstreamProtocol protocol) {
        if (!offered.contains(PEER_EXCHANGE)) {
            return offered;
        }
        return protocol instanceof UpstreamProtocol.Http2 ? ISTIO_HTTP2 : ISTIO_HTTP1;
    }
}
