package dev.weft.control.gateway;

import com.google.common.collect.ImmutableList;
import dev.weft.control.gateway.ListenerState.CertificateUse;
import dev.weft.resources.KubernetesGateway;
import dev.weft.resources.KubernetesGateway.Listener;
import dev.weft.resources.KubernetesGateway.RouteKind;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.ResourceMeta;
import dev.weft.resources.ServerTls;
import dev.weft.resources.ServerTls.Credential;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Checks the listeners of one Gateway: against each other, and what they refer to. Pure. */
final class Listeners {
    private static final ImmutableList<RouteKind> HTTP_ROUTES = ImmutableList.of(
            new RouteKind(ResourceKind.HTTP_ROUTE.group(), ResourceKind.HTTP_ROUTE.kindName()),
            new RouteKind(ResourceKind.GRPC_ROUTE.group(), ResourceKind.GRPC_ROUTE.kindName()));

    private final References references;

    Listeners(References references) {
        this.references = references;
    }

    /** The listeners in their order, without routes. */
    ImmutableList<ListenerState> check(KubernetesGateway gateway) {
        Map<Integer, String> protocols = new HashMap<>();
        Map<String, String> taken = new HashMap<>();
        ImmutableList.Builder<ListenerState> states = ImmutableList.builder();
        for (Listener listener : gateway.listeners()) {
            Optional<Refusal> conflict = conflict(listener, protocols, taken);
            ImmutableList<RouteKind> allowed = listener.allowed().kinds();
            ImmutableList<RouteKind> kinds = allowed.isEmpty()
                    ? HTTP_ROUTES
                    : allowed.stream().filter(HTTP_ROUTES::contains).collect(ImmutableList.toImmutableList());
            Optional<Refusal> certificate = certificate(gateway.meta(), listener);
            Optional<Refusal> unresolved = certificate.or(() -> kinds.size() < allowed.size()
                    ? Optional.of(new Refusal("InvalidRouteKinds", "found route kinds that are not served"))
                    : Optional.empty());
            states.add(new ListenerState(
                    listener,
                    listener.tls().map(tls -> named(gateway.meta(), tls)),
                    listener.certificates().stream()
                                    .findFirst()
                                    .map(first -> references.mayUse(gateway.meta(), first))
                                    .orElse(true)
                            ? CertificateUse.PERMITTED
                            : CertificateUse.REFUSED,
                    conflict,
                    unresolved,
                    conflict.isPresent() ? ImmutableList.of() : kinds,
                    ImmutableList.of()));
        }
        return states.build();
    }

    private static Optional<Refusal> conflict(
            Listener listener, Map<Integer, String> protocols, Map<String, String> taken) {
        String protocol = listener.protocol();
        if (!protocol.equals("HTTP") && !protocol.equals("HTTPS")) {
            return Optional.of(new Refusal(
                    "UnsupportedProtocol",
                    "found " + protocol + ", expected HTTP or HTTPS; a Gateway of Istio serves TLS and TCP"));
        }
        String before = protocols.putIfAbsent(listener.port(), protocol);
        if (before != null && !before.equals(protocol)) {
            return Optional.of(new Refusal(
                    "ProtocolConflict", "another listener of the port " + listener.port() + " speaks " + before));
        }
        String first =
                taken.putIfAbsent(listener.port() + "/" + listener.hostname().orElse("*"), listener.name());
        return first == null
                ? Optional.empty()
                : Optional.of(
                        new Refusal("HostnameConflict", "the listener " + first + " has the same port and hostname"));
    }

    private Optional<Refusal> certificate(ResourceMeta gateway, Listener listener) {
        return listener.tls()
                .filter(tls -> tls.credential() instanceof Credential.Named)
                .flatMap(tls ->
                        references.certificate(gateway, listener.certificates().getFirst(), tls.asksForCertificate()));
    }

    private static ServerTls named(ResourceMeta gateway, ServerTls tls) {
        if (!(tls.credential() instanceof Credential.Named named)) {
            return tls;
        }
        return new ServerTls(
                tls.mode(),
                tls.plain(),
                new Credential.Named(
                        Optional.of(named.namespace().orElse(gateway.namespace())), named.name(), named.roots()),
                tls.sans(),
                tls.versions(),
                tls.ciphers());
    }
}
