package dev.weft.control.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.control.gateway.GatewayStatuses;
import dev.weft.control.source.ObjectStatus;
import dev.weft.control.source.RefusedRoute;
import dev.weft.control.source.StatusCondition;
import dev.weft.control.source.StatusTarget;
import dev.weft.resources.GatewayRoute;
import dev.weft.resources.parse.Parsed;
import dev.weft.resources.parse.ResourceParser;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GatewayStatusTest {
    private static final String MESH = """
            apiVersion: v1
            kind: Service
            metadata: {name: ingress, namespace: edge}
            spec: {selector: {istio: ingressgateway}, ports: [{name: http, port: 80}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec: {selector: {app: reviews}, ports: [{name: http, port: 80}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: GatewayClass
            metadata: {name: weft}
            spec: {controllerName: weft.dev/gateway-controller}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: web, namespace: edge}
            spec:
              gatewayClassName: weft
              addresses: [{type: Hostname, value: ingress}]
              listeners:
              - {name: http, port: 80, protocol: HTTP, hostname: "*.example.com", allowedRoutes: {namespaces: {from: All}}}
              - {name: again, port: 80, protocol: HTTP, hostname: "*.example.com"}
              - {name: tls, port: 80, protocol: HTTPS, tls: {certificateRefs: [{name: a}]}}
              - {name: udp, port: 53, protocol: UDP}
              - {name: gone, port: 443, protocol: HTTPS, hostname: a.example.com, tls: {certificateRefs: [{name: gone}]}}
              - {name: other, port: 443, protocol: HTTPS, hostname: b.example.com, tls: {certificateRefs: [{name: a, namespace: shop}]}}
              - {name: kinds, port: 81, protocol: HTTP, allowedRoutes: {kinds: [{kind: TCPRoute}]}}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: nowhere, namespace: edge}
            spec: {gatewayClassName: weft, listeners: [{name: http, port: 80, protocol: HTTP}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: foreign, namespace: edge}
            spec: {gatewayClassName: other, listeners: [{name: http, port: 80, protocol: HTTP}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: good, namespace: shop}
            spec:
              parentRefs:
              - {name: web, namespace: edge, sectionName: http}
              - {group: "", kind: Service, name: reviews}
              - {name: foreign, namespace: edge}
              hostnames: [a.example.com]
              rules: [{backendRefs: [{name: reviews, port: 80}]}]
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: bad, namespace: shop}
            spec:
              parentRefs:
              - {name: web, namespace: edge, sectionName: none}
              - {name: nowhere, namespace: edge}
              - {group: "", kind: Service, name: gone}
              rules: [{backendRefs: [{name: reviews, port: 81}]}]
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: elsewhere, namespace: edge}
            spec:
              parentRefs: [{name: web, sectionName: http}]
              hostnames: [a.example.org]
              rules: [{backendRefs: [{name: reviews, namespace: shop, port: 80}]}]
            """;

    @Test
    void tellsWhatBecameOfEachObject() {
        RegistrySnapshot snapshot = Meshes.mesh(MESH);

        List<String> lines =
                GatewayStatuses.of(snapshot.gatewayApi(), snapshot.gatewayAddresses(), ImmutableList.of()).stream()
                        .flatMap(status -> lines(status).stream())
                        .toList();

        assertThat(lines)
                .containsExactly(
                        "GatewayClass weft Accepted=True/Accepted",
                        "Gateway edge/web Accepted=True/ListenersNotValid Programmed=True/Programmed"
                                + " at ingress.edge.svc.cluster.local",
                        "  http 1 Accepted=True/Accepted Conflicted=False/NoConflicts ResolvedRefs=True/ResolvedRefs"
                                + " Programmed=True/Programmed",
                        "  again 0 Accepted=False/HostnameConflict Conflicted=True/HostnameConflict"
                                + " ResolvedRefs=True/ResolvedRefs Programmed=False/Invalid",
                        "  tls 0 Accepted=False/ProtocolConflict Conflicted=True/ProtocolConflict"
                                + " ResolvedRefs=False/InvalidCertificateRef Programmed=False/Invalid",
                        "  udp 0 Accepted=False/UnsupportedProtocol Conflicted=False/NoConflicts"
                                + " ResolvedRefs=True/ResolvedRefs Programmed=False/Invalid",
                        "  gone 0 Accepted=True/Accepted Conflicted=False/NoConflicts"
                                + " ResolvedRefs=False/InvalidCertificateRef Programmed=False/Invalid",
                        "  other 0 Accepted=True/Accepted Conflicted=False/NoConflicts"
                                + " ResolvedRefs=False/RefNotPermitted Programmed=False/Invalid",
                        "  kinds 0 Accepted=True/Accepted Conflicted=False/NoConflicts"
                                + " ResolvedRefs=False/InvalidRouteKinds Programmed=False/Invalid",
                        "Gateway edge/nowhere Accepted=True/Accepted Programmed=False/AddressNotAssigned at ",
                        "  http 0 Accepted=True/Accepted Conflicted=False/NoConflicts ResolvedRefs=True/ResolvedRefs"
                                + " Programmed=True/Programmed",
                        "HTTPRoute shop/good",
                        "  web Accepted=True/Accepted ResolvedRefs=True/ResolvedRefs",
                        "  reviews Accepted=True/Accepted ResolvedRefs=True/ResolvedRefs",
                        "HTTPRoute shop/bad",
                        "  web Accepted=False/NoMatchingParent ResolvedRefs=False/BackendNotFound",
                        "  nowhere Accepted=False/NotAllowedByListeners ResolvedRefs=False/BackendNotFound",
                        "  gone Accepted=False/NoMatchingParent ResolvedRefs=False/BackendNotFound",
                        "HTTPRoute edge/elsewhere",
                        "  web Accepted=False/NoMatchingListenerHostname ResolvedRefs=False/RefNotPermitted");
    }

    @Test
    void tellsTheParentsOfARefusedRouteWhyEvenWhereAnOlderVersionIsInForce() {
        RegistrySnapshot snapshot = Meshes.mesh(MESH);
        Parsed parsed = new ResourceParser().parse("good.yaml", """
                        apiVersion: gateway.networking.k8s.io/v1
                        kind: HTTPRoute
                        metadata: {name: good, namespace: shop, generation: 7}
                        spec:
                          parentRefs:
                          - {name: web, namespace: edge, sectionName: http}
                          - {group: "", kind: Service, name: reviews}
                          - {name: foreign, namespace: edge}
                          rules:
                          - filters: [{type: RequestMirror, requestMirror: {backendRef: {name: reviews, port: 80}}}]
                            backendRefs: [{name: reviews, port: 80}]
                        """).objects().getFirst();
        assertThat(parsed).isInstanceOf(Parsed.Refused.class);
        RefusedRoute refused = new RefusedRoute(
                (GatewayRoute) ((Parsed.Refused) parsed).outline().orElseThrow(), parsed.problems());

        List<ObjectStatus.Route> good =
                GatewayStatuses.of(snapshot.gatewayApi(), snapshot.gatewayAddresses(), ImmutableList.of(refused))
                        .stream()
                        .filter(status -> status.target().name().equals("good"))
                        .map(ObjectStatus.Route.class::cast)
                        .toList();

        assertThat(good).hasSize(1);
        assertThat(good.getFirst().target().generation()).isEqualTo(7);
        assertThat(lines(good.getFirst()))
                .containsExactly(
                        "HTTPRoute shop/good",
                        "  web Accepted=False/UnsupportedValue",
                        "  reviews Accepted=False/UnsupportedValue");
        assertThat(good.getFirst().parents().getFirst().conditions().getFirst().message())
                .startsWith("spec.rules[0].filters[0].type: ")
                .contains("RequestMirror");
    }

    private static List<String> lines(ObjectStatus status) {
        StatusTarget target = status.target();
        String object = target.kind() + " "
                + (target.namespace().isEmpty() ? target.name() : target.namespace() + "/" + target.name());
        return switch (status) {
            case ObjectStatus.Conditions plain -> List.of(object + conditions(plain.conditions()));
            case ObjectStatus.Gateway gateway ->
                ImmutableList.<String>builder()
                        .add(object + conditions(gateway.conditions()) + " at "
                                + gateway.addresses().stream()
                                        .map(ObjectStatus.Address::value)
                                        .collect(Collectors.joining(",")))
                        .addAll(gateway.listeners().stream()
                                .map(listener -> "  " + listener.name() + " " + listener.attachedRoutes()
                                        + conditions(listener.conditions()))
                                .toList())
                        .build();
            case ObjectStatus.Route route ->
                ImmutableList.<String>builder()
                        .add(object)
                        .addAll(route.parents().stream()
                                .map(parent -> "  " + parent.ref().name() + conditions(parent.conditions()))
                                .toList())
                        .build();
            case ObjectStatus.Validated istio -> List.of(istio.toString());
        };
    }

    private static String conditions(List<StatusCondition> conditions) {
        return conditions.stream()
                .map(condition ->
                        " " + condition.type() + "=" + condition.state().text() + "/" + condition.reason())
                .collect(Collectors.joining());
    }
}
