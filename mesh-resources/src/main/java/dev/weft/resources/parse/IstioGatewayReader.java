package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.net.InetAddresses;
import dev.weft.resources.FieldPath;
import dev.weft.resources.IstioGateway;
import dev.weft.resources.IstioGateway.Port;
import dev.weft.resources.IstioGateway.Server;
import dev.weft.resources.IstioGateway.ServerHost;
import dev.weft.resources.LabelSelector;
import dev.weft.resources.Protocol;
import dev.weft.resources.ResourceMeta;
import dev.weft.resources.ServerTls;
import dev.weft.resources.ServerTls.Mode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Reads an Istio Gateway; its TLS is read by {@link ServerTlsReader}. */
final class IstioGatewayReader {
    private static final String PROTOCOLS = "HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, TLS, TCP or MONGO";

    private IstioGatewayReader() {}

    static IstioGateway read(ResourceMeta meta, Fields spec) {
        Set<String> names = new HashSet<>();
        ImmutableList.Builder<Server> servers = ImmutableList.builder();
        for (Fields fields : spec.messages("servers")) {
            Server server = server(fields);
            if (!names.add(server.port().name())) {
                fields.checks()
                        .conflict(
                                fields.at("port").field("name"),
                                "found the port name \"" + server.port().name() + "\" twice");
            }
            servers.add(server);
        }
        return new IstioGateway(meta, new LabelSelector(spec.textMap("selector")), servers.build());
    }

    private static Server server(Fields fields) {
        Port port = fields.message("port").map(IstioGatewayReader::port).orElseThrow();
        Optional<ServerTls> tls = fields.message("tls").map(ServerTlsReader::read);
        checkTls(fields, port, tls);
        Optional<String> bind = fields.text("bind");
        if (bind.filter(address -> !InetAddresses.isInetAddress(address)).isPresent()) {
            fields.checks().invalid(fields.at("bind"), "found \"" + bind.get() + "\", expected an IP address");
        }
        return new Server(fields.text("name").orElse(""), port, bind, hosts(fields), tls);
    }

    private static Port port(Fields fields) {
        Protocol protocol =
                fields.parsed("protocol", Protocol::parse, PROTOCOLS).orElse(Protocol.UNKNOWN);
        if (protocol == Protocol.UDP || protocol == Protocol.MYSQL || protocol == Protocol.REDIS) {
            fields.checks().invalid(fields.at("protocol"), "found " + protocol + ", expected " + PROTOCOLS);
        }
        return new Port(
                fields.number("number").orElse(0), protocol, fields.text("name").orElse(""));
    }

    private static void checkTls(Fields fields, Port port, Optional<ServerTls> tls) {
        boolean needsTls = port.protocol().isTls();
        if (needsTls && tls.isEmpty()) {
            fields.checks().missing(fields.at("tls"), "must be set for the protocol " + port.protocol());
        }
        if (tls.isEmpty()) {
            return;
        }
        boolean redirects = tls.get().plain() == ServerTls.PlainRequests.REDIRECTED;
        if (port.protocol().isHttp() && !redirects) {
            fields.checks()
                    .conflict(
                            fields.at("tls"),
                            "the protocol " + port.protocol() + " is plain text; write HTTPS, or httpsRedirect only");
        }
        if (redirects && !port.protocol().isHttp()) {
            fields.checks().ineffective(fields.at("tls").field("httpsRedirect"), "redirects plain HTTP only");
        }
        if (needsTls) {
            ServerTlsReader.checkCredential(fields.message("tls").orElseThrow(), tls.get());
        }
        if (port.protocol() == Protocol.HTTPS && tls.get().mode() == Mode.PASSTHROUGH && redirects) {
            fields.checks().ineffective(fields.at("tls").field("mode"), "PASSTHROUGH decrypts nothing");
        }
    }

    private static ImmutableList<ServerHost> hosts(Fields fields) {
        ImmutableList<String> written = fields.texts("hosts");
        ImmutableList.Builder<ServerHost> hosts = ImmutableList.builder();
        for (int i = 0; i < written.size(); i++) {
            String text = written.get(i);
            FieldPath at = fields.at("hosts").index(i);
            int slash = text.indexOf('/');
            String namespace = slash < 0 ? "*" : text.substring(0, slash);
            String host = text.substring(slash + 1);
            boolean known = namespace.equals("*") || namespace.equals(".") || Formats.isObjectName(namespace);
            if (!known || !Formats.isHost(host)) {
                fields.checks()
                        .invalid(at, "found \"" + text + "\", expected [namespace/]host, such as shop/*.example.com");
            }
            hosts.add(new ServerHost(namespace, host));
        }
        return hosts.build();
    }
}
