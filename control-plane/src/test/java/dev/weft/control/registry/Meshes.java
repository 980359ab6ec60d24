package dev.weft.control.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.resources.Problem;
import dev.weft.resources.Resource;
import dev.weft.resources.parse.ResourceParser;
import dev.weft.resources.store.ResourceStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Meshes written as YAML, and the proxies in them. */
public final class Meshes {
    private Meshes() {}

    public static ImmutableList<Resource> resources(String yaml) {
        ResourceStore store =
                ResourceStore.EMPTY.apply(List.of(new ResourceParser().parse("mesh.yaml", yaml)), List.of());
        assertThat(store.problems())
                .filteredOn(problem -> problem.severity() == Problem.Severity.ERROR)
                .isEmpty();
        return store.all(Resource.class);
    }

    static RegistrySnapshot mesh(String yaml) {
        return RegistrySnapshot.of(resources(yaml));
    }

    public static ClientNode node(String namespace, String workload, Map<String, String> labels) {
        ProxyFacts facts = new ProxyFacts(
                ProxyFacts.Client.MESH_PROXY,
                namespace,
                workload,
                "cluster.local",
                ImmutableMap.copyOf(labels),
                ImmutableList.of("127.0.0.1"),
                Optional.empty(),
                "",
                OptionalInt.empty(),
                ProxyFacts.Interception.NONE);
        String id = "sidecar~127.0.0.1~" + workload + "." + namespace + "~" + namespace + ".svc.cluster.local";
        return new ClientNode(id, workload, facts, new ClientNode.UserAgent("weft", "test"), OptionalInt.empty());
    }
}
