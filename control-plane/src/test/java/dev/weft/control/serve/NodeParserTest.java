package dev.weft.control.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.weft.control.ca.CallerIdentity;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.registry.ProxyFacts;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeParserTest {
    private static final CallerIdentity WEB = new CallerIdentity("shop", "web", "");
    private static final String ID = "sidecar~10.0.0.7~web-1.shop~shop.svc.example.org";

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Node node(String id, String agent, Map<String, Value> metadata) {
        return Node.newBuilder()
                .setId(id)
                .setUserAgentName(agent)
                .setMetadata(Struct.newBuilder().putAllFields(metadata))
                .build();
    }

    private static ClientNode accepted(Node node) {
        NodeParser.Parsed parsed = NodeParser.parse(node, WEB);
        assertThat(parsed).isInstanceOf(NodeParser.Parsed.Accepted.class);
        return ((NodeParser.Parsed.Accepted) parsed).node();
    }

    @Test
    void readsEverythingFromTheIdWhereMetadataIsSilent() {
        ClientNode node = accepted(node(ID, "envoy", Map.of()));

        assertThat(node.workload()).isEqualTo("web-1");
        assertThat(node.facts().namespace()).isEqualTo("shop");
        assertThat(node.facts().serviceAccount()).isEqualTo("web");
        assertThat(node.facts().addresses()).containsExactly("10.0.0.7");
        assertThat(node.facts().domainSuffix()).isEqualTo("example.org");
        assertThat(node.facts().client()).isEqualTo(ProxyFacts.Client.STOCK_ENVOY);
    }

    @Test
    void knowsAGatewayByItsId() {
        ClientNode gateway = accepted(node(ID.replaceFirst("^sidecar", "router"), "weft", Map.of()));
        ClientNode sidecar = accepted(node(ID, "weft", Map.of()));

        assertThat(gateway.facts().role()).isEqualTo(ProxyFacts.Role.GATEWAY);
        assertThat(sidecar.facts().role()).isEqualTo(ProxyFacts.Role.SIDECAR);
    }

    @Test
    void readsIstiosMetadata() {
        ClientNode node = accepted(node(
                ID,
                "envoy",
                Map.of(
                        "NAME", text("other"),
                        "INSTANCE_IPS", text("10.0.0.7,fd00::7"),
                        "HTTP_PROXY_PORT", text("3128"),
                        "ISTIO_VERSION", text("1.30.0"),
                        "ADMIN_PORT", Value.newBuilder().setNumberValue(15000).build(),
                        "INTERCEPTION_MODE", text("NONE"),
                        "LABELS",
                                Value.newBuilder()
                                        .setStructValue(Struct.newBuilder().putFields("app", text("web")))
                                        .build())));

        assertThat(node.workload()).isEqualTo("other");
        assertThat(node.facts().addresses()).containsExactly("10.0.0.7", "fd00::7");
        assertThat(node.facts().httpProxyPort()).hasValue(3128);
        assertThat(node.facts().labels()).containsExactly(Map.entry("app", "web"));
        assertThat(node.facts().interception()).isEqualTo(ProxyFacts.Interception.NONE);
        assertThat(node.facts().client()).isEqualTo(ProxyFacts.Client.MESH_PROXY);
        assertThat(node.adminPort()).hasValue(15000);
    }

    @Test
    void knowsItsOwnProxiesAndGrpcByTheirUserAgent() {
        assertThat(accepted(node(ID, "weft", Map.of())).facts().client()).isEqualTo(ProxyFacts.Client.MESH_PROXY);
        assertThat(accepted(node(ID, "gRPC Java", Map.of())).facts().client())
                .isEqualTo(ProxyFacts.Client.PROXYLESS_GRPC);
    }

    @Test
    void deniesANodeOfAnotherNamespaceWhereverItSaysSo() {
        assertThat(NodeParser.parse(node(ID.replace(".shop~", ".bank~"), "envoy", Map.of()), WEB))
                .isInstanceOf(NodeParser.Parsed.Denied.class);
        assertThat(NodeParser.parse(node(ID, "envoy", Map.of("NAMESPACE", text("bank"))), WEB))
                .isInstanceOf(NodeParser.Parsed.Denied.class);
        assertThat(NodeParser.parse(
                        node(ID.replace(".shop~", ".bank~"), "envoy", Map.of("NAMESPACE", text("shop"))), WEB))
                .isInstanceOf(NodeParser.Parsed.Denied.class);
    }

    @Test
    void deniesANodeOfAnotherAccount() {
        assertThat(NodeParser.parse(node(ID, "envoy", Map.of("SERVICE_ACCOUNT", text("cart"))), WEB))
                .isEqualTo(new NodeParser.Parsed.Denied(
                        "node: has service account cart, but the credential is for shop/web"));
    }

    @Test
    void refusesANodeThatSaysNothing() {
        assertThat(NodeParser.parse(Node.getDefaultInstance(), WEB)).isInstanceOf(NodeParser.Parsed.Malformed.class);
        assertThat(NodeParser.parse(node("x", "envoy", Map.of()), WEB)).isInstanceOf(NodeParser.Parsed.Malformed.class);
    }
}
