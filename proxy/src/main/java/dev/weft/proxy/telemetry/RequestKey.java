package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.ConnectionFacts.Direction;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.LocalReply;
import dev.weft.proxy.exchange.PeerIdentity;
import dev.weft.proxy.exchange.PeerMetadata;
import dev.weft.proxy.exchange.TlsFacts;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What tells one request series from another. One mutable probe per loop is filled for each request and compared with the keys that
 * are known; only a new series copies it.
 */
final class RequestKey {
    static final int NO_GRPC = -1;

    Direction direction = Direction.UNSPECIFIED;

    @Nullable
    PeerMetadata peer;

    String cluster = "";
    String remotePrincipal = "";
    String ownPrincipal = "";
    boolean mutualTls;
    boolean grpc;
    int grpcStatus = NO_GRPC;
    int status;
    long flags;

    void fill(Exchange exchange) {
        direction = exchange.connection().direction();
        boolean inbound = direction == Direction.INBOUND;
        peer = inbound ? exchange.downstreamPeer() : exchange.upstreamPeer();
        cluster = exchange.upstream().cluster();
        TlsFacts tls =
                inbound ? exchange.connection().tls() : exchange.upstream().tls();
        PeerIdentity identity = tls == null ? null : tls.peer();
        remotePrincipal = identity == null ? "" : identity.principal();
        ownPrincipal = tls == null ? "" : tls.local();
        mutualTls = identity != null;
        grpc = LocalReply.isGrpc(exchange.request().headers());
        grpcStatus = grpc ? grpcStatus(exchange) : NO_GRPC;
        status = exchange.response().status();
        flags = exchange.flags();
    }

    private static int grpcStatus(Exchange exchange) {
        long status = exchange.responseTrailers().number(HeaderName.GRPC_STATUS);
        if (status < 0) {
            status = exchange.response().headers().number(HeaderName.GRPC_STATUS);
        }
        return status < 0 ? NO_GRPC : (int) status;
    }

    RequestKey copy() {
        RequestKey copy = new RequestKey();
        copy.direction = direction;
        copy.peer = peer;
        copy.cluster = cluster;
        copy.remotePrincipal = remotePrincipal;
        copy.ownPrincipal = ownPrincipal;
        copy.mutualTls = mutualTls;
        copy.grpc = grpc;
        copy.grpcStatus = grpcStatus;
        copy.status = status;
        copy.flags = flags;
        return copy;
    }

    /** There are too many peers to tell them apart. */
    void forgetPeer() {
        peer = null;
        remotePrincipal = "";
    }

    /** Of the contents: the same peer may be told by several objects. Texts remember their hashes. */
    int mix() {
        PeerMetadata workload = peer;
        int hash = workload == null
                ? 0
                : workload.workload().hashCode() * 31 + workload.version().hashCode();
        hash = hash * 31 + cluster.hashCode();
        hash = hash * 31 + status;
        hash = hash * 31 + Long.hashCode(flags);
        hash = hash * 31 + grpcStatus;
        hash = hash * 31 + remotePrincipal.hashCode();
        hash = hash * 31 + direction.ordinal();
        return hash ^ hash >>> 16;
    }

    /** The peer by identity first: the cache of peers hands out one object per peer and loop. */
    boolean same(RequestKey other) {
        return status == other.status
                && flags == other.flags
                && grpcStatus == other.grpcStatus
                && grpc == other.grpc
                && mutualTls == other.mutualTls
                && direction == other.direction
                && samePeer(peer, other.peer)
                && cluster.equals(other.cluster)
                && remotePrincipal.equals(other.remotePrincipal)
                && ownPrincipal.equals(other.ownPrincipal);
    }

    @SuppressWarnings("ReferenceEquality") // a fast path before equals
    private static boolean samePeer(@Nullable PeerMetadata one, @Nullable PeerMetadata other) {
        return one == other || Objects.equals(one, other);
    }
}
