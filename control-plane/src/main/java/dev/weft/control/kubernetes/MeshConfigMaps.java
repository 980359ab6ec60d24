package dev.weft.control.kubernetes;

import dev.weft.resources.parse.ResourceParser;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.function.Consumer;

/** Reads the one ConfigMap that holds the mesh configuration. Called by its informer's threads. */
final class MeshConfigMaps implements ObservedStore.Observer {

    static final ResourceDefinitionContext CONFIG_MAPS = new ResourceDefinitionContext.Builder()
            .withGroup("")
            .withVersion("v1")
            .withKind("ConfigMap")
            .withPlural("configmaps")
            .withNamespaced(true)
            .build();

    private static final String KEY = "mesh";

    private final ResourceParser parser;
    private final String name;
    private final Consumer<ClusterEvent> events;

    MeshConfigMaps(ResourceParser parser, String name, Consumer<ClusterEvent> events) {
        this.parser = parser;
        this.name = name;
        this.events = events;
    }

    @Override
    public void written(GenericKubernetesResource object) {
        Object text = object.get("data", KEY);
        events.accept(new ClusterEvent.MeshConfigured(
                parser.parseMeshConfig(name, text instanceof String written ? written : "")));
    }

    @Override
    public void deleted(String namespace, String gone) {
        events.accept(new ClusterEvent.MeshUnconfigured());
    }
}
