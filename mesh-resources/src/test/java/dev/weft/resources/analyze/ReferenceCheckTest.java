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
