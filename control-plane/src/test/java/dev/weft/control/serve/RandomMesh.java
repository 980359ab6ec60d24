package dev.weft.control.serve;

import com.google.common.collect.ImmutableList;
import dev.weft.control.registry.Meshes;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/**
 * A mesh in which anything may be written, written otherwise or deleted at any time, as sources tell of it: what is not touched stays the very same
 * object. Few names, so that most changes meet something.
 */
final class RandomMesh {
    /** What gateways ask for. */
    static final String SECRET = "kubernetes://a/front";

    private static final List<String> NAMESPACES = List.of("a", "b");
    private static final int SERVICES = 4;
    private static final int PODS = 3;

    private final Random random;
    private final Map<ResourceKey, Resource> objects = new LinkedHashMap<>();
    private final List<Supplier<String>> writers = List.of(
            this::service,
            this::service,
            this::slice,
            this::slice,
            this::slice,
            this::pod,
            this::pod,
            this::alias,
            this::serviceEntry,
            this::workloadEntry,
            this::virtualService,
            this::destinationRule,
            this::peerAuthentication,
            this::authorizationPolicy,
            this::sidecar,
            this::node,
            this::namespace,
            this::gateway,
            this::secret,
            this::apiGateway,
            this::httpRoute,
            this::httpRoute,
            this::referenceGrant,
            this::meshConfig);

    /** What was done, for whoever reads of a failure. */
    final List<String> done = new ArrayList<>();

    RandomMesh(Random random) {
        this.random = random;
    }

    ImmutableList<Resource> resources() {
        return ImmutableList.copyOf(objects.values());
    }

    /** Writes or deletes one object. */
    void change() {
        if (objects.size() > 12 && random.nextInt(5) == 0) {
            ResourceKey key = List.copyOf(objects.keySet()).get(random.nextInt(objects.size()));
            objects.remove(key);
            done.add("delete " + key);
            return;
        }
        String yaml = writers.get(random.nextInt(writers.size())).get();
        done.add(yaml.strip());
        for (Resource fresh : Meshes.resources(yaml)) {
            objects.put(fresh.key(), fresh);
        }
    }

    private String of(String... some) {
        return some[random.nextInt(some.length)];
    }

    private String namespaceName() {
        return NAMESPACES.get(random.nextInt(NAMESPACES.size()));
    }

    private String service() {
        int i = random.nextInt(SERVICES);
        return """
                {apiVersion: v1, kind: Service, metadata: {name: s%d, namespace: %s, labels: {written: "%d"}%s},
                 spec: {clusterIP: %s, selector: {app: s%d}, ports: [{name: %s, port: 80}%s]}}
                """.formatted(
                        i,
                        namespaceName(),
                        random.nextInt(2),
                        of("", "", ", annotations: {networking.istio.io/exportTo: .}"),
                        of("10.96.0." + i, "10.96.0." + i, "None"),
                        i,
                        of("http", "http", "tcp-x"),
                        of("", ", {name: tcp, port: 90}"));
    }

    private String alias() {
        return """
                {apiVersion: v1, kind: Service, metadata: {name: alias, namespace: %s, labels: {written: "%d"}},
                 spec: {type: ExternalName, externalName: %s, ports: [{name: http, port: 80}]}}
                """.formatted(
                namespaceName(),
                random.nextInt(2),
                of("example.org", "s" + random.nextInt(SERVICES) + "." + namespaceName() + ".svc.cluster.local"));
    }

    private String pod() {
        int i = random.nextInt(SERVICES);
        int pod = random.nextInt(PODS);
        String namespace = namespaceName();
        return """
                {apiVersion: v1, kind: Pod, metadata: {name: s%d-%d, namespace: %s, labels: {app: s%d, version: %s%s}},
                 spec: {serviceAccountName: %s, nodeName: n1, containers: [{name: app}]}, status: {phase: %s, podIP: %s}}
                """.formatted(
                        i,
                        pod,
                        namespace,
                        i,
                        of("v1", "v2"),
                        of(", security.istio.io/tlsMode: istio", ""),
                        of("x", "x", "y"),
                        of("Running", "Running", "Running", "Succeeded"),
                        address(namespace, i, pod));
    }

    private static String address(String namespace, int service, int pod) {
        return "10." + NAMESPACES.indexOf(namespace) + "." + service + "." + pod;
    }

    private String slice() {
        int i = random.nextInt(SERVICES);
        String namespace = namespaceName();
        StringBuilder members = new StringBuilder();
        for (int pod = 0; pod < PODS; pod++) {
            if (random.nextInt(3) > 0) {
                members.append(
                        "{addresses: [%s], conditions: {ready: %s}, targetRef: {kind: Pod, namespace: %s, name: s%d-%d}}, "
                                .formatted(address(namespace, i, pod), of("true", "true", "false"), namespace, i, pod));
            }
        }
        return """
                {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, addressType: IPv4,
                 metadata: {name: s%1$d-%2$d, namespace: %3$s, labels: {kubernetes.io/service-name: s%1$d}},
                 ports: [{name: http, port: 8080, protocol: TCP}, {name: tcp, port: 9090, protocol: TCP}, {name: tcp-x, port: 7070, protocol: TCP}],
                 endpoints: [%4$s]}
                """.formatted(i, random.nextInt(2), namespace, members);
    }

    private String serviceEntry() {
        return """
                {apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: e%d, namespace: %s},
                 spec: {hosts: [%s], location: %s, ports: [{number: 80, name: http, protocol: HTTP}], exportTo: ["%s"], %s}}
                """.formatted(
                        random.nextInt(2),
                        namespaceName(),
                        of("x.example.org", "y.example.org", "s1.a.svc.cluster.local"),
                        of("MESH_INTERNAL", "MESH_EXTERNAL"),
                        of("*", "."),
                        of(
                                "resolution: DNS",
                                "resolution: NONE",
                                "resolution: STATIC, workloadSelector: {labels: {app: s1}}",
                                "resolution: STATIC, endpoints: [{address: 10.9.9.9, serviceAccount: z}]"));
    }

    private String workloadEntry() {
        return """
                {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: w%d, namespace: %s},
                 spec: {address: 10.8.0.%d, labels: {app: s1}, serviceAccount: %s, weight: %d}}
                """.formatted(
                        random.nextInt(2), namespaceName(), random.nextInt(3), of("x", "w"), 1 + random.nextInt(3));
    }

    private String virtualService() {
        int i = random.nextInt(SERVICES);
        return """
                {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: r%d, namespace: %s},
                 spec: {hosts: [s%d.%s.svc.cluster.local], gateways: [%s], exportTo: ["%s"],
                        http: [{timeout: %ds, %sroute: [{destination: {host: s%d.a.svc.cluster.local%s}}]}]}}
                """.formatted(
                        i,
                        namespaceName(),
                        i,
                        namespaceName(),
                        of("mesh", "mesh", "mesh, front"),
                        of("*", "."),
                        1 + random.nextInt(3),
                        of("", "", "match: [{sourceLabels: {app: s1}, uri: {prefix: /x}}], "),
                        random.nextInt(SERVICES),
                        of("", ", subset: v1"));
    }

    private String destinationRule() {
        int i = random.nextInt(SERVICES);
        return """
                {apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: d%d, namespace: %s},
                 spec: {host: s%d.%s.svc.cluster.local, subsets: [%s]%s, %s}}
                """.formatted(
                i,
                namespaceName(),
                i,
                namespaceName(),
                of(
                        "",
                        "{name: v1, labels: {version: v1}}",
                        "{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}"),
                of(
                        "",
                        ", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}",
                        ", trafficPolicy: {tls: {mode: DISABLE}}",
                        ", trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}"),
                of("exportTo: [.]", "exportTo: ['*']", "exportTo: [.], workloadSelector: {matchLabels: {app: s1}}"));
    }

    private String peerAuthentication() {
        return """
                {apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: p%d, namespace: %s},
                 spec: {mtls: {mode: %s}%s}}
                """.formatted(
                        random.nextInt(2),
                        of("a", "b", "istio-system"),
                        of("STRICT", "DISABLE", "PERMISSIVE"),
                        of("", ", selector: {matchLabels: {app: s1}}"));
    }

    private String authorizationPolicy() {
        return """
                {apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: z%d, namespace: %s},
                 spec: {action: %s, rules: [{from: [{source: {namespaces: [a]}}]}]%s}}
                """.formatted(
                        random.nextInt(2),
                        of("a", "b", "istio-system"),
                        of("ALLOW", "DENY"),
                        of("", ", selector: {matchLabels: {app: s1}}"));
    }

    private String sidecar() {
        return """
                {apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: {name: c%d, namespace: %s},
                 spec: {egress: [{hosts: [%s]}]%s}}
                """.formatted(
                        random.nextInt(2),
                        namespaceName(),
                        of("\"*/*\"", "\"./*\"", "\"a/*\"", "\"b/s1.b.svc.cluster.local\", \"./*\""),
                        of("", ", workloadSelector: {labels: {app: s1}}"));
    }

    private String node() {
        return """
                {apiVersion: v1, kind: Node, metadata: {name: n1, labels: {topology.kubernetes.io/region: r, topology.kubernetes.io/zone: %s}}}
                """.formatted(of("z1", "z2"));
    }

    private String namespace() {
        return """
                {apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {mesh: "%s"}}}
                """.formatted(namespaceName(), of("in", "in", "out"));
    }

    private String gateway() {
        return """
                {apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: front, namespace: %s},
                 spec: {selector: {app: front}, servers: [{port: {number: 80, protocol: HTTP, name: http}, hosts: ["*"]},
                   {port: {number: 443, protocol: HTTPS, name: https}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: front}}]}}
                """.formatted(namespaceName());
    }

    private String apiGateway() {
        return """
                {apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: api, namespace: a},
                 spec: {gatewayClassName: weft, listeners: [
                   {name: http, port: %s, protocol: HTTP, allowedRoutes: {namespaces: {from: %s}}},
                   {name: https, port: 443, protocol: HTTPS, hostname: api.example.org, tls: {certificateRefs: [{name: front}]}}]}}
                """.formatted(of("80", "8080"), of("All", "Same"));
    }

    private String httpRoute() {
        return """
                {apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: h%d, namespace: %s},
                 spec: {parentRefs: [%s], rules: [{matches: [{path: {type: PathPrefix, value: %s}}],
                        backendRefs: [{name: s%d, namespace: %s, port: 80, weight: %d}, {name: s%d, port: 80}]}]}}
                """.formatted(
                        random.nextInt(3),
                        namespaceName(),
                        of(
                                "{name: api, namespace: a}",
                                "{group: \"\", kind: Service, name: s1, port: 80}",
                                "{group: \"\", kind: Service, name: s2}, {name: api, namespace: a, sectionName: http}"),
                        of("/", "/x"),
                        random.nextInt(SERVICES),
                        namespaceName(),
                        random.nextInt(3),
                        random.nextInt(SERVICES));
    }

    private String referenceGrant() {
        return """
                {apiVersion: gateway.networking.k8s.io/v1beta1, kind: ReferenceGrant, metadata: {name: g, namespace: %s},
                 spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: %s}], to: [{group: "", kind: Service%s}]}}
                """.formatted(namespaceName(), namespaceName(), of("", ", name: s1"));
    }

    private String secret() {
        return """
                {apiVersion: v1, kind: Secret, metadata: {name: front, namespace: a}, stringData: {tls.crt: "%d", tls.key: k}}
                """.formatted(random.nextInt(3));
    }

    private String meshConfig() {
        return """
                {apiVersion: mesh.istio.io/v1alpha1, kind: MeshConfig, metadata: {name: mesh},
                 spec: {rootNamespace: istio-system, enableAutoMtls: %s, discoverySelectors: [%s]}}
                """.formatted(
                        of("true", "true", "false"),
                        of("", "", "", "{matchExpressions: [{key: mesh, operator: NotIn, values: [out]}]}"));
    }
}
