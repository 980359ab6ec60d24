package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.net.InetAddresses;
import com.google.common.primitives.Ints;
import dev.weft.resources.EgressHost;
import dev.weft.resources.FieldPath;
import dev.weft.resources.MeshConfig.OutboundTrafficPolicy;
import dev.weft.resources.Protocol;
import dev.weft.resources.ResourceMeta;
import dev.weft.resources.Sidecar;
import dev.weft.resources.Sidecar.AppEndpoint;
import dev.weft.resources.Sidecar.CaptureMode;
import dev.weft.resources.Sidecar.EgressListener;
import dev.weft.resources.Sidecar.IngressListener;
import dev.weft.resources.Sidecar.ListenerPort;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Reads a Sidecar. */
final class SidecarReader {
    private static final String UNIX = "unix://";
    private static final String PROTOCOLS = "one of HTTP, HTTP2, GRPC, GRPC-WEB, HTTPS, TLS, TCP, MONGO, REDIS, MYSQL";

    private final Fields spec;
    private final Checks checks;

    private SidecarReader(Fields spec) {
        this.spec = spec;
        this.checks = spec.checks();
    }

    static Sidecar read(ResourceMeta meta, Fields spec) {
        return new SidecarReader(spec).read(meta);
    }

    private Sidecar read(ResourceMeta meta) {
        Sidecar sidecar = new Sidecar(
                meta,
                CommonReader.selector(spec, "workloadSelector", "labels"),
                spec.list("ingress", this::ingress),
                spec.list("egress", this::egress),
                spec.message("inboundConnectionPool").map(ConnectionPoolReader::read),
                spec.message("outboundTrafficPolicy").map(SidecarReader::outboundPolicy));
        if (spec.node().entries().isEmpty()) {
            checks.missing(spec.path(), "expected ingress, egress or another field");
        }
        checkIngressPorts(sidecar.ingress());
        checkEgress(sidecar.egress());
        return sidecar;
    }

    static OutboundTrafficPolicy outboundPolicy(Fields fields) {
        // Istio's own default of the enum is its first value, which differs from what a mesh without the field does.
        return fields.choice("mode", OutboundTrafficPolicy.class).orElse(OutboundTrafficPolicy.REGISTRY_ONLY);
    }

    private IngressListener ingress(Fields fields) {
        CaptureMode capture = fields.choice("captureMode", CaptureMode.class).orElse(CaptureMode.DEFAULT);
        Optional<String> bind = bind(fields, capture);
        return new IngressListener(
                fields.message("port").map(SidecarReader::port).orElseThrow(),
                bind,
                capture,
                fields.parsed(
                        "defaultEndpoint",
                        SidecarReader::endpoint,
                        "127.0.0.1:PORT, [::1]:PORT, 0.0.0.0:PORT, [::]:PORT, unix:///PATH or unix://@NAME"),
                fields.message("connectionPool").map(ConnectionPoolReader::read));
    }

    private EgressListener egress(Fields fields) {
        CaptureMode capture = fields.choice("captureMode", CaptureMode.class).orElse(CaptureMode.DEFAULT);
        ImmutableList<String> hosts = fields.texts("hosts");
        ImmutableList.Builder<EgressHost> parsed = ImmutableList.builder();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < hosts.size(); i++) {
            String host = hosts.get(i);
            FieldPath at = fields.at("hosts").index(i);
            egressHost(host)
                    .ifPresentOrElse(
                            parsed::add,
                            () -> checks.invalid(
                                    at,
                                    "found \"" + host + "\", expected namespace/host, such as ./* or */*.example.com"));
            if (!seen.add(host)) {
                checks.ineffective(at, "found \"" + host + "\" twice");
            }
        }
        if (seen.contains("*/*") && hosts.stream().anyMatch(host -> !host.equals("*/*") && !excludes(host))) {
            checks.ineffective(fields.at("hosts"), "\"*/*\" already holds the other hosts");
        }
        return new EgressListener(
                fields.message("port").map(SidecarReader::port), bind(fields, capture), capture, parsed.build());
    }

    private Optional<String> bind(Fields fields, CaptureMode capture) {
        Optional<String> bind = fields.text("bind");
        bind.ifPresent(address -> {
            if (address.startsWith(UNIX)) {
                if (capture == CaptureMode.IPTABLES) {
                    checks.conflict(fields.at("captureMode"), "IPTABLES cannot capture for a Unix socket");
                }
            } else if (!InetAddresses.isInetAddress(address)) {
                checks.invalid(fields.at("bind"), "found \"" + address + "\", expected an IP address or unix:///PATH");
            }
        });
        return bind;
    }

    private static ListenerPort port(Fields fields) {
        String name = fields.text("name").orElse("");
        int number = fields.number("number").orElse(0);
        Protocol protocol = fields.isSet("protocol")
                ? fields.parsed("protocol", Protocol::parse, PROTOCOLS).orElse(Protocol.UNKNOWN)
                : Protocol.ofServicePort("TCP", Optional.empty(), name, number);
        return new ListenerPort(number, protocol, name);
    }

    private static Optional<AppEndpoint> endpoint(String text) {
        if (text.startsWith(UNIX)) {
            String path = text.substring(UNIX.length());
            boolean named = path.length() > 1 && (path.startsWith("/") || path.startsWith("@"));
            return named ? Optional.of(new AppEndpoint.UnixSocket(path)) : Optional.empty();
        }
        int colon = text.lastIndexOf(':');
        String address = colon < 0 ? "" : text.substring(0, colon);
        Integer port = Ints.tryParse(text.substring(colon + 1));
        if (port == null || port < 1 || port > 65535) {
            return Optional.empty();
        }
        return switch (address) {
            case "127.0.0.1", "0.0.0.0" -> Optional.of(new AppEndpoint.Inet(address, port));
            case "[::1]", "[::]" -> Optional.of(new AppEndpoint.Inet(address.substring(1, address.length() - 1), port));
            default -> Optional.empty();
        };
    }

    private static Optional<EgressHost> egressHost(String text) {
        int slash = text.indexOf('/');
        if (slash <= 0 || slash == text.length() - 1) {
            return Optional.empty();
        }
        boolean excludes = excludes(text);
        String namespace = text.substring(excludes ? 1 : 0, slash);
        String host = text.substring(slash + 1);
        boolean known = namespace.equals("*")
                || namespace.equals(".")
                || namespace.equals("~")
                || Formats.isObjectName(namespace);
        if (!known || !Formats.isHostOrAddress(host)) {
            return Optional.empty();
        }
        return Optional.of(
                new EgressHost(namespace, host, excludes ? EgressHost.Mode.EXCLUDE : EgressHost.Mode.INCLUDE));
    }

    /** {@code ~/*} imports nothing; {@code ~namespace/host} takes away. */
    private static boolean excludes(String host) {
        return host.startsWith("~") && !host.startsWith("~/");
    }

    private void checkIngressPorts(ImmutableList<IngressListener> listeners) {
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < listeners.size(); i++) {
            int port = listeners.get(i).port().number();
            if (!ports.add(port)) {
                checks.conflict(spec.at("ingress").index(i).field("port"), "found the port " + port + " twice");
            }
        }
    }

    private void checkEgress(ImmutableList<EgressListener> listeners) {
        Set<String> binds = new HashSet<>();
        for (int i = 0; i < listeners.size(); i++) {
            EgressListener listener = listeners.get(i);
            FieldPath at = spec.at("egress").index(i);
            boolean catchAll = listener.port().isEmpty();
            if (catchAll && i < listeners.size() - 1) {
                checks.conflict(
                        at,
                        "a listener without port takes what the others leave: it must be the last one, and the only one");
            }
            if (catchAll
                    && listener.captureMode() == CaptureMode.NONE
                    && listener.bind().isEmpty()) {
                checks.missing(at.field("port"), "captureMode NONE needs a port to bind");
            }
            String bind = listener.bind().orElse("") + "|"
                    + listener.port().map(ListenerPort::number).orElse(0);
            if (!binds.add(bind)) {
                checks.conflict(at, "found the same address and port twice");
            }
        }
    }
}
