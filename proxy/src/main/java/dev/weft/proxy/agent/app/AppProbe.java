package dev.weft.proxy.agent.app;

import com.google.common.collect.ImmutableList;
import java.time.Duration;

/** How the kubelet would ask the application for its health, if the mesh were not in between. Immutable. */
public sealed interface AppProbe {
    Place place();

    /** How long an answer may take. */
    Duration timeout();

    /** @param headers sent beside those that the kubelet sends */
    record HttpGet(Place place, Scheme scheme, String path, ImmutableList<Header> headers, Duration timeout)
            implements AppProbe {}

    /** Healthy when a connection can be made. */
    record TcpConnect(Place place, Duration timeout) implements AppProbe {}

    /** @param service of {@code grpc.health.v1}; empty for the server as a whole */
    record GrpcHealth(Place place, String service, Duration timeout) implements AppProbe {}

    /** @param host empty for the pod itself */
    record Place(String host, int port) {}

    /** One field of a request. */
    record Header(String name, String value) {}

    /** Certificates of applications are not checked, as the kubelet does not either. */
    enum Scheme {
        HTTP,
        HTTPS
    }
}
