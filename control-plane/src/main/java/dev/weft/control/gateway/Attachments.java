package dev.weft.control.gateway;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import dev.weft.resources.GatewayRoute;
import dev.weft.resources.GatewayRoute.ParentRef;
import dev.weft.resources.KubernetesGateway.Namespaces;
import dev.weft.resources.KubernetesGateway.RouteKind;
import dev.weft.resources.host.HostName;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Attaches routes to listeners and services, one after the other, and keeps what came of it. Made for one {@link GatewayApi}. */
final class Attachments {
    private static final String NAME_LABEL = "kubernetes.io/metadata.name";

    private final References references;
    private final ImmutableMap<String, ImmutableMap<String, String>> namespaceLabels;
    private final ImmutableList<GatewayState> bare;
    private final ImmutableListMultimap.Builder<ListenerState, AttachedRoute> attached =
            ImmutableListMultimap.builder();
    private final ImmutableListMultimap.Builder<String, MeshRoute> meshRoutes = ImmutableListMultimap.builder();

    Attachments(
            References references,
            ImmutableMap<String, ImmutableMap<String, String>> namespaceLabels,
            ImmutableList<GatewayState> bare) {
        this.references = references;
        this.namespaceLabels = namespaceLabels;
        this.bare = bare;
    }

    RouteState attach(GatewayRoute route) {
        ResolvedRoute resolved = references.resolve(route);
        ImmutableList.Builder<ParentState> parents = ImmutableList.builder();
        for (ParentRef parent : route.parents()) {
            String namespace = parent.namespace().orElse(route.meta().namespace());
            if (parent.isService()) {
                parents.add(new ParentState(parent, service(parent, namespace, resolved)));
            } else if (parent.isGateway()) {
                bare.stream()
                        .filter(state -> state.gateway().meta().namespace().equals(namespace)
                                && state.gateway().meta().name().equals(parent.name()))
                        .findFirst()
                        .ifPresent(state -> parents.add(new ParentState(parent, gateway(parent, state, resolved))));
            }
        }
        return new RouteState(resolved, parents.build());
    }

    /** The Gateways with the routes that have been attached. */
    ImmutableList<GatewayState> gateways() {
        ImmutableListMultimap<ListenerState, AttachedRoute> routes = attached.build();
        return bare.stream()
                .map(state -> new GatewayState(
                        state.gateway(),
                        state.listeners().stream()
                                .map(listener -> new ListenerState(
                                        listener.listener(),
                                        listener.tls(),
                                        listener.certificate(),
                                        listener.conflict(),
                                        listener.unresolved(),
                                        listener.kinds(),
                                        routes.get(listener)))
                                .collect(ImmutableList.toImmutableList())))
                .collect(ImmutableList.toImmutableList());
    }

    ImmutableListMultimap<String, MeshRoute> meshRoutes() {
        return meshRoutes.build();
    }

    private Optional<Refusal> service(ParentRef parent, String namespace, ResolvedRoute route) {
        String host = references.serviceHost(namespace, parent.name());
        if (!references.isService(host)) {
            return Optional.of(
                    new Refusal("NoMatchingParent", "there is no Service " + namespace + "/" + parent.name()));
        }
        meshRoutes.put(host, new MeshRoute(host, namespace, parent.port(), route));
        return Optional.empty();
    }

    private Optional<Refusal> gateway(ParentRef parent, GatewayState gateway, ResolvedRoute route) {
        List<ListenerState> meant = gateway.listeners().stream()
                .filter(state ->
                        parent.section().map(state.listener().name()::equals).orElse(true))
                .filter(state -> parent.port().isEmpty()
                        || parent.port().getAsInt() == state.listener().port())
                .toList();
        if (meant.isEmpty()) {
            return Optional.of(new Refusal("NoMatchingParent", "the Gateway has no listener of this name and port"));
        }
        List<ListenerState> open = meant.stream()
                .filter(ListenerState::accepted)
                .filter(state -> admits(state, gateway, route.route()))
                .toList();
        if (open.isEmpty()) {
            return Optional.of(new Refusal(
                    "NotAllowedByListeners",
                    "no listener takes a " + route.route().meta().kind().kindName() + " of the namespace "
                            + route.route().meta().namespace()));
        }
        boolean any = false;
        for (ListenerState state : open) {
            ImmutableList<String> hostnames =
                    common(state.listener().hostname(), route.route().hostnames());
            if (!hostnames.isEmpty()) {
                attached.put(state, new AttachedRoute(route, hostnames));
                any = true;
            }
        }
        return any
                ? Optional.empty()
                : Optional.of(new Refusal(
                        "NoMatchingListenerHostname",
                        "found the hostnames " + route.route().hostnames() + ", which no listener has"));
    }

    private boolean admits(ListenerState state, GatewayState gateway, GatewayRoute route) {
        String namespace = route.meta().namespace();
        boolean allowed = switch (state.listener().allowed().namespaces()) {
            case Namespaces.All ignored -> true;
            case Namespaces.None ignored -> false;
            case Namespaces.Same ignored ->
                namespace.equals(gateway.gateway().meta().namespace());
            case Namespaces.Selected selected -> selected.matches(labels(namespace));
        };
        return allowed
                && state.kinds()
                        .contains(new RouteKind(
                                route.meta().kind().group(), route.meta().kind().kindName()));
    }

    private ImmutableMap<String, String> labels(String namespace) {
        ImmutableMap<String, String> known = namespaceLabels.get(namespace);
        // Kubernetes gives every namespace this label, files need not.
        return ImmutableMap.<String, String>builder()
                .putAll(known == null ? ImmutableMap.of() : known)
                .put(NAME_LABEL, namespace)
                .buildKeepingLast();
    }

    private static ImmutableList<String> common(Optional<String> listener, ImmutableList<String> route) {
        if (route.isEmpty()) {
            return ImmutableList.of(listener.orElse("*"));
        }
        if (listener.isEmpty()) {
            return route;
        }
        Set<String> common = new LinkedHashSet<>();
        for (String host : route) {
            if (HostName.matches(listener.get(), host)) {
                common.add(host);
            } else if (HostName.matches(host, listener.get())) {
                common.add(listener.get());
            }
        }
        return ImmutableList.copyOf(common);
    }
}
