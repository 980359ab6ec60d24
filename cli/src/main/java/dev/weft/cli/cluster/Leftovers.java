package dev.weft.cli.cluster;

import com.google.common.collect.ImmutableList;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** Removes what a control plane made while it ran, which no release of Helm knows. Blocks its caller. */
public final class Leftovers {
    private final Cluster cluster;

    public Leftovers(Cluster cluster) {
        this.cluster = cluster;
    }

    /** The leases by which the replicas of one control plane chose their leader and told how many proxies they serve; tells what went. */
    public ImmutableList<String> removeLeases(String suffix) {
        String namespace = cluster.mesh().namespace();
        ImmutableList.Builder<String> removed = ImmutableList.builder();
        for (String name : ImmutableList.of("weft-leader" + suffix, "weft-proxies" + suffix)) {
            if (!cluster.ask(
                            "a lease",
                            () -> cluster.client()
                                    .leases()
                                    .inNamespace(namespace)
                                    .withName(name)
                                    .delete())
                    .isEmpty()) {
                removed.add(namespace + " lease/" + name);
            }
        }
        return removed.build();
    }

    /** Trust bundles of all namespaces, and the key of the mesh; names what went. Certificates that the user brought ({@code cacerts}) stay. */
    public ImmutableList<String> removeRuntimeState() {
        KubernetesClient client = cluster.client();
        String namespace = cluster.mesh().namespace();
        ImmutableList.Builder<String> removed = ImmutableList.builder();
        List<ConfigMap> bundles = cluster.ask(
                "trust bundles",
                () -> client.configMaps()
                        .inAnyNamespace()
                        .withField("metadata.name", "weft-ca-root-cert")
                        .list()
                        .getItems());
        for (ConfigMap bundle : bundles) {
            cluster.ask("a trust bundle", () -> client.resource(bundle).delete());
            removed.add(bundle.getMetadata().getNamespace() + " configmap/weft-ca-root-cert");
        }
        if (!cluster.ask(
                        "the key",
                        () -> client.secrets()
                                .inNamespace(namespace)
                                .withName("weft-ca")
                                .delete())
                .isEmpty()) {
            removed.add(namespace + " secret/weft-ca");
        }
        return removed.build();
    }

    /** The definitions that the chart weft-base made, and with them everything that people wrote of these kinds; and the namespace of the mesh. */
    public ImmutableList<String> purge() {
        KubernetesClient client = cluster.client();
        ImmutableList.Builder<String> removed = ImmutableList.builder();
        var definitions = cluster.ask(
                "definitions",
                () -> client.apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withLabel("app.kubernetes.io/name", "weft-base")
                        .list()
                        .getItems());
        definitions.forEach(definition -> {
            cluster.ask("a definition", () -> client.resource(definition).delete());
            removed.add("customresourcedefinition/" + definition.getMetadata().getName());
        });
        String namespace = cluster.mesh().namespace();
        if (!cluster.ask(
                        "the namespace",
                        () -> client.namespaces().withName(namespace).delete())
                .isEmpty()) {
            removed.add("namespace/" + namespace);
        }
        return removed.build();
    }
}
