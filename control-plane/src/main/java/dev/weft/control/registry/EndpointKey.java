package dev.weft.control.registry;

import com.google.errorprone.annotations.Immutable;

/**
 * Names the endpoints of one service port. The namespace is part of it, since two namespaces may declare one host.
 *
 * @param namespace of the object that declares the service
 */
@Immutable
public record EndpointKey(String hostname, String namespace, int port) {
    public static EndpointKey of(MeshService service, ServicePort port) {
        return new EndpointKey(service.hostname(), service.namespace(), port.number());
    }
}
