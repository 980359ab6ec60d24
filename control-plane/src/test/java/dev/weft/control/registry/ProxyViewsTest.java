package dev.weft.control.registry;

import static dev.weft.control.registry.Meshes.mesh;
import static dev.weft.control.registry.Meshes.node;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.DestinationRule;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxyViewsTest {
    private static final ClientNode WEB = node("shop", "web", Map.of("app", "web"));

    private static String service(String namespace, String name, String annotations) {
        return """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: %s, annotations: {%s}}
                spec: {selector: {app: %s}, ports: [{name: http, port: 80}]}
                """.formatted(name, namespace, annotations, name);
    }

    private static String virtualService(String namespace, String name, String spec) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: %s, namespace: %s}
                spec: {%s}
                """.formatted(name, namespace, spec);
    }

    private static String rule(String namespace, String name, String spec) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %s, namespace: %s}
                spec: {%s}
                """.formatted(name, namespace, spec);
    }

    private static String sidecar(String egress) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: default, namespace: shop}
                spec:
                  egress:
                """ + egress;
    }

    private static ImmutableList<String> hosts(ProxyView view) {
        return view.outbound().services().stream().map(MeshService::hostname).collect(ImmutableList.toImmutableList());
    }

    private static final String SERVICES = service("shop", "web", "")
            + service("shop", "cart", "")
            + service("bank", "pay", "")
            + service("bank", "vault", "networking.istio.io/exportTo: .");

    @Test
    void seesWhatIsExported() {
        assertThat(hosts(ProxyViews.cut(mesh(SERVICES), WEB)))
                .containsExactly(
                        "cart.shop.svc.cluster.local", "pay.bank.svc.cluster.local", "web.shop.svc.cluster.local");
    }

    @Test
    void seesOnlyWhatItsSidecarImports() {
        RegistrySnapshot mesh = mesh(SERVICES + sidecar("  - hosts: [./cart.shop.svc.cluster.local, bank/*]\n"));

        assertThat(hosts(ProxyViews.cut(mesh, WEB)))
                .containsExactly("cart.shop.svc.cluster.local", "pay.bank.svc.cluster.local");
    }

    @Test
    void seesNothingThroughATilde() {
        assertThat(hosts(ProxyViews.cut(mesh(SERVICES + sidecar("  - hosts: [~/*]\n")), WEB)))
                .isEmpty();
    }

    @Test
    void opensALocalDoorToAServiceOnAnotherPort() {
        RegistrySnapshot mesh = mesh(SERVICES + sidecar("""
                  - port: {number: 18034, protocol: HTTP, name: door}
                    bind: 127.0.0.1
                    captureMode: NONE
                    hosts: [./cart.shop.svc.cluster.local]
                  - hosts: [~/*]
                """));

        ProxyView view = ProxyViews.cut(mesh, WEB);

        assertThat(view.outbound().scopes()).hasSize(2);
        assertThat(view.outbound().scopes().getFirst().services())
                .extracting(MeshService::name)
                .containsExactly("cart");
    }

    @Test
    void importsWhatARuleSendsTrafficTo() {
        RegistrySnapshot mesh = mesh(SERVICES
                + virtualService(
                        "shop",
                        "cart",
                        "hosts: [cart], http: [{route: [{destination: {host: pay.bank.svc.cluster.local}}]}]")
                + sidecar("  - hosts: [./cart.shop.svc.cluster.local]\n"));

        assertThat(hosts(ProxyViews.cut(mesh, WEB)))
                .containsExactly("cart.shop.svc.cluster.local", "pay.bank.svc.cluster.local");
    }

    @Test
    void putsPrivateRulesBeforePublicOnes() {
        RegistrySnapshot mesh = mesh(SERVICES
                + virtualService("shop", "public", "hosts: [cart], http: [{route: [{destination: {host: cart}}]}]")
                + virtualService(
                        "shop",
                        "private",
                        "hosts: [cart], exportTo: [.], http: [{route: [{destination: {host: cart}}]}]"));

        assertThat(ProxyViews.cut(mesh, WEB).outbound().scopes().getFirst().virtualServices())
                .extracting(rule -> rule.meta().name())
                .containsExactly("private", "public");
    }

    @Test
    void looksForDestinationRulesWithTheClientThenTheServiceThenTheRoot() {
        String ofRoot =
                rule("istio-system", "root", "host: \"*.local\", trafficPolicy: {loadBalancer: {simple: RANDOM}}");
        String ofBank = rule("bank", "bank", "host: pay, trafficPolicy: {loadBalancer: {simple: RANDOM}}");
        String ofShop = rule(
                "shop", "shop", "host: pay.bank.svc.cluster.local, trafficPolicy: {loadBalancer: {simple: RANDOM}}");

        assertThat(rules(SERVICES + ofRoot)).containsExactly("root");
        assertThat(rules(SERVICES + ofRoot + ofBank)).containsExactly("bank");
        assertThat(rules(SERVICES + ofRoot + ofBank + ofShop)).containsExactly("shop");
        assertThat(rules(SERVICES + ofRoot + ofBank.replace("host: pay,", "host: pay, exportTo: [.],")))
                .containsExactly("root");
    }

    private static ImmutableList<String> rules(String yaml) {
        ProxyView view = ProxyViews.cut(mesh(yaml), WEB);
        return view.outbound().destinationRules().get("pay.bank.svc.cluster.local").stream()
                .map(DestinationRule::meta)
                .map(meta -> meta.name())
                .collect(ImmutableList.toImmutableList());
    }

    @Test
    void knowsItsOwnWorkloadAmongSeveralAtOneAddress() {
        String workloads = """
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: cart, namespace: shop}
                spec: {address: 127.0.0.1, labels: {app: cart}, serviceAccount: cart, ports: {http: 18001}}
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: web, namespace: shop}
                spec: {address: 127.0.0.1, labels: {app: web}, serviceAccount: web, ports: {http: 18002}}
                """;
        RegistrySnapshot mesh = mesh(SERVICES + workloads);

        assertThat(ProxyViews.cut(mesh, WEB).inbound().ports())
                .extracting(ProxyView.InboundPort::workloadPort)
                .containsExactly(18002);
        assertThat(ProxyViews.cut(mesh, node("shop", "cart", Map.of()))
                        .inbound()
                        .ports())
                .extracting(ProxyView.InboundPort::workloadPort)
                .containsExactly(18001);
    }

    @Test
    void isEqualForReplicas() {
        RegistrySnapshot mesh = mesh(SERVICES);
        ClientNode one = node("shop", "web-1", Map.of("app", "web"));
        ClientNode two = new ClientNode("another id", "web-2", one.facts(), one.userAgent(), one.adminPort());

        assertThat(ProxyViews.cut(mesh, two)).isEqualTo(ProxyViews.cut(mesh, one));
        assertThat(ProxyViews.cut(mesh(SERVICES), one)).isEqualTo(ProxyViews.cut(mesh, one));
    }

    @Test
    void collectsThePoliciesThatSelectIt() {
        String policies = policy("istio-system", "mesh", "")
                + policy("shop", "all", "")
                + policy("shop", "web", "selector: {matchLabels: {app: web}},")
                + policy("shop", "cart", "selector: {matchLabels: {app: cart}},")
                + policy("bank", "bank", "");

        assertThat(ProxyViews.cut(mesh(SERVICES + policies), WEB).inbound().authorizationPolicies())
                .extracting(policy -> policy.meta().name())
                .containsExactly("mesh", "all", "web");
    }

    private static String policy(String namespace, String name, String selector) {
        return """
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: %s, namespace: %s}
                spec: {%s rules: [{}]}
                """.formatted(name, namespace, selector);
    }
}
