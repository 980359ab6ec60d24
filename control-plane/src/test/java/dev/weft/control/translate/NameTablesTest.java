package dev.weft.control.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.registry.Meshes;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.control.registry.ProxyViews;
import dev.weft.control.registry.RegistrySnapshot;
import dev.weft.control.translate.NameTables.Name;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The names that a workload's proxy answers for. */
final class NameTablesTest {
    private static final String MESH = """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec: {clusterIP: 10.0.0.7, clusterIPs: [10.0.0.7, "fd00::7"], ports: [{name: http, port: 80}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: outside, namespace: shop}
            spec: {type: ExternalName, externalName: example.org, ports: [{name: http, port: 80}]}
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: given, namespace: shop}
            spec: {hosts: [given.example.com], addresses: [10.9.9.9, 10.8.0.0/16], location: MESH_EXTERNAL, resolution: STATIC, endpoints: [{address: 10.7.7.7}], ports: [{number: 80, name: http, protocol: HTTP}]}
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: bare, namespace: shop}
            spec: {hosts: [bare.example.com], location: MESH_EXTERNAL, resolution: DNS, ports: [{number: 5432, name: tcp, protocol: TCP}]}
            """;

    @Test
    void servicesHaveTheirAddressesAndEntriesTheirs() {
        ImmutableSortedMap<String, Name> names = names(MESH, ClientNode.DnsCapture.OFF);

        assertThat(names.keySet()).containsExactly("given.example.com", "reviews.shop.svc.cluster.local");
        assertThat(names.get("reviews.shop.svc.cluster.local").addresses()).containsExactly("10.0.0.7", "fd00::7");
        assertThat(names.get("reviews.shop.svc.cluster.local").shortName()).isEqualTo("reviews");
        assertThat(names.get("given.example.com").addresses())
                .as("a block is no address")
                .containsExactly("10.9.9.9");
        assertThat(names.get("given.example.com").isKubernetes()).isFalse();
    }

    @Test
    void hostWithoutAddressIsGivenOneWhereDnsIsAnswered() {
        Name bare = names(MESH, ClientNode.DnsCapture.ON).get("bare.example.com");

        assertThat(bare.addresses()).hasSize(2);
        assertThat(bare.addresses().asList().get(0)).startsWith("240.240.");
        assertThat(bare.addresses().asList().get(1)).startsWith("2001:2::");
        assertThat(names(MESH.replace("name: bare", "name: other"), ClientNode.DnsCapture.ON)
                        .get("bare.example.com"))
                .as("it follows from the host's name")
                .isEqualTo(bare);
    }

    @Test
    void entryThatDeclinesIsGivenNone() {
        String declined = MESH.replace(
                "{name: bare, namespace: shop}",
                "{name: bare, namespace: shop, labels: {networking.istio.io/enable-autoallocate-ip: \"false\"}}");

        assertThat(names(declined, ClientNode.DnsCapture.ON)).doesNotContainKey("bare.example.com");
        assertThat(names(declined.replace("\"false\"", "\"true\""), ClientNode.DnsCapture.ON))
                .containsKey("bare.example.com");
    }

    @Test
    void podsOfAHeadlessServiceHaveNamesOfTheirOwn() {
        ImmutableSortedMap<String, Name> names = names("""
                apiVersion: v1
                kind: Service
                metadata: {name: db, namespace: shop}
                spec: {clusterIP: None, ports: [{name: tcp, port: 5432}, {name: http, port: 80}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: db-x, namespace: shop, labels: {kubernetes.io/service-name: db}}
                addressType: IPv4
                endpoints: [{addresses: [10.1.0.1], hostname: db-0}, {addresses: [10.1.0.2], hostname: db-1}, {addresses: [10.1.0.3]}]
                ports: [{name: tcp, port: 5432, protocol: TCP}, {name: http, port: 80, protocol: TCP}]
                """, ClientNode.DnsCapture.ON);

        assertThat(names.keySet())
                .containsExactly(
                        "db-0.db.shop.svc.cluster.local",
                        "db-1.db.shop.svc.cluster.local",
                        "db.shop.svc.cluster.local");
        assertThat(names.get("db-1.db.shop.svc.cluster.local"))
                .isEqualTo(new Name(ImmutableSet.of("10.1.0.2"), "db-1.db", "shop"));
        assertThat(names.get("db.shop.svc.cluster.local").addresses())
                .containsExactly("10.1.0.1", "10.1.0.2", "10.1.0.3");
    }

    @Test
    void givenAddressesAreAddressesOfListenersToo() {
        var view = ProxyViews.cut(RegistrySnapshot.of(Meshes.resources(MESH)), node(ClientNode.DnsCapture.ON));
        String address =
                NameTables.of(view).get("bare.example.com").addresses().asList().get(0);

        assertThat(ProxyTranslator.translate(view).listeners().keySet()).contains(address + "_5432");
    }

    private static ImmutableSortedMap<String, Name> names(String yaml, ClientNode.DnsCapture dns) {
        return NameTables.of(ProxyViews.cut(RegistrySnapshot.of(Meshes.resources(yaml)), node(dns)));
    }

    private static ClientNode node(ClientNode.DnsCapture dns) {
        ProxyFacts facts = new ProxyFacts(
                ProxyFacts.Client.MESH_PROXY,
                "shop",
                "web",
                "cluster.local",
                ImmutableMap.of("app", "web"),
                ImmutableList.of(),
                Optional.empty(),
                "",
                OptionalInt.empty(),
                ProxyFacts.Interception.REDIRECT);
        return new ClientNode(
                "sidecar~10.0.0.1~web.shop~shop.svc.cluster.local",
                "web",
                facts,
                new ClientNode.UserAgent("weft", "test"),
                OptionalInt.empty(),
                dns);
    }
}
