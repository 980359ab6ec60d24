package dev.weft.proxy.cluster;

import com.google.common.collect.ImmutableList;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.Transport;
import dev.weft.model.cluster.UpstreamProtocol;
import dev.weft.model.tls.UpstreamTls;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.health.HostMonitor.LocalFailure;
import dev.weft.proxy.identity.ClientTls;
import dev.weft.proxy.upstream.ConnectionObserver;
import dev.weft.proxy.upstream.ConnectionPool;
import dev.weft.proxy.upstream.Connector;
import dev.weft.proxy.upstream.PoolOptions;
import dev.weft.proxy.upstream.UpstreamTransport;
import java.util.Arrays;

/**
 * What one loop has of an endpoint: its pools, and what it counted. Loop-confined; made when the loop first picks the host.
 *
 * <p>A pool is for one protocol, one ALPN list and one server name. There is nearly always one pool, so they are searched one by
 * one. Where the secrets have a new version the pool's connections drain and new ones are made with it.
 */
@SuppressWarnings("ReferenceEquality") // the same instance needs no look inside; another one gets it
public final class LoopHost implements ConnectionObserver {
    private static final ImmutableList<String> H2_OR_HTTP1 = ImmutableList.of("h2", "http/1.1");
    private static final Pooled[] NONE = {};

    public long rqTotal;
    public long rqSuccess;
    public long rqError;
    public long rqTimeout;
    public long cxTotal;
    public long cxActive;
    public long cxConnectFail;

    private final LoopCluster cluster;
    private final UpstreamHost host;
    private Pooled[] pools = NONE;
    private Endpoint transportOf;
    private Transport.Socket socket;
    private String authority = "";
    private String authorityHost = "";

    LoopHost(LoopCluster cluster, UpstreamHost host) {
        this.cluster = cluster;
        this.host = host;
        this.transportOf = host.endpoint();
        this.socket = cluster.config().transport().select(transportOf);
    }

    public UpstreamHost host() {
        return host;
    }

    /**
     * The pool for requests of this kind.
     *
     * @param spoken what the client speaks
     * @param alpn what to offer, empty for the cluster's own list
     * @param requestAuthority the request's host, which may become the server name
     */
    public ConnectionPool pool(HttpProtocol spoken, ImmutableList<String> alpn, String requestAuthority) {
        Transport.Socket by = socket();
        PoolOptions.Protocol protocol = protocol(spoken, by);
        return switch (by) {
            case Transport.Plain plain -> pool(protocol, ImmutableList.of(), "", by);
            case Transport.Tls tls -> pool(protocol, alpn, serverName(tls.tls(), requestAuthority), by);
        };
    }

    /**
     * What requests are sent in, as far as it is known before a handshake.
     *
     * @param spoken what the client speaks
     */
    public HttpProtocol speaks(HttpProtocol spoken) {
        return switch (cluster.config().connection().protocol()) {
            case UpstreamProtocol.Http1 p -> HttpProtocol.HTTP_1_1;
            case UpstreamProtocol.Http2 p -> HttpProtocol.HTTP_2;
            case UpstreamProtocol.UseDownstream p -> spoken;
            case UpstreamProtocol.Auto p -> spoken;
        };
    }

    /** The pool for the payload of tunnels that end here. */
    public ConnectionPool rawPool(ImmutableList<String> alpn, String requestAuthority) {
        Transport.Socket by = socket();
        String name = by instanceof Transport.Tls tls ? serverName(tls.tls(), requestAuthority) : "";
        return pool(PoolOptions.Protocol.RAW, alpn, name, by);
    }

    /** How bytes travel there, for those who connect by themselves (TCP proxies). */
    public UpstreamTransport transport(ImmutableList<String> alpn, String requestAuthority) {
        return switch (socket()) {
            case Transport.Plain plain -> UpstreamTransport.PLAINTEXT;
            case Transport.Tls tls -> tlsTransport(tls.tls(), alpn, serverName(tls.tls(), requestAuthority));
        };
    }

    /**
     * Makes a connection of its own for somebody who forwards bytes. The caller was admitted by the breaker, and tells it when the
     * connection is gone.
     */
    public void establish(ImmutableList<String> alpn, Connector.Outcome outcome) {
        ClusterEnvironment environment = cluster.environment();
        Connector.Route route = host.route();
        new Connector(
                        route,
                        environment.channels().factory(route.address()),
                        transport(alpn, ""),
                        cluster.http2(),
                        this)
                .establish(cluster.loop(), cluster.options(PoolOptions.Protocol.RAW), outcome);
    }

    private Transport.Socket socket() {
        Endpoint now = host.endpoint();
        if (now != transportOf) {
            Transport.Socket newer = cluster.config().transport().select(now);
            transportOf = now;
            if (!newer.equals(socket)) {
                socket = newer;
                retirePools();
            }
        }
        return socket;
    }

    private PoolOptions.Protocol protocol(HttpProtocol spoken, Transport.Socket by) {
        return switch (cluster.config().connection().protocol()) {
            case UpstreamProtocol.Http1 p -> PoolOptions.Protocol.HTTP1;
            case UpstreamProtocol.Http2 p -> PoolOptions.Protocol.HTTP2;
            case UpstreamProtocol.UseDownstream p ->
                spoken == HttpProtocol.HTTP_2 ? PoolOptions.Protocol.HTTP2 : PoolOptions.Protocol.HTTP1;
            case UpstreamProtocol.Auto p ->
                by instanceof Transport.Tls ? PoolOptions.Protocol.ALPN : PoolOptions.Protocol.HTTP1;
        };
    }

    private ConnectionPool pool(
            PoolOptions.Protocol protocol, ImmutableList<String> alpn, String serverName, Transport.Socket by) {
        for (Pooled pooled : pools) {
            if (pooled.protocol == protocol
                    && (pooled.alpn == alpn || pooled.alpn.equals(alpn))
                    && pooled.serverName.equals(serverName)
                    && pooled.address.equals(host.address())) {
                return pooled.current();
            }
        }
        UpstreamTransport transport = by instanceof Transport.Tls tls
                ? tlsTransport(tls.tls(), alpnOf(tls.tls(), protocol, alpn), serverName)
                : UpstreamTransport.PLAINTEXT;
        Pooled made = new Pooled(protocol, alpn, serverName, transport);
        dropMoved();
        pools = Arrays.copyOf(pools, pools.length + 1);
        pools[pools.length - 1] = made;
        return made.pool;
    }

    /** A list of its own that offers what the pool can speak, where neither cluster nor filter says what to offer. */
    private static ImmutableList<String> alpnOf(
            UpstreamTls tls, PoolOptions.Protocol protocol, ImmutableList<String> alpn) {
        if (!alpn.isEmpty() || !tls.context().alpn().isEmpty()) {
            return alpn;
        }
        return switch (protocol) {
            case ALPN -> H2_OR_HTTP1;
            case HTTP2 -> ImmutableList.of("h2");
            case HTTP1, RAW -> alpn;
        };
    }

    private TlsTransport tlsTransport(UpstreamTls tls, ImmutableList<String> alpn, String serverName) {
        return new TlsTransport(new ClientTls(cluster.environment().tls(), tls, alpn, serverName));
    }

    private String serverName(UpstreamTls tls, String requestAuthority) {
        if (!tls.autoSni()) {
            return tls.sni();
        }
        if (!requestAuthority.equals(authority)) {
            authority = requestAuthority;
            authorityHost = withoutPort(requestAuthority);
        }
        return authorityHost;
    }

    /** An IP address is no server name. */
    private static String withoutPort(String text) {
        int colon = text.lastIndexOf(':');
        String name = colon < 0 || text.indexOf(']', colon) >= 0 ? text : text.substring(0, colon);
        return com.google.common.net.InetAddresses.isUriInetAddress(name) ? "" : name;
    }

    /** Pools of an address that a name has left: what is in flight ends, nothing new begins. */
    private void dropMoved() {
        int kept = 0;
        for (Pooled pooled : pools) {
            if (pooled.address.equals(host.address())) {
                pools[kept++] = pooled;
            } else {
                pooled.pool.shutdown();
            }
        }
        if (kept < pools.length) {
            pools = Arrays.copyOf(pools, kept);
        }
    }

    private void retirePools() {
        Pooled[] old = pools;
        pools = NONE;
        for (Pooled pooled : old) {
            pooled.pool.shutdown();
        }
    }

    /** The endpoint or its cluster is gone. */
    void shutdown() {
        retirePools();
    }

    HostNumbers numbers() {
        return new HostNumbers(cxTotal, cxActive, cxConnectFail, rqTotal, rqSuccess, rqError, rqTimeout);
    }

    void connectWaiting() {
        for (Pooled pooled : pools) {
            pooled.admission.wake();
            pooled.pool.connectWaiting();
        }
    }

    boolean closeIdle() {
        for (Pooled pooled : pools) {
            if (pooled.pool.closeIdle()) {
                return true;
            }
        }
        return false;
    }

    boolean isIdle() {
        for (Pooled pooled : pools) {
            if (!pooled.pool.isIdle()) {
                return false;
            }
        }
        return true;
    }

    void close() {
        for (Pooled pooled : pools) {
            pooled.pool.close();
        }
        pools = NONE;
    }

    @Override
    public void connecting() {
        cxTotal++;
        cxActive++;
        cluster.counters().cxTotal++;
        cluster.counters().cxActive++;
    }

    @Override
    public void connected(long nanos) {}

    @Override
    public void connectFailed(FailureReason reason, String detail) {
        cxActive--;
        cxConnectFail++;
        ClusterCounters counters = cluster.counters();
        counters.cxActive--;
        counters.cxConnectFail++;
        counters.cxDestroy++;
        boolean timeout = reason == FailureReason.CONNECT_TIMEOUT;
        if (timeout) {
            counters.cxConnectTimeout++;
        }
        host.monitor().onLocalFailure(timeout ? LocalFailure.CONNECT_TIMEOUT : LocalFailure.CONNECT_FAILURE);
    }

    @Override
    public void closed(long nanos) {
        cxActive--;
        cluster.counters().cxActive--;
        cluster.counters().cxDestroy++;
    }

    /** A pool with its key. */
    private final class Pooled {
        private final PoolOptions.Protocol protocol;
        private final ImmutableList<String> alpn;
        private final String serverName;
        private final java.net.SocketAddress address;
        private final UpstreamTransport transport;
        private final PoolAdmission admission;
        private final ConnectionPool pool;
        private long version;

        Pooled(
                PoolOptions.Protocol protocol,
                ImmutableList<String> alpn,
                String serverName,
                UpstreamTransport transport) {
            this.protocol = protocol;
            this.alpn = alpn;
            this.serverName = serverName;
            this.address = host.address();
            this.transport = transport;
            this.version = version();
            this.admission = new PoolAdmission(cluster);
            ClusterEnvironment environment = cluster.environment();
            Connector connector = new Connector(
                    host.route(), environment.channels().factory(address), transport, cluster.http2(), LoopHost.this);
            this.pool = new ConnectionPool(cluster.loop(), connector, cluster.options(protocol), admission);
        }

        private long version() {
            return transport instanceof TlsTransport tls ? tls.version() : 0;
        }

        ConnectionPool current() {
            long now = version();
            if (now != version) {
                version = now;
                pool.drainConnections();
            }
            return pool;
        }
    }
}
