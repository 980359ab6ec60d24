package dev.weft.control.registry;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.Namespace;
import dev.weft.resources.NamespaceSelector;
import dev.weft.resources.Resource;
import java.util.HashMap;
import java.util.Map;

/**
 * Which namespaces the mesh looks into: those that one of the mesh's selectors selects, and always the root namespace, since what holds for the
 * whole mesh must not vanish with a label. Immutable.
 */
@Immutable
@SuppressWarnings("Immutable") // the map is immutable
final class DiscoverySelectors {

    /** What every namespace has, written or not. */
    private static final String NAME_LABEL = "kubernetes.io/metadata.name";

    private final ImmutableList<NamespaceSelector> selectors;
    private final String rootNamespace;
    private final Map<String, ImmutableMap<String, String>> labels;

    DiscoverySelectors(MeshConfig mesh, ImmutableCollection<? extends Resource> resources) {
        this.selectors = mesh.discoverySelectors();
        this.rootNamespace = mesh.rootNamespace();
        Map<String, ImmutableMap<String, String>> found = new HashMap<>();
        if (!selectors.isEmpty()) {
            for (Resource resource : resources) {
                if (resource instanceof Namespace namespace) {
                    found.put(namespace.meta().name(), namespace.meta().labels());
                }
            }
        }
        this.labels = Map.copyOf(found);
    }

    boolean selects(String namespace) {
        return selects(selectors, rootNamespace, namespace, labels.getOrDefault(namespace, ImmutableMap.of()));
    }

    private static boolean selects(
            ImmutableList<NamespaceSelector> selectors,
            String rootNamespace,
            String namespace,
            Map<String, String> labels) {
        if (selectors.isEmpty() || namespace.equals(rootNamespace)) {
            return true;
        }
        ImmutableMap<String, String> own = ImmutableMap.<String, String>builder()
                .put(NAME_LABEL, namespace)
                .putAll(labels)
                .buildKeepingLast();
        return selectors.stream().anyMatch(selector -> selector.matches(own));
    }

    /** Whether a mesh looks into a namespace that has these labels. */
    static boolean selects(MeshConfig mesh, String namespace, Map<String, String> labels) {
        return selects(mesh.discoverySelectors(), mesh.rootNamespace(), namespace, labels);
    }

    /** What is left of the resources when those in other namespaces are not looked at. */
    ImmutableList<Resource> selected(ImmutableCollection<? extends Resource> resources) {
        if (selectors.isEmpty()) {
            return ImmutableList.copyOf(resources);
        }
        Map<String, Boolean> known = new HashMap<>();
        return resources.stream()
                .filter(resource -> !resource.meta().kind().isNamespaced()
                        || known.computeIfAbsent(resource.meta().namespace(), this::selects))
                .collect(ImmutableList.toImmutableList());
    }
}
