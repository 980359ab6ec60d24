package dev.weft.control.translate;

import dev.weft.control.registry.MeshService;
import dev.weft.control.registry.ServicePort;
import java.util.Optional;

/** The names that Istio gives to clusters, listeners and route tables: tools and EnvoyFilters parse them. */
final class Names {
    static final String PASSTHROUGH_CLUSTER = "PassthroughCluster";
    static final String BLACK_HOLE_CLUSTER = "BlackHoleCluster";
    static final String INBOUND_PASSTHROUGH_CLUSTER = "InboundPassthroughCluster";
    static final String HTTP_PROXY_ROUTES = "http_proxy";
    static final String VIRTUAL_OUTBOUND = "virtualOutbound";
    static final String VIRTUAL_INBOUND = "virtualInbound";

    private Names() {}

    static String outboundCluster(int port, String subset, String host) {
        return "outbound|" + port + "|" + subset + "|" + host;
    }

    static String outboundCluster(MeshService service, ServicePort port) {
        return outboundCluster(port.number(), "", service.hostname());
    }

    static String inboundCluster(int port) {
        return "inbound|" + port + "||";
    }

    /** The server name that carries the cluster over mutual TLS. */
    static String sni(int port, String subset, String host) {
        return "outbound_." + port + "_." + subset + "_." + host;
    }

    static String listener(String bind, int port) {
        return bind + "_" + port;
    }

    /** The table of the plain HTTP servers of a gateway's port; those at an address of their own have their own. */
    static String gatewayRoutes(int port, Optional<String> bind) {
        return "http." + port + bind.map(address -> "." + address).orElse("");
    }

    /** The table of one HTTPS server of a gateway. */
    static String gatewayRoutes(int port, String portName, String gateway, String namespace) {
        return "https." + port + "." + portName + "." + gateway + "." + namespace;
    }

    static String virtualHost(String host, int port) {
        return host + ":" + port;
    }
}
