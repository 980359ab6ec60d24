package dev.weft.control.kubernetes;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.yaml.YamlNode;
import dev.weft.resources.yaml.YamlNode.ScalarType;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From an object of the API server to the tree that the parser reads. Pure. Trees from here have no lines. What the platform adds to its own kinds
 * for other readers is left out, so that what is kept stays small and does not change when only that changes.
 */
final class ObjectTrees {

    private static final ImmutableSet<String> SERVICE_SPEC =
            ImmutableSet.of("type", "clusterIP", "clusterIPs", "selector", "ports", "externalName");
    private static final ImmutableSet<String> POD_SPEC =
            ImmutableSet.of("serviceAccountName", "nodeName", "hostNetwork", "containers", "initContainers");
    private static final ImmutableSet<String> POD_STATUS = ImmutableSet.of("phase", "podIP", "podIPs");
    private static final ImmutableSet<String> CONTAINER = ImmutableSet.of("name", "ports", "restartPolicy");
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private ObjectTrees() {}

    static YamlNode.Mapping tree(ResourceKind kind, GenericKubernetesResource object) {
        Map<String, @Nullable Object> root = new LinkedHashMap<>();
        root.put("apiVersion", object.getApiVersion());
        root.put("kind", object.getKind());
        root.put("metadata", metadata(kind, object.getMetadata()));
        Map<String, Object> rest = object.getAdditionalProperties();
        switch (kind) {
            case NODE, NAMESPACE -> {}
            case SERVICE -> root.put("spec", only(rest.get("spec"), SERVICE_SPEC));
            case POD -> {
                root.put("spec", podSpec(only(rest.get("spec"), POD_SPEC)));
                root.put("status", only(rest.get("status"), POD_STATUS));
            }
            default ->
                rest.forEach((name, value) -> {
                    if (!name.equals("status")) {
                        root.put(name, value);
                    }
                });
        }
        return (YamlNode.Mapping) node(root);
    }

    private static Map<String, @Nullable Object> podSpec(Map<String, @Nullable Object> spec) {
        spec.computeIfPresent("containers", (name, containers) -> containers(containers));
        spec.computeIfPresent("initContainers", (name, containers) -> containers(containers));
        return spec;
    }

    private static Object containers(Object containers) {
        return containers instanceof Collection<?> items
                ? items.stream().map(container -> only(container, CONTAINER)).toList()
                : List.of();
    }

    private static Map<String, @Nullable Object> only(@Nullable Object message, ImmutableSet<String> fields) {
        Map<String, @Nullable Object> kept = new LinkedHashMap<>();
        if (message instanceof Map<?, ?> map) {
            map.forEach((name, value) -> {
                if (name instanceof String text && fields.contains(text)) {
                    kept.put(text, value);
                }
            });
        }
        return kept;
    }

    private static Map<String, @Nullable Object> metadata(ResourceKind kind, ObjectMeta meta) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("name", meta.getName());
        if (kind.isNamespaced()) {
            fields.put("namespace", meta.getNamespace());
        }
        fields.put("resourceVersion", meta.getResourceVersion());
        fields.put("creationTimestamp", meta.getCreationTimestamp());
        fields.put("generation", meta.getGeneration());
        if (meta.getLabels() != null) {
            fields.put("labels", meta.getLabels());
        }
        Map<String, String> annotations = annotations(kind, meta);
        if (!annotations.isEmpty()) {
            fields.put("annotations", annotations);
        }
        Optional<OwnerReference> controller = Optional.ofNullable(meta.getOwnerReferences()).stream()
                .flatMap(Collection::stream)
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .findFirst();
        if (kind == ResourceKind.POD && controller.isPresent()) {
            OwnerReference owner = controller.get();
            fields.put(
                    "ownerReferences",
                    List.of(Map.of("controller", true, "kind", owner.getKind(), "name", owner.getName())));
        }
        return fields;
    }

    /** The platform writes times and whole objects into annotations; of its own kinds only those for meshes are of use. */
    private static Map<String, String> annotations(ResourceKind kind, ObjectMeta meta) {
        Map<String, String> kept = new LinkedHashMap<>();
        if (meta.getAnnotations() != null) {
            boolean platform = kind.isPlatform() || kind == ResourceKind.SERVICE;
            meta.getAnnotations().forEach((name, value) -> {
                if (platform ? isForMeshes(name) : !name.equals(LAST_APPLIED)) {
                    kept.put(name, value);
                }
            });
        }
        return kept;
    }

    private static boolean isForMeshes(String annotation) {
        String domain = annotation.substring(0, Math.max(0, annotation.indexOf('/')));
        return domain.equals("istio.io")
                || domain.endsWith(".istio.io")
                || domain.equals("weft.dev")
                || domain.endsWith(".weft.dev");
    }

    private static YamlNode node(@Nullable Object value) {
        return switch (value) {
            case null -> scalar("null", ScalarType.NULL);
            case Map<?, ?> map -> mapping(map);
            case Collection<?> items ->
                new YamlNode.Sequence(
                        items.stream().map(ObjectTrees::node).collect(ImmutableList.toImmutableList()), 0, 0);
            case Boolean flag -> scalar(flag.toString(), ScalarType.BOOLEAN);
            case Integer number -> scalar(number.toString(), ScalarType.INTEGER);
            case Long number -> scalar(number.toString(), ScalarType.INTEGER);
            case java.math.BigInteger number -> scalar(number.toString(), ScalarType.INTEGER);
            case Number number -> scalar(number.toString(), ScalarType.FLOAT);
            default -> scalar(value.toString(), ScalarType.STRING);
        };
    }

    private static YamlNode.Mapping mapping(Map<?, ?> map) {
        ImmutableMap.Builder<String, YamlNode.Entry> entries = ImmutableMap.builder();
        map.forEach((name, value) -> {
            String key = String.valueOf(name);
            entries.put(key, new YamlNode.Entry(scalar(key, ScalarType.STRING), node(value)));
        });
        return new YamlNode.Mapping(entries.buildOrThrow(), 0, 0);
    }

    private static YamlNode.Scalar scalar(String text, ScalarType type) {
        return new YamlNode.Scalar(text, type, 0, 0);
    }
}
