package dev.weft.benchmarks.scale;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.cache.ResourceSet;
import dev.weft.control.cache.ResourceSnapshot;
import dev.weft.control.cache.ResourceType;
import dev.weft.control.cache.ViewCache;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.control.registry.RegistrySnapshot;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.parse.Parsed;
import dev.weft.resources.parse.ResourceParser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntConsumer;

/**
 * What a change costs between the objects and the encoded resources of every connected proxy: one thread, no network, no API server. Says where
 * the time of a control plane goes, and takes a profiler well.
 */
final class InProcessScale {
    private static final int ROUNDS = 15;

    private final ScaleMesh mesh;
    private final int proxies;
    private final ResourceParser parser = new ResourceParser();
    private final Map<ResourceKey, Resource> objects = new LinkedHashMap<>();
    private final ViewCache cache = ViewCache.create();
    private final List<ClientNode> nodes = new ArrayList<>();
    private final Map<String, ResourceSnapshot> held = new LinkedHashMap<>();
    private Optional<RegistrySnapshot> registry = Optional.empty();
    private long joined;

    InProcessScale(ScaleMesh mesh, int proxies) {
        this.mesh = mesh;
        this.proxies = proxies;
    }

    void run() {
        long begin = System.nanoTime();
        for (int service = 0; service < mesh.services(); service++) {
            String address = "\"spec\":{\"clusterIP\":\"10.96.%d.%d\",".formatted(service / 250, 1 + service % 250);
            mesh.objects(service)
                    .forEach(object -> write(
                            object.contains("\"kind\":\"Service\"") ? object.replace("\"spec\":{", address) : object));
        }
        print("parse", begin, "objects=" + objects.size());
        for (int proxy = 0; proxy < proxies; proxy++) {
            nodes.add(node(proxy % mesh.services(), proxy / mesh.services()));
        }
        begin = System.nanoTime();
        int sent = push();
        print("start", begin, "resources=" + sent);
        repeat("one endpoint", round -> write(mesh.slice(7, "10.200.0." + (round + 1))));
        repeat(
                "one account more",
                round -> write(mesh.slice(8, "").replace("svc-8-1", "svc-" + (58 + 50 * round) + "-1")));
        repeat("one route", round -> write(mesh.route(10, round + 2)));
        repeat("nothing", round -> {});
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        System.out.printf("heap after all: %d MiB%n", (runtime.totalMemory() - runtime.freeMemory()) >> 20);
    }

    private void repeat(String what, IntConsumer change) {
        long[] took = new long[ROUNDS];
        long[] joining = new long[ROUNDS];
        int sent = 0;
        for (int round = 0; round < ROUNDS; round++) {
            change.accept(round);
            long begin = System.nanoTime();
            sent = push();
            took[round] = System.nanoTime() - begin;
            joining[round] = joined;
        }
        Arrays.sort(took);
        Arrays.sort(joining);
        System.out.printf(
                "%-22s median %8.1f ms, worst %8.1f ms, of it joining %6.1f ms; resources=%d%n",
                what, took[ROUNDS / 2] / 1e6, took[ROUNDS - 1] / 1e6, joining[ROUNDS / 2] / 1e6, sent);
    }

    /** Gives every proxy what it has not, and counts it. */
    private int push() {
        long begin = System.nanoTime();
        RegistrySnapshot snapshot = RegistrySnapshot.of(ImmutableList.copyOf(objects.values()), registry);
        registry = Optional.of(snapshot);
        joined = System.nanoTime() - begin;
        cache.publish(snapshot);
        int sent = 0;
        for (ClientNode node : nodes) {
            ResourceSnapshot now = cache.snapshot(node);
            ResourceSnapshot before = held.put(node.id(), now);
            for (ResourceType type : ResourceType.values()) {
                ResourceSet fresh = now.of(type);
                ResourceSet old = before == null ? ResourceSet.EMPTY : before.of(type);
                if (!fresh.version().equals(old.version())) {
                    sent += (int) fresh.byName().values().stream()
                            .filter(resource -> !resource.equals(old.find(resource.name())))
                            .count();
                }
            }
        }
        return sent;
    }

    private static void print(String what, long begin, String more) {
        System.out.printf("%-22s %8.1f ms; %s%n", what, (System.nanoTime() - begin) / 1e6, more);
    }

    private void write(String text) {
        for (Parsed parsed : parser.parse("scale", text).objects()) {
            if (!(parsed instanceof Parsed.Valid valid)) {
                throw new IllegalStateException(String.valueOf(parsed.problems()));
            }
            objects.put(valid.resource().key(), valid.resource());
        }
    }

    private static ClientNode node(int service, int pod) {
        ProxyFacts facts = new ProxyFacts(
                ProxyFacts.Client.MESH_PROXY,
                ScaleMesh.namespace(service),
                ScaleMesh.name(service),
                RegistrySnapshot.DOMAIN_SUFFIX,
                ImmutableMap.of("app", ScaleMesh.name(service)),
                ImmutableList.of(ScaleMesh.address(service, pod)),
                Optional.empty(),
                "",
                OptionalInt.empty(),
                ProxyFacts.Interception.REDIRECT);
        String name = ScaleMesh.pod(service, pod);
        String namespace = ScaleMesh.namespace(service);
        return new ClientNode(
                "sidecar~" + ScaleMesh.address(service, pod) + "~" + name + "." + namespace + "~" + namespace
                        + ".svc.cluster.local",
                name,
                facts,
                new ClientNode.UserAgent("weft", "scale"),
                OptionalInt.empty());
    }
}
