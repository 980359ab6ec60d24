package dev.weft.control.gateway;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import dev.weft.control.gateway.ResolvedRoute.ResolvedBackend;
import dev.weft.control.gateway.ResolvedRoute.ResolvedRule;
import dev.weft.resources.Destination;
import dev.weft.resources.GatewayRoute;
import dev.weft.resources.GatewayRoute.Backend;
import dev.weft.resources.KubernetesGateway.ObjectReference;
import dev.weft.resources.ReferenceGrant;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.ResourceMeta;
import dev.weft.resources.Secret;
import dev.weft.resources.host.HostName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks up what routes and listeners refer to, and whether they may. Pure. */
final class References {
    private static final String ISTIO = "networking.istio.io";

    private final Map<String, ImmutableSet<Integer>> portsByHost;
    private final ImmutableList<ReferenceGrant> grants;
    private final ImmutableMap<String, Secret> secrets;
    private final String domainSuffix;

    /** @param portsByHost of all services, by full host name */
    References(
            Map<String, ImmutableSet<Integer>> portsByHost,
            ImmutableList<ReferenceGrant> grants,
            List<Secret> secrets,
            String domainSuffix) {
        this.portsByHost = portsByHost;
        this.grants = grants;
        this.secrets = Maps.uniqueIndex(
                secrets,
                secret -> secret.meta().namespace() + "/" + secret.meta().name());
        this.domainSuffix = domainSuffix;
    }

    ResolvedRoute resolve(GatewayRoute route) {
        ImmutableList.Builder<ResolvedRule> rules = ImmutableList.builder();
        for (GatewayRoute.Rule rule : route.rules()) {
            rules.add(new ResolvedRule(
                    rule,
                    rule.backends().stream()
                            .map(backend -> resolve(route.meta(), backend))
                            .collect(ImmutableList.toImmutableList())));
        }
        return new ResolvedRoute(route, rules.build());
    }

    String serviceHost(String namespace, String name) {
        return name + "." + namespace + ".svc." + domainSuffix;
    }

    boolean isService(String host) {
        return portsByHost.containsKey(host);
    }

    private ResolvedBackend resolve(ResourceMeta own, Backend backend) {
        String namespace = backend.namespace().orElse(own.namespace());
        boolean hostname = backend.group().equals(ISTIO) && backend.kind().equals("Hostname");
        if (!backend.isService() && !hostname) {
            return refused(
                    backend,
                    "InvalidKind",
                    "found the backend kind " + backend.kind()
                            + (backend.group().isEmpty() ? "" : " of " + backend.group()) + ", expected Service");
        }
        // A host name belongs to nobody: whether a client sees it, exportTo says.
        if (!hostname && !permitted(own, namespace, "Service", backend.name())) {
            return refused(backend, "RefNotPermitted", ungranted("Service", namespace, backend.name()));
        }
        String host = hostname
                ? HostName.expand(backend.name(), namespace, domainSuffix)
                : serviceHost(namespace, backend.name());
        ImmutableSet<Integer> ports = portsByHost.get(host);
        if (ports == null) {
            return refused(backend, "BackendNotFound", "no service has the host " + host);
        }
        if (backend.port().isPresent() && !ports.contains(backend.port().getAsInt())) {
            return refused(
                    backend,
                    "BackendNotFound",
                    host + " has no port " + backend.port().getAsInt() + ", expected one of " + ports);
        }
        return new ResolvedBackend(
                Optional.of(new Destination(host, Optional.empty(), backend.port())),
                backend.weight(),
                backend.filters(),
                Optional.empty());
    }

    private static ResolvedBackend refused(Backend backend, String reason, String message) {
        return new ResolvedBackend(
                Optional.empty(), backend.weight(), backend.filters(), Optional.of(new Refusal(reason, message)));
    }

    /** Whether a listener may have what it names as its certificate, be it there or not. */
    boolean mayUse(ResourceMeta gateway, ObjectReference reference) {
        return reference.group().isEmpty()
                && reference.kind().equals("Secret")
                && permitted(gateway, reference.namespace().orElse(gateway.namespace()), "Secret", reference.name());
    }

    /** Why a listener cannot use a certificate; empty where it can. */
    Optional<Refusal> certificate(ResourceMeta gateway, ObjectReference reference, boolean needsRoots) {
        if (!reference.group().isEmpty() || !reference.kind().equals("Secret")) {
            return Optional.of(new Refusal(
                    "InvalidCertificateRef", "found the certificate kind " + reference.kind() + ", expected Secret"));
        }
        String namespace = reference.namespace().orElse(gateway.namespace());
        if (!permitted(gateway, namespace, "Secret", reference.name())) {
            return Optional.of(new Refusal("RefNotPermitted", ungranted("Secret", namespace, reference.name())));
        }
        Secret secret = secrets.get(namespace + "/" + reference.name());
        if (secret == null) {
            return Optional.of(
                    new Refusal("InvalidCertificateRef", "there is no Secret " + namespace + "/" + reference.name()));
        }
        return SecretCheck.problem(secret, needsRoots)
                .map(problem -> new Refusal(
                        "InvalidCertificateRef", "Secret " + namespace + "/" + reference.name() + " " + problem));
    }

    private boolean permitted(ResourceMeta own, String namespace, String kind, String name) {
        if (namespace.equals(own.namespace())) {
            return true;
        }
        ReferenceGrant.From from = new ReferenceGrant.From(
                ResourceKind.KUBERNETES_GATEWAY.group(), own.kind().kindName(), own.namespace());
        return grants.stream()
                .anyMatch(grant -> grant.meta().namespace().equals(namespace) && grant.permits(from, "", kind, name));
    }

    private static String ungranted(String kind, String namespace, String name) {
        return "no ReferenceGrant in " + namespace + " lets this refer to the " + kind + " " + namespace + "/" + name;
    }
}
