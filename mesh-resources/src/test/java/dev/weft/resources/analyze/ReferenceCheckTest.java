package dev.weft.resources.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.resources.ProblemFormat;
import dev.weft.resources.parse.ResourceParser;
import dev.weft.resources.store.ResourceStore;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferenceCheckTest {
    private static final String SERVICES = """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec: {ports: [{name: http, port: 9080}]}
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: ext, namespace: shop}
            spec: {hosts: ["*.example.com"], ports: [{number: 443, name: tls, protocol: TLS}]}
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews, namespace: shop}
            spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}]}
            """;

    @Test
    void namesWhatLeadsNowhereWithItsLine() {
        List<String> problems = check("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: v, namespace: shop}
                spec:
                  hosts: [reviews]
                  http:
                  - match: [{uri: {prefix: /a}}]
                    route:
                    - destination: {host: reviews, subset: v2}
                  - match: [{uri: {prefix: /b}}]
                    route: [{destination: {host: nobody}}]
                  - match: [{uri: {prefix: /c}}]
                    route: [{destination: {host: reviews, port: {number: 80}}}]
                  - match: [{uri: {prefix: /d}}]
                    delegate: {name: gone}
                  - delegate: {name: v}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: d, namespace: other}
                spec: {host: reviews}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: gw, namespace: shop}
                spec: {hosts: [reviews], gateways: [g], http: [{route: [{destination: {host: reviews}}]}]}
                """);

        assertThat(problems)
                .containsExactly(
                        "rules.yaml:9:36 spec.http[0].route[0].destination.subset: no DestinationRule for "
                                + "reviews.shop.svc.cluster.local has the subset v2 (what is routed there is answered 503, TCP is closed)",
                        "rules.yaml:11:28 spec.http[1].route[0].destination.host: no service has the host "
                                + "nobody.shop.svc.cluster.local (what is routed there is answered 503, TCP is closed)",
                        "rules.yaml:13:50 spec.http[2].route[0].destination.port.number: reviews.shop.svc.cluster.local has no "
                                + "port 80, expected one of [9080] (what is routed there is answered 503, TCP is closed)",
                        "rules.yaml:15:5 spec.http[3].delegate: there is no VirtualService shop/gone (no traffic meets it)",
                        "rules.yaml:16:5 spec.http[4].delegate: VirtualService shop/v has hosts, so that it is no delegate "
                                + "(no traffic meets it)",
                        "rules.yaml:21:8 spec.host: no service has the host reviews.other.svc.cluster.local (no traffic meets it)",
                        "rules.yaml:26:37 spec.gateways[0]: there is no Gateway shop/g (no traffic meets it)");
    }

    @Test
    void saysNothingAboutWhatExists() {
        assertThat(check("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: v, namespace: other}
                spec:
                  hosts: [reviews.shop.svc.cluster.local, a.example.com]
                  http:
                  - match: [{uri: {prefix: /a}}]
                    route:
                    - destination: {host: reviews.shop.svc.cluster.local, subset: v1, port: {number: 9080}}
                  - route: [{destination: {host: a.example.com, port: {number: 443}}}]
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: all, namespace: other}
                spec: {host: "*.cluster.local"}
                """)).isEmpty();
    }

    @Test
    void namesHostsThatTheNamedGatewayDoesNotTake() {
        assertThat(check("""
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: g, namespace: shop}
                spec:
                  selector: {istio: ingressgateway}
                  servers: [{port: {number: 80, protocol: HTTP, name: http}, hosts: ["*.example.com", other/o.example.org, ./own.example.org]}]
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: v, namespace: shop}
                spec:
                  hosts: [a.example.com, a.example.org, o.example.org, own.example.org, "*.com"]
                  gateways: [g, mesh]
                  http: [{route: [{destination: {host: reviews}}]}]
                """))
                .containsExactly(
                        "rules.yaml:12:26 spec.hosts[1]: no server of Gateway shop/g takes the host a.example.org from the namespace"
                                + " shop (no traffic meets it)",
                        "rules.yaml:12:41 spec.hosts[2]: no server of Gateway shop/g takes the host o.example.org from the namespace"
                                + " shop (no traffic meets it)");
    }

    @Test
    void namesWhatOneGatewayTakesFromAnother() {
        assertThat(check("""
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: first, namespace: shop}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - {port: {number: 80, protocol: HTTP, name: http}, hosts: [a.example.com]}
                  - {port: {number: 443, protocol: TLS, name: tls}, hosts: [a.example.com], tls: {mode: PASSTHROUGH}}
                  - {port: {number: 3306, protocol: TCP, name: tcp}, hosts: ["*"]}
                  - {port: {number: 8080, protocol: HTTP, name: more}, hosts: ["*"]}
                ---
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: second, namespace: other}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - {port: {number: 80, protocol: HTTP, name: http}, hosts: [b.example.com, a.example.com]}
                  - {port: {number: 443, protocol: TLS, name: tls}, hosts: [a.example.com, b.example.com], tls: {mode: PASSTHROUGH}}
                  - {port: {number: 3306, protocol: TCP, name: tcp}, hosts: ["*"]}
                  - {port: {number: 8080, protocol: TCP, name: more}, hosts: ["*"]}
                ---
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: elsewhere, namespace: other}
                spec:
                  selector: {istio: other}
                  servers: [{port: {number: 3306, protocol: TCP, name: tcp}, hosts: ["*"]}]
                """))
                .containsExactly(
                        "rules.yaml:18:77 spec.servers[0].hosts[1]: Gateway shop/first takes the host a.example.com on the port 80 of"
                                + " the same workloads (in force as written)",
                        "rules.yaml:19:61 spec.servers[1].hosts[0]: Gateway shop/first takes the host a.example.com on the port 443 of"
                                + " the same workloads (the object that was there first stays in force)",
                        "rules.yaml:20:13 spec.servers[2].port.number: Gateway shop/first has the port 3306 of the same workloads"
                                + " (the object that was there first stays in force)",
                        "rules.yaml:21:27 spec.servers[3].port.protocol: found TCP, but Gateway shop/first speaks HTTP on the port 8080"
                                + " of the same workloads (the object that was there first stays in force)");
    }

    private static List<String> check(String rules) {
        ResourceParser parser = new ResourceParser();
        ResourceStore store = ResourceStore.EMPTY.replaceAll(
                List.of(parser.parse("services.yaml", SERVICES), parser.parse("rules.yaml", rules)));
        assertThat(store.problems()).isEmpty();
        return ReferenceCheck.problems(store, "cluster.local").stream()
                .map(ProblemFormat::format)
                .toList();
    }
}
