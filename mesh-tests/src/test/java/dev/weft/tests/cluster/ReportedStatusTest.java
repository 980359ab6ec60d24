package dev.weft.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of an object stands in its status, for {@code kubectl get}, {@code kubectl wait} and whoever deploys by them. */
@OnCluster
@Timeout(240)
class ReportedStatusTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private static MeshInstall mesh;
    private static TestNamespace namespace;
    private static Kubectl kubectl;

    @BeforeAll
    static void install(Cluster cluster) {
        kubectl = cluster.kubectl();
        cluster.gatewayApi();
        mesh = MeshInstall.start(cluster, Map.of("control.replicas", 2));
        namespace = cluster.namespace("status", "weft.dev/inject=enabled");
        namespace.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: reviews, namespace: $NAMESPACE}
                spec: {selector: {app: reviews}, ports: [{name: http, port: 80}]}
                """);
    }

    @AfterAll
    static void uninstall() {
        MeshInstall.end(namespace, mesh);
    }

    @Test
    void aVirtualServiceIsReconciled() {
        namespace.apply(virtualService("reviews"));

        awaitStatus("virtualservice/reviews", "{.status.conditions[?(@.type==\"PassedValidation\")].status}", "True");
        awaitStatus("virtualservice/reviews", "{.status.conditions[?(@.type==\"Reconciled\")].status}", "True");
        assertThat(kubectl.field(namespace.name(), "virtualservice/reviews", "{.status.observedGeneration}"))
                .isEqualTo(kubectl.field(namespace.name(), "virtualservice/reviews", "{.metadata.generation}"));
    }

    @Test
    void aRouteIsAcceptedByItsServiceAndFollowsItsGeneration() {
        namespace.apply(route("accepted", "reviews", "{path: {type: PathPrefix, value: /v1}}"));

        awaitParent("accepted", "Accepted", "status", "True");
        awaitParent("accepted", "ResolvedRefs", "status", "True");

        namespace.apply(route("accepted", "absent", "{path: {type: PathPrefix, value: /v1}}"));
        awaitParent("accepted", "ResolvedRefs", "reason", "BackendNotFound");
        awaitParent("accepted", "Accepted", "observedGeneration", "2");
    }

    @Test
    void aRouteThatCannotBeServedSaysWhichFieldAndIsAcceptedOnceThatIsMended() {
        namespace.apply("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: mended, namespace: $NAMESPACE}
                spec:
                  parentRefs: [{group: "", kind: Service, name: reviews, port: 80}]
                  rules:
                  - filters: [{type: RequestMirror, requestMirror: {backendRef: {name: reviews, port: 80}}}]
                    backendRefs: [{name: reviews, port: 80}]
                """);

        awaitParent("mended", "Accepted", "reason", "UnsupportedValue");
        assertThat(kubectl.field(
                        namespace.name(),
                        "httproute/mended",
                        "{.status.parents[0].conditions[?(@.type==\"Accepted\")].message}"))
                .contains("spec.rules[0].filters[0].type", "RequestMirror");

        namespace.apply(route("mended", "reviews", "{path: {type: PathPrefix, value: /v2}}"));
        awaitParent("mended", "Accepted", "status", "True");
    }

    @Test
    void aGatewayIsAcceptedAndSaysThatNothingServesIt() {
        namespace.apply("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: front, namespace: $NAMESPACE}
                spec: {gatewayClassName: weft, listeners: [{name: http, port: 80, protocol: HTTP}]}
                """);

        awaitStatus("gateway.gateway.networking.k8s.io/front", condition("Accepted", "status"), "True");
        awaitStatus("gateway.gateway.networking.k8s.io/front", condition("Programmed", "reason"), "AddressNotAssigned");
        awaitStatus(
                "gateway.gateway.networking.k8s.io/front",
                "{.status.listeners[0].conditions[?(@.type==\"Programmed\")].status}",
                "True");
    }

    private static String virtualService(String host) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: reviews, namespace: $NAMESPACE}
                spec: {hosts: [%1$s], http: [{route: [{destination: {host: %1$s}}]}]}
                """.formatted(host);
    }

    private static String route(String name, String backend, String match) {
        return """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: %s, namespace: $NAMESPACE}
                spec:
                  parentRefs: [{group: "", kind: Service, name: reviews, port: 80}]
                  rules: [{matches: [%s], backendRefs: [{name: %s, port: 80}]}]
                """.formatted(name, match, backend);
    }

    private static void awaitParent(String route, String type, String field, String value) {
        awaitStatus(
                "httproute/" + route,
                "{.status.parents[0].conditions[?(@.type==\"" + type + "\")]." + field + "}",
                value);
    }

    private static String condition(String type, String field) {
        return "{.status.conditions[?(@.type==\"" + type + "\")]." + field + "}";
    }

    private static void awaitStatus(String object, String path, String value) {
        kubectl.await(namespace.name(), object, "jsonpath=" + path + "=" + value, SOON);
    }
}
