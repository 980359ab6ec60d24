package dev.weft.control.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.injector.Injection;
import dev.weft.injector.PodRequest;
import dev.weft.injector.config.InjectorConfigReader;
import dev.weft.injector.render.Owner;
import dev.weft.injector.select.NamespaceLabels;
import dev.weft.injector.tree.PodTree;
import dev.weft.injector.tree.YamlTrees;
import dev.weft.resources.MeshConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LiveInjectorTest {
    private final LiveInjector injector = new LiveInjector(InjectorConfigReader.defaults(), () -> MeshConfig.DEFAULT);

    @Test
    void takesANewImageForTheNextPod() {
        injector.onData(Map.of("values", "proxy: {image: example.org/proxy:2}"));

        assertThat(injected().root().toString()).contains("example.org/proxy:2");
    }

    @Test
    void keepsTheVersionBeforeAnUnusableOne() {
        injector.onData(Map.of("values", "proxy: {image: example.org/proxy:2}"));

        injector.onData(Map.of("values", "proxy: [a"));

        assertThat(injected().root().toString()).contains("example.org/proxy:2");
        assertThat(injector.notes()).hasSize(1);
    }

    @Test
    void placesTheProxyAsTheClusterCan() {
        injector.onServerVersion("1", "28");
        assertThat(injected().initContainers()).extracting(PodNames::of).containsExactly("weft-init");

        injector.onServerVersion("1", "34+");
        assertThat(injected().initContainers()).extracting(PodNames::of).containsExactly("weft-init", "weft-proxy");
    }

    private PodTree injected() {
        ObjectNode pod = YamlTrees.mapping("{spec: {containers: [{name: a, image: a}]}}");
        return ((Injection.Injected) injector.get()
                        .inject(new PodRequest(
                                new PodTree(pod),
                                "shop",
                                new NamespaceLabels.ChosenBefore(),
                                new Owner("v1", "Pod", "a"))))
                .pod();
    }

    private static final class PodNames {
        static String of(ObjectNode container) {
            return container.path("name").asText();
        }
    }
}
