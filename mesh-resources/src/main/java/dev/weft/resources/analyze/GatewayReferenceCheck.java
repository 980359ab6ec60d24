package dev.weft.resources.analyze;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.FieldPath;
import dev.weft.resources.GatewayRoute;
import dev.weft.resources.GatewayRoute.Backend;
import dev.weft.resources.GatewayRoute.ParentRef;
import dev.weft.resources.IstioGateway;
import dev.weft.resources.KubernetesGateway;
import dev.weft.resources.KubernetesGateway.ObjectReference;
import dev.weft.resources.Problem.Effect;
import dev.weft.resources.Problem.Severity;
import dev.weft.resources.ReferenceGrant;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.ResourceMeta;
import dev.weft.resources.Secret;
import dev.weft.resources.ServerTls.Credential;
import dev.weft.resources.VirtualService;
import dev.weft.resources.host.HostName;
import dev.weft.resources.store.ResourceStore;
import dev.weft.resources.store.StoredResource;
import java.util.Optional;

/** The references of gateways and routes that lead nowhere: gateways, listeners, services, secrets, grants. Confined to one call. */
final class GatewayReferenceCheck {
    private static final FieldPath SPEC = FieldPath.ROOT.field("spec");
    private static final String GATEWAY_API = ResourceKind.KUBERNETES_GATEWAY.group();

    private final ResourceStore store;
    private final String domainSuffix;
    private final KnownHosts hosts;
    private final Reporter reporter;
    private final ImmutableList<ReferenceGrant> grants;

    /** Takes what was found. */
    interface Reporter {
        void report(StoredResource stored, Severity severity, FieldPath at, String message, Effect effect);
    }

    GatewayReferenceCheck(ResourceStore store, String domainSuffix, KnownHosts hosts, Reporter reporter) {
        this.store = store;
        this.domainSuffix = domainSuffix;
        this.hosts = hosts;
        this.reporter = reporter;
        this.grants = store.all(ReferenceGrant.class);
    }

    void check(StoredResource stored) {
        switch (stored.resource()) {
            case VirtualService service -> gateways(stored, service);
            case IstioGateway gateway -> credentials(stored, gateway);
            case KubernetesGateway gateway -> certificates(stored, gateway);
            case GatewayRoute route -> {
                parents(stored, route);
                backends(stored, route);
            }
            default -> {}
        }
    }

    private void gateways(StoredResource stored, VirtualService service) {
        for (int i = 0; i < service.gateways().size(); i++) {
            String name = service.gateways().get(i);
            int slash = name.indexOf('/');
            ResourceKey key = new ResourceKey(
                    ResourceKind.GATEWAY,
                    slash < 0 ? service.meta().namespace() : name.substring(0, slash),
                    name.substring(slash + 1));
            if (!name.equals(VirtualService.MESH_GATEWAY) && store.find(key).isEmpty()) {
                error(stored, SPEC.field("gateways").index(i), "there is no " + key, Effect.NEVER_USED);
            }
        }
    }

    /** The namespace is that of the gateway's workload, which no resource names: so the Secret may be in any. */
    private void credentials(StoredResource stored, IstioGateway gateway) {
        for (int i = 0; i < gateway.servers().size(); i++) {
            FieldPath at = SPEC.field("servers").index(i).field("tls").field("credentialName");
            gateway.servers().get(i).tls().ifPresent(tls -> {
                if (tls.credential() instanceof Credential.Named named
                        && store.all(Secret.class).stream()
                                .noneMatch(secret -> secret.meta().name().equals(named.name()))) {
                    error(stored, at, "there is no Secret " + named.name(), Effect.NO_CERTIFICATE);
                }
            });
        }
    }

    private void certificates(StoredResource stored, KubernetesGateway gateway) {
        for (int i = 0; i < gateway.listeners().size(); i++) {
            ImmutableList<ObjectReference> certificates =
                    gateway.listeners().get(i).certificates();
            for (int j = 0; j < certificates.size(); j++) {
                certificate(
                        stored,
                        certificates.get(j),
                        SPEC.field("listeners")
                                .index(i)
                                .field("tls")
                                .field("certificateRefs")
                                .index(j));
            }
        }
    }

    private void certificate(StoredResource stored, ObjectReference reference, FieldPath at) {
        ResourceMeta own = stored.resource().meta();
        String namespace = reference.namespace().orElse(own.namespace());
        if (!reference.group().isEmpty() || !reference.kind().equals("Secret")) {
            error(stored, at, "found the kind " + reference.kind() + ", expected Secret", Effect.NO_CERTIFICATE);
        } else if (!permitted(own, "Gateway", namespace, reference.kind(), reference.name())) {
            error(stored, at, ungranted("Secret", namespace, reference.name()), Effect.NO_CERTIFICATE);
        } else if (store.find(new ResourceKey(ResourceKind.SECRET, namespace, reference.name()))
                .isEmpty()) {
            error(stored, at, "there is no Secret " + namespace + "/" + reference.name(), Effect.NO_CERTIFICATE);
        }
    }

    private void parents(StoredResource stored, GatewayRoute route) {
        for (int i = 0; i < route.parents().size(); i++) {
            ParentRef parent = route.parents().get(i);
            FieldPath at = SPEC.field("parentRefs").index(i);
            String namespace = parent.namespace().orElse(route.meta().namespace());
            if (parent.isService()) {
                String host = parent.name() + "." + namespace + ".svc." + domainSuffix;
                if (!hosts.isKnown(host)) {
                    error(stored, at, "there is no Service " + namespace + "/" + parent.name(), Effect.NEVER_USED);
                }
            } else if (parent.isGateway()) {
                ResourceKey key = new ResourceKey(ResourceKind.KUBERNETES_GATEWAY, namespace, parent.name());
                Optional<StoredResource> gateway = store.find(key);
                if (gateway.isEmpty()) {
                    error(stored, at, "there is no " + key, Effect.NEVER_USED);
                } else if (parent.section().isPresent()
                        && gateway.get().resource() instanceof KubernetesGateway found
                        && found.listeners().stream()
                                .noneMatch(listener ->
                                        listener.name().equals(parent.section().get()))) {
                    error(
                            stored,
                            at.field("sectionName"),
                            key + " has no listener " + parent.section().get(),
                            Effect.NEVER_USED);
                }
            }
        }
    }

    private void backends(StoredResource stored, GatewayRoute route) {
        for (int i = 0; i < route.rules().size(); i++) {
            ImmutableList<Backend> backends = route.rules().get(i).backends();
            for (int j = 0; j < backends.size(); j++) {
                backend(
                        stored,
                        backends.get(j),
                        SPEC.field("rules").index(i).field("backendRefs").index(j));
            }
        }
    }

    private void backend(StoredResource stored, Backend backend, FieldPath at) {
        ResourceMeta own = stored.resource().meta();
        String namespace = backend.namespace().orElse(own.namespace());
        Optional<String> host = backendHost(backend, namespace);
        if (host.isEmpty()) {
            error(stored, at.field("kind"), "found " + backend.kind() + ", expected Service", Effect.UNREACHABLE);
        } else if (!permitted(own, own.kind().kindName(), namespace, backend.kind(), backend.name())) {
            error(stored, at, ungranted(backend.kind(), namespace, backend.name()), Effect.UNREACHABLE);
        } else if (!hosts.isKnown(host.get())) {
            error(stored, at.field("name"), "no service has the host " + host.get(), Effect.UNREACHABLE);
        } else if (backend.port().isPresent()
                && !hosts.ports(host.get()).isEmpty()
                && !hosts.ports(host.get()).contains(backend.port().getAsInt())) {
            error(
                    stored,
                    at.field("port"),
                    host.get() + " has no port " + backend.port().getAsInt() + ", expected one of "
                            + hosts.ports(host.get()),
                    Effect.UNREACHABLE);
        }
    }

    private Optional<String> backendHost(Backend backend, String namespace) {
        if (backend.isService()) {
            return Optional.of(backend.name() + "." + namespace + ".svc." + domainSuffix);
        }
        boolean hostname =
                backend.group().equals("networking.istio.io") && backend.kind().equals("Hostname");
        return hostname ? Optional.of(HostName.expand(backend.name(), namespace, domainSuffix)) : Optional.empty();
    }

    private boolean permitted(ResourceMeta own, String ownKind, String namespace, String kind, String name) {
        ReferenceGrant.From from = new ReferenceGrant.From(GATEWAY_API, ownKind, own.namespace());
        String group = kind.equals("Hostname") ? "networking.istio.io" : "";
        return namespace.equals(own.namespace())
                || group.equals("networking.istio.io")
                || grants.stream()
                        .anyMatch(grant ->
                                grant.meta().namespace().equals(namespace) && grant.permits(from, group, kind, name));
    }

    private static String ungranted(String kind, String namespace, String name) {
        return "no ReferenceGrant in " + namespace + " lets this refer to the " + kind + " " + namespace + "/" + name;
    }

    private void error(StoredResource stored, FieldPath at, String message, Effect effect) {
        reporter.report(stored, Severity.ERROR, at, message, effect);
    }
}
