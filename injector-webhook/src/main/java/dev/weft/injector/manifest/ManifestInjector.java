package dev.weft.injector.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import dev.weft.injector.Injection;
import dev.weft.injector.Injector;
import dev.weft.injector.PodRequest;
import dev.weft.injector.render.Owner;
import dev.weft.injector.select.NamespaceLabels;
import dev.weft.injector.tree.PodTree;
import java.util.function.Function;

/** Injects into a text. {@code meshctl inject} hands it files and prints what it gives. Immutable. Documents without pods that change stay to the letter. */
public final class ManifestInjector {
    private final Injector injector;
    private final String defaultNamespace;
    private final Function<String, NamespaceLabels> namespaces;

    /**
     * @param defaultNamespace of objects that name none
     * @param namespaces the labels of a namespace
     */
    public ManifestInjector(Injector injector, String defaultNamespace, Function<String, NamespaceLabels> namespaces) {
        this.injector = injector;
        this.defaultNamespace = defaultNamespace;
        this.namespaces = namespaces;
    }

    /**
     * What became of a text.
     *
     * @param text with the pods that could be injected
     * @param objects the same as trees
     * @param workloads each object that holds a pod, in the order written
     * @param broken why a document cannot be read; it is in the text as it was
     */
    public record Outcome(
            String text,
            ImmutableList<JsonNode> objects,
            ImmutableList<Workload> workloads,
            ImmutableList<String> broken) {}

    /** What became of one object. */
    public record Workload(String kind, String namespace, String name, Injection injection) {
        /** As people name it. */
        public String title() {
            return kind + " " + namespace + "/" + name;
        }
    }

    public Outcome inject(String text) {
        StringBuilder output = new StringBuilder();
        ImmutableList.Builder<JsonNode> objects = ImmutableList.builder();
        ImmutableList.Builder<Workload> workloads = ImmutableList.builder();
        ImmutableList.Builder<String> broken = ImmutableList.builder();
        for (Manifest.Chunk chunk : Manifest.read(text).chunks()) {
            if (!chunk.broken().isEmpty()) {
                broken.add(chunk.broken());
                output.append(chunk.text());
                continue;
            }
            ImmutableList<JsonNode> changed = chunk.objects().stream()
                    .map(object -> object(object.deepCopy(), workloads))
                    .collect(ImmutableList.toImmutableList());
            objects.addAll(changed);
            if (changed.equals(chunk.objects())) {
                output.append(chunk.text());
            } else {
                output.append(chunk.start());
                output.append(String.join(
                        "---\n", changed.stream().map(ManifestYaml::write).toList()));
            }
        }
        return new Outcome(output.toString(), objects.build(), workloads.build(), broken.build());
    }

    private JsonNode object(JsonNode node, ImmutableList.Builder<Workload> workloads) {
        if (!(node instanceof ObjectNode object)) {
            return node;
        }
        if (object.path("kind").asText().endsWith("List")
                && object.path("items").isArray()) {
            object.path("items").forEach(item -> object(item, workloads));
            return object;
        }
        WorkloadKind.of(object)
                .ifPresent(kind -> kind.pod(object).ifPresent(pod -> {
                    Workload workload = workload(object, pod);
                    workloads.add(workload);
                    if (workload.injection() instanceof Injection.Injected injected) {
                        kind.replacePod(object, injected.pod().root());
                    }
                }));
        return object;
    }

    private Workload workload(ObjectNode object, ObjectNode template) {
        PodTree pod = new PodTree(template);
        JsonNode metadata = object.path("metadata");
        String written = metadata.path("namespace").asText();
        String namespace = written.isEmpty() ? defaultNamespace : written;
        String name = metadata.path("name").asText(metadata.path("generateName").asText());
        String kind = object.path("kind").asText();
        Owner owner = kind.equals("Pod")
                ? Owner.of(pod)
                : new Owner(object.path("apiVersion").asText(), kind, name);
        Injection injection = injector.inject(new PodRequest(pod, namespace, namespaces.apply(namespace), owner));
        return new Workload(kind, namespace, name, injection);
    }
}
