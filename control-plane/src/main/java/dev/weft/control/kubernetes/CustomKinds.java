package dev.weft.control.kubernetes;

import dev.weft.resources.ResourceKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads from a CustomResourceDefinition whether it serves a kind that the mesh reads, and in which version. Pure. */
final class CustomKinds {

    static final ResourceDefinitionContext DEFINITIONS = new ResourceDefinitionContext.Builder()
            .withGroup("apiextensions.k8s.io")
            .withVersion("v1")
            .withKind("CustomResourceDefinition")
            .withPlural("customresourcedefinitions")
            .withNamespaced(false)
            .build();

    private CustomKinds() {}

    /** Empty where the definition is of no interest, serves no version that is read, or is not established yet. */
    static Optional<WatchedKind> read(GenericKubernetesResource definition) {
        Optional<ResourceKind> kind =
                kind(text(definition.get("spec", "group")), text(definition.get("spec", "names", "kind")));
        if (kind.isEmpty() || !established(definition)) {
            return Optional.empty();
        }
        Set<String> served = new HashSet<>();
        for (Map<?, ?> version : maps(definition.get("spec", "versions"))) {
            if (Boolean.TRUE.equals(version.get("served"))) {
                served.add(text(version.get("name")));
            }
        }
        String plural = text(definition.get("spec", "names", "plural"));
        return kind.get().versions().stream()
                .filter(served::contains)
                .findFirst()
                .map(version -> new WatchedKind(kind.get(), version, plural));
    }

    private static Optional<ResourceKind> kind(String group, String kindName) {
        return Arrays.stream(ResourceKind.values())
                .filter(kind -> !kind.group().isEmpty()
                        && !kind.isPlatform()
                        && kind.group().equals(group)
                        && kind.kindName().equals(kindName))
                .findFirst();
    }

    private static boolean established(GenericKubernetesResource definition) {
        return maps(definition.get("status", "conditions")).stream()
                .anyMatch(condition ->
                        "Established".equals(condition.get("type")) && "True".equals(condition.get("status")));
    }

    private static List<Map<?, ?>> maps(@Nullable Object value) {
        return value instanceof Collection<?> items
                ? items.stream()
                        .filter(Map.class::isInstance)
                        .<Map<?, ?>>map(item -> (Map<?, ?>) item)
                        .toList()
                : List.of();
    }

    private static String text(@Nullable Object value) {
        return value instanceof String text ? text : "";
    }
}
