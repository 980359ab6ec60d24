package dev.weft.control.gateway;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.GatewayClass;
import dev.weft.resources.GatewayRoute;
import dev.weft.resources.KubernetesGateway;
import dev.weft.resources.ReferenceGrant;
import dev.weft.resources.Secret;
import java.util.List;

/**
 * All Gateways of ours with the routes that attached to them, and all routes of the mesh. Made once for each registry snapshot, which
 * gives it the objects; views and status are cut from it. Immutable.
 */
@Immutable
public final class GatewayApi {
    private final ImmutableList<GatewayClass> classes;
    private final ImmutableList<GatewayState> gateways;
    private final ImmutableList<RouteState> routes;
    private final ImmutableListMultimap<String, MeshRoute> meshRoutes;

    /** The objects of the Gateway API and the Secrets, each list the oldest first. */
    @Immutable
    public record Objects(
            ImmutableList<GatewayClass> classes,
            ImmutableList<KubernetesGateway> gateways,
            ImmutableList<GatewayRoute> routes,
            ImmutableList<ReferenceGrant> grants,
            ImmutableList<Secret> secrets) {}

    /**
     * What else they are judged by.
     *
     * @param portsByHost the ports of all services, by full host name
     * @param namespaceLabels by namespace, where they are known
     * @param domainSuffix of the services' names, usually {@code cluster.local}
     */
    @Immutable
    public record World(
            ImmutableMap<String, ImmutableSet<Integer>> portsByHost,
            ImmutableMap<String, ImmutableMap<String, String>> namespaceLabels,
            String domainSuffix) {}

    private GatewayApi(
            ImmutableList<GatewayClass> classes,
            ImmutableList<GatewayState> gateways,
            ImmutableList<RouteState> routes,
            ImmutableListMultimap<String, MeshRoute> meshRoutes) {
        this.classes = classes;
        this.gateways = gateways;
        this.routes = routes;
        this.meshRoutes = meshRoutes;
    }

    public static GatewayApi of(Objects objects, World world) {
        ImmutableList<GatewayClass> classes =
                objects.classes().stream().filter(GatewayClass::ours).collect(ImmutableList.toImmutableList());
        References references =
                new References(world.portsByHost(), objects.grants(), objects.secrets(), world.domainSuffix());
        Listeners listeners = new Listeners(references);
        Attachments attachments = new Attachments(
                references,
                world.namespaceLabels(),
                objects.gateways().stream()
                        .filter(gateway -> ours(gateway.className(), objects.classes()))
                        .map(gateway -> new GatewayState(gateway, listeners.check(gateway)))
                        .collect(ImmutableList.toImmutableList()));
        ImmutableList<RouteState> routes =
                objects.routes().stream().map(attachments::attach).collect(ImmutableList.toImmutableList());
        return new GatewayApi(classes, attachments.gateways(), routes, attachments.meshRoutes());
    }

    /** The class of our name is ours even if nobody wrote it, so that files need not. */
    private static boolean ours(String className, List<GatewayClass> classes) {
        return classes.stream()
                .filter(known -> known.meta().name().equals(className))
                .findFirst()
                .map(GatewayClass::ours)
                .orElse(className.equals(GatewayClass.DEFAULT_NAME));
    }

    /** The classes of this controller. */
    public ImmutableList<GatewayClass> classes() {
        return classes;
    }

    /** The Gateways of our classes, the oldest first. */
    public ImmutableList<GatewayState> gateways() {
        return gateways;
    }

    /** All routes, the oldest first; those without a parent of ours have no parents here. */
    public ImmutableList<RouteState> routes() {
        return routes;
    }

    /** Whether a parent is ours: one of our Gateways, or any Service. */
    public boolean isParent(GatewayRoute.ParentRef parent, String routeNamespace) {
        String namespace = parent.namespace().orElse(routeNamespace);
        return parent.isService()
                || parent.isGateway()
                        && gateways.stream()
                                .map(state -> state.gateway().meta())
                                .anyMatch(meta -> meta.namespace().equals(namespace)
                                        && meta.name().equals(parent.name()));
    }

    /** The routes at a Service, the oldest first. */
    public ImmutableList<MeshRoute> meshRoutes(String host) {
        return meshRoutes.get(host);
    }
}
