package dev.weft.benchmarks;

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

/**
 * What a change costs the control plane of a large cluster: from the objects to the encoded resources of every connected proxy, on one
 * thread and without network. Arguments: services, endpoints of each, proxies.
 */
public final class ControlPlaneScale {
    private static final int NAMESPACES = 50;
    private static final int ROUNDS = 15;

    private final int services;
    private final int endpoints;
    private final int proxies;
    private final ResourceParser parser = new ResourceParser();
    private final Map<ResourceKey, Resource> objects = new LinkedHashMap<>();
    private final ViewCache cache = ViewCache.create();
    private final List<ClientNode> nodes = new ArrayList<>();
    private final Map<String, ResourceSnapshot> held = new LinkedHashMap<>();
    private Optional<RegistrySnapshot> registry = Optional.empty();
    private long joined;

    private ControlPlaneScale(int services, int endpoints, int proxies) {
        this.services = services;
        this.endpoints = endpoints;
        this.proxies = proxies;
    }

    public static void main(String[] args) {
        List<Integer> sizes = Arrays.stream(args).map(Integer::valueOf).toList();
        new ControlPlaneScale(
                        sizes.isEmpty() ? 1_000 : sizes.get(0),
                        sizes.size() < 2 ? 5 : sizes.get(1),
                        sizes.size() < 3 ? 500 : sizes.get(2))
                .run();
    }

    private void run() {
        long begin = System.nanoTime();
        for (int service = 0; service < services; service++) {
            write(service(service));
            write(slice(service, "10.%d.%d.9".formatted(service / 250, service % 250)));
            for (int pod = 0; pod < endpoints; pod++) {
                write(pod(service, pod));
            }
            if (service % 10 == 0) {
                write(route(service, 1));
                write(rule(service));
            }
        }
        print("parse", begin, "objects=" + objects.size());
        for (int proxy = 0; proxy < proxies; proxy++) {
            nodes.add(node(proxy % services, proxy / services));
        }
        begin = System.nanoTime();
        int sent = push();
        print("start", begin, "resources=" + sent);
        repeat("one endpoint", round -> write(slice(7, "10.200.0." + (round + 1))));
        repeat("one pod's readiness", round -> write(slice(8, round % 2 == 0 ? "" : "10.0.8.9")));
        repeat("one route", round -> write(route(10, round + 2)));
        repeat("nothing", round -> {});
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        System.out.printf("heap after all: %d MiB%n", (runtime.totalMemory() - runtime.freeMemory()) >> 20);
    }

    private void repeat(String what, java.util.function.IntConsumer change) {
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

    private static String namespace(int service) {
        return "ns-" + service % NAMESPACES;
    }

    private static String service(int service) {
        return """
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"svc-%1$d","namespace":"%2$s"},"spec":{
                "selector":{"app":"svc-%1$d"},"clusterIP":"10.96.%3$d.%4$d","ports":[
                {"name":"http","port":80,"targetPort":8080},{"name":"tcp-db","port":3306}]}}
                """.formatted(service, namespace(service), service / 250, service % 250);
    }

    private String slice(int service, String extra) {
        StringBuilder members = new StringBuilder();
        for (int pod = 0; pod < endpoints; pod++) {
            members.append("""
                    {"addresses":["%s"],"conditions":{"ready":true},"targetRef":{"kind":"Pod","namespace":"%s","name":"svc-%d-%d"}},
                    """.formatted(address(service, pod), namespace(service), service, pod));
        }
        members.append(extra.isEmpty() ? "" : "{\"addresses\":[\"" + extra + "\"]}");
        String list = members.toString().stripTrailing().replaceFirst(",$", "");
        return """
                {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4","metadata":{"name":"svc-%1$d-x","namespace":"%2$s",
                "labels":{"kubernetes.io/service-name":"svc-%1$d"}},"endpoints":[%3$s],
                "ports":[{"name":"http","port":8080,"protocol":"TCP"},{"name":"tcp-db","port":3306,"protocol":"TCP"}]}
                """.formatted(service, namespace(service), list);
    }

    private static String address(int service, int pod) {
        return "10." + (100 + pod) + "." + service / 250 + "." + service % 250;
    }

    private static String pod(int service, int pod) {
        return """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"svc-%1$d-%2$d","namespace":"%3$s","labels":{"app":"svc-%1$d",
                "version":"v%4$d","security.istio.io/tlsMode":"istio","pod-template-hash":"7d9fc8bd5"}},
                "spec":{"serviceAccountName":"svc-%1$d","nodeName":"n","containers":[{"name":"app","ports":[{"name":"web","containerPort":8080}]}]},
                "status":{"phase":"Running","podIP":"%5$s"}}
                """.formatted(service, pod, namespace(service), pod % 2 + 1, address(service, pod));
    }

    private static String route(int service, int weight) {
        return """
                {"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"svc-%1$d","namespace":"%2$s"},"spec":{
                "hosts":["svc-%1$d"],"http":[{"route":[
                {"destination":{"host":"svc-%1$d","subset":"v1"},"weight":%3$d},
                {"destination":{"host":"svc-%1$d","subset":"v2"},"weight":%4$d}]}]}}
                """.formatted(service, namespace(service), weight, 100 - weight);
    }

    private static String rule(int service) {
        return """
                {"apiVersion":"networking.istio.io/v1","kind":"DestinationRule","metadata":{"name":"svc-%1$d","namespace":"%2$s"},"spec":{
                "host":"svc-%1$d","subsets":[{"name":"v1","labels":{"version":"v1"}},{"name":"v2","labels":{"version":"v2"}}]}}
                """.formatted(service, namespace(service));
    }

    private static ClientNode node(int service, int pod) {
        ProxyFacts facts = new ProxyFacts(
                ProxyFacts.Client.MESH_PROXY,
                namespace(service),
                "svc-" + service,
                RegistrySnapshot.DOMAIN_SUFFIX,
                ImmutableMap.of("app", "svc-" + service),
                ImmutableList.of(address(service, pod)),
                Optional.empty(),
                "",
                OptionalInt.empty(),
                ProxyFacts.Interception.REDIRECT);
        String name = "svc-" + service + "-" + pod;
        return new ClientNode(
                "sidecar~" + address(service, pod) + "~" + name + "." + namespace(service) + "~" + namespace(service)
                        + ".svc.cluster.local",
                name,
                facts,
                new ClientNode.UserAgent("weft", "scale"),
                OptionalInt.empty());
    }
}
