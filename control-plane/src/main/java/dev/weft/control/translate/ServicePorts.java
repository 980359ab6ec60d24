package dev.weft.control.translate;

import dev.weft.control.registry.ServicePort;
import dev.weft.resources.Protocol;

/** Questions about service ports. */
final class ServicePorts {
    private ServicePorts() {}

    /** Nobody declared what is spoken, so the proxy looks at the first bytes. */
    static boolean sniffed(ServicePort port) {
        return port.protocol() == Protocol.UNKNOWN;
    }
}
