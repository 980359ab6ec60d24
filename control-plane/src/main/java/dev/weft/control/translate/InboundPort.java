package dev.weft.control.translate;

import dev.weft.control.registry.MeshService;
import dev.weft.model.net.SocketAddress;
import dev.weft.resources.ConnectionPool;
import dev.weft.resources.Protocol;
import java.util.Optional;

/**
 * A port of the workload.
 *
 * @param number 0 for any port that nobody declared
 * @param application absent: where the client dialled
 * @param bind where the proxy itself listens; absent where traffic is captured
 * @param servedAs the service and port that clients call
 * @param service that clients call, for metrics
 */
record InboundPort(
        int number,
        Protocol protocol,
        Optional<SocketAddress> application,
        Optional<String> bind,
        ConnectionPool pool,
        String servedAs,
        Optional<MeshService> service) {
    static final int ANY = 0;

    static InboundPort undeclared(int number) {
        return new InboundPort(
                number,
                Protocol.UNKNOWN,
                Optional.empty(),
                Optional.empty(),
                ConnectionPool.NONE,
                Names.INBOUND_PASSTHROUGH_CLUSTER,
                Optional.empty());
    }

    String cluster() {
        return servedAs.equals(Names.INBOUND_PASSTHROUGH_CLUSTER) ? servedAs : Names.inboundCluster(number);
    }
}
