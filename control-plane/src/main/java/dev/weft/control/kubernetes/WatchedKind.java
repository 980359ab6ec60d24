package dev.weft.control.kubernetes;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.ResourceKind;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/**
 * A kind of resource as one API server serves it.
 *
 * @param version one of those that the kind is read in
 */
@Immutable
record WatchedKind(ResourceKind kind, String version, String plural) {

    /** What every API server has. */
    static final ImmutableList<WatchedKind> BUILT_IN = ImmutableList.of(
            new WatchedKind(ResourceKind.NAMESPACE, "v1", "namespaces"),
            new WatchedKind(ResourceKind.NODE, "v1", "nodes"),
            new WatchedKind(ResourceKind.SERVICE, "v1", "services"),
            new WatchedKind(ResourceKind.ENDPOINT_SLICE, "v1", "endpointslices"),
            new WatchedKind(ResourceKind.POD, "v1", "pods"));

    /** Never watched as a whole. */
    static final WatchedKind SECRETS = new WatchedKind(ResourceKind.SECRET, "v1", "secrets");

    ResourceDefinitionContext context() {
        return new ResourceDefinitionContext.Builder()
                .withGroup(kind.group())
                .withVersion(version)
                .withKind(kind.kindName())
                .withPlural(plural)
                .withNamespaced(kind.isNamespaced())
                .build();
    }
}
