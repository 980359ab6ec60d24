package dev.weft.control.gateway;

import com.google.errorprone.annotations.Immutable;
import java.util.OptionalInt;

/**
 * A route at a Service, for traffic inside the mesh. In the Service's namespace it is a producer's and holds for every client; in
 * another it is a consumer's and holds for the clients there.
 *
 * @param host full name of the Service
 * @param serviceNamespace the Service's
 * @param port of the Service; absent: all
 */
@Immutable
public record MeshRoute(String host, String serviceNamespace, OptionalInt port, ResolvedRoute route) {
    public boolean consumer() {
        return !namespace().equals(serviceNamespace);
    }

    public String namespace() {
        return route.route().meta().namespace();
    }

    public boolean onPort(int number) {
        return port.isEmpty() || port.getAsInt() == number;
    }
}
