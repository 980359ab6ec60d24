package dev.weft.proxy.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.model.cluster.Discovery;
import dev.weft.xds.Decoded;
import dev.weft.xds.bootstrap.Bootstrap;
import dev.weft.xds.decode.BootstrapDecoder;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PodBootstrapTest {
    private static final Map<String, String> POD = Map.of(
            "POD_NAME", "reviews-v2-5d4f",
            "POD_NAMESPACE", "bookstore",
            "INSTANCE_IPS", "10.1.2.3,fd00::3",
            "SERVICE_ACCOUNT", "reviews",
            "NODE_NAME", "node-1",
            "WEFT_WORKLOAD_NAME", "reviews-v2",
            "WEFT_CLUSTER_ID", "east",
            "WEFT_NETWORK", "",
            "WEFT_DNS_CAPTURE", "true");
    private static final String LABELS = """
            app="reviews"
            version="v2"
            """;
    private static final String ANNOTATIONS = """
            kubectl.kubernetes.io/last-applied-configuration="{\\"a\\":1}"
            sidecar.istio.io/statsInclusionPrefixes="a"
            """;

    @Test
    void nodeSaysWhoThePodIsInIstiosWords() {
        Bootstrap.NodeConfig node = decoded(POD, PodRole.SIDECAR).node();

        assertThat(node.id()).isEqualTo("sidecar~10.1.2.3~reviews-v2-5d4f.bookstore~bookstore.svc.cluster.local");
        assertThat(node.cluster()).isEqualTo("reviews.bookstore");
        assertThat(node.metadataText("INSTANCE_IPS")).isEqualTo("10.1.2.3,fd00::3");
        assertThat(node.metadataText("WORKLOAD_NAME")).isEqualTo("reviews-v2");
        assertThat(node.metadataText("CLUSTER_ID")).isEqualTo("east");
        assertThat(node.metadataText("INTERCEPTION_MODE")).isEqualTo("REDIRECT");
        assertThat(node.metadataText("DNS_CAPTURE")).isEqualTo("true");
        assertThat(node.metadata().containsFields("NETWORK")).isFalse();
        assertThat(node.metadata().getFieldsOrThrow("LABELS").getStructValue().getFieldsMap())
                .containsOnlyKeys("app", "version");
        assertThat(node.metadata()
                        .getFieldsOrThrow("ANNOTATIONS")
                        .getStructValue()
                        .getFieldsMap())
                .containsOnlyKeys("sidecar.istio.io/statsInclusionPrefixes");
    }

    @Test
    void hostsAreGivenAddressesUnlessTheMeshSaysNo() {
        assertThat(decoded(POD, PodRole.SIDECAR).node().metadataText("DNS_AUTO_ALLOCATE"))
                .isEqualTo("true");
        assertThat(decoded(with("ISTIO_META_DNS_AUTO_ALLOCATE", "false"), PodRole.SIDECAR)
                        .node()
                        .metadataText("DNS_AUTO_ALLOCATE"))
                .isEqualTo("false");
        assertThat(decoded(with("WEFT_DNS_CAPTURE", "false"), PodRole.SIDECAR)
                        .node()
                        .metadata()
                        .containsFields("DNS_AUTO_ALLOCATE"))
                .isFalse();
    }

    @Test
    void gatewayIsARouter() {
        assertThat(decoded(POD, PodRole.GATEWAY).node().id()).startsWith("router~10.1.2.3~");
    }

    @Test
    void controlPlaneIsFoundByNameAndKnownByIt() {
        Bootstrap bootstrap = decoded(POD, PodRole.SIDECAR);

        assertThat(bootstrap.clusters()).hasSize(1);
        assertThat(bootstrap.clusters().get(0).discovery()).isInstanceOf(Discovery.StrictDns.class);
        assertThat(bootstrap.clusters().get(0).toString())
                .contains("weft-control.weft-system.svc")
                .contains("/var/run/secrets/istio/root-cert.pem");
        Bootstrap.AgentConfig agent = bootstrap.agent().orElseThrow();
        assertThat(agent.tokenPath()).isEqualTo("/var/run/secrets/tokens/istio-token");
        assertThat(agent.workloadIdentity()).isEqualTo("spiffe://cluster.local/ns/bookstore/sa/reviews");
        assertThat(agent.certificateValidity()).isEqualTo(Duration.ofHours(24));
        assertThat(bootstrap.ads().orElseThrow().variant()).isEqualTo(Bootstrap.AdsConfig.Variant.DELTA);
    }

    @Test
    void complaintsNameTheVariable() {
        assertThatThrownBy(() -> parse(without("POD_NAME"))).hasMessageContaining("POD_NAME is not set");
        assertThatThrownBy(() -> parse(with("INSTANCE_IPS", "10.0.0.1,x"))).hasMessageStartingWith("INSTANCE_IPS is");
        assertThatThrownBy(() -> parse(with("WEFT_CONTROL_ADDRESS", "control")))
                .hasMessage("WEFT_CONTROL_ADDRESS is 'control', expected host:port");
        assertThatThrownBy(() -> parse(with("WEFT_DNS_CAPTURE", "yes")))
                .hasMessage("WEFT_DNS_CAPTURE is 'yes', expected true or false");
        assertThatThrownBy(() -> parse(with("WEFT_INTERCEPTION_MODE", "EBPF")))
                .hasMessage("WEFT_INTERCEPTION_MODE is 'EBPF', expected one of [REDIRECT, TPROXY, NONE]");
        assertThatThrownBy(() -> parse(with("WEFT_DRAIN_SECONDS", "5s")))
                .hasMessageStartingWith("WEFT_DRAIN_SECONDS is '5s', expected a number");
    }

    @Test
    void labelsAreReadAsTheDownwardApiQuotesThem() {
        assertThat(PodInfo.parse("a=\"x\\\"y\\n\\u00e9\"\nbroken\nb=\"\"\n"))
                .containsExactly(Map.entry("a", "x\"y\né"), Map.entry("b", ""));
    }

    private static Bootstrap decoded(Map<String, String> environment, PodRole role) {
        var message = PodBootstrap.message(
                PodEnvironment.parse(environment, new PodEnvironment.Files(LABELS, ANNOTATIONS, "")), role);
        return switch (new BootstrapDecoder(new OnDemandDescriptors()).decode(message)) {
            case Decoded.Value<Bootstrap>(Bootstrap value) -> value;
            case Decoded.Rejected<Bootstrap> rejected -> throw new AssertionError(rejected.message());
        };
    }

    private static PodEnvironment parse(Map<String, String> environment) {
        return PodEnvironment.parse(environment, PodEnvironment.Files.NONE);
    }

    private static Map<String, String> with(String name, String value) {
        Map<String, String> changed = new HashMap<>(POD);
        changed.put(name, value);
        return changed;
    }

    private static Map<String, String> without(String name) {
        Map<String, String> changed = new HashMap<>(POD);
        changed.remove(name);
        return changed;
    }
}
