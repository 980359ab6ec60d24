package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.ConnectionPool;
import dev.weft.resources.ConnectionPool.Http;
import dev.weft.resources.ConnectionPool.Http2KeepAlive;
import dev.weft.resources.ConnectionPool.Tcp;
import dev.weft.resources.ConnectionPool.TcpKeepalive;
import dev.weft.resources.ConnectionPool.UpgradePolicy;

/** Reads the limits of a DestinationRule or of a Sidecar. A limit of zero means, as in protobuf, that it is not set. */
final class ConnectionPoolReader {
    private static final ImmutableList<String> LIMITS = ImmutableList.of(
            "http1MaxPendingRequests",
            "http2MaxRequests",
            "maxRequestsPerConnection",
            "maxRetries",
            "maxConcurrentStreams");

    private ConnectionPoolReader() {}

    static ConnectionPool read(Fields fields) {
        if (!fields.isSet("tcp") && !fields.isSet("http")) {
            fields.checks().missing(fields.path(), "expected tcp or http");
        }
        return new ConnectionPool(
                fields.message("tcp").map(ConnectionPoolReader::tcp).orElse(Tcp.NONE),
                fields.message("http").map(ConnectionPoolReader::http).orElse(Http.NONE));
    }

    private static Tcp tcp(Fields fields) {
        fields.notNegative("maxConnections");
        return new Tcp(
                fields.positive("maxConnections"),
                fields.duration("connectTimeout"),
                fields.message("tcpKeepalive").map(ConnectionPoolReader::keepalive),
                fields.duration("maxConnectionDuration"),
                fields.duration("idleTimeout"));
    }

    private static TcpKeepalive keepalive(Fields fields) {
        return new TcpKeepalive(fields.positive("probes"), fields.duration("time"), fields.duration("interval"));
    }

    private static Http http(Fields fields) {
        LIMITS.forEach(fields::notNegative);
        Http http = new Http(
                fields.positive("http1MaxPendingRequests"),
                fields.positive("http2MaxRequests"),
                fields.positive("maxRequestsPerConnection"),
                fields.positive("maxRetries"),
                fields.duration("idleTimeout"),
                fields.choice("h2UpgradePolicy", UpgradePolicy.class).orElse(UpgradePolicy.DEFAULT),
                fields.flag("useClientProtocol"),
                fields.positive("maxConcurrentStreams"),
                fields.message("http2KeepAlive").map(ConnectionPoolReader::http2KeepAlive));
        if (http.useClientProtocol() && http.h2UpgradePolicy() == UpgradePolicy.UPGRADE) {
            fields.checks().conflict(fields.at("useClientProtocol"), "does not go with h2UpgradePolicy UPGRADE");
        }
        return http;
    }

    private static Http2KeepAlive http2KeepAlive(Fields fields) {
        return new Http2KeepAlive(
                fields.duration("interval").orElseThrow(),
                fields.duration("timeout").orElseThrow());
    }
}
