package dev.weft.tests.charts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.tests.cluster.Cluster;
import dev.weft.tests.cluster.Kubectl;
import dev.weft.tests.cluster.OnCluster;
import dev.weft.tests.cluster.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The charts before a real API server: everything they render is valid there, and so is every YAML of ours; mistakes are refused. */
@OnCluster
@Timeout(120)
final class ChartsOnClusterTest {
    private static final List<String> NAMESPACES = List.of(Chart.NAMESPACE, "shop", "edge", "bookstore");

    @BeforeAll
    static void installDefinitions(Cluster cluster) {
        for (String namespace : NAMESPACES) {
            cluster.kubectl().attempt("create", "namespace", namespace);
        }
        Outcome applied = apply(cluster.kubectl(), Chart.BASE.render(), "--server-side");
        assertThat(applied.succeeded()).as(applied.err()).isTrue();
        cluster.kubectl()
                .run(
                        "wait",
                        "crd",
                        "-l",
                        "app.kubernetes.io/name=weft-base",
                        "--for=condition=Established",
                        "--timeout=30s");
    }

    @AfterAll
    static void leaveNothing(Cluster cluster) {
        cluster.kubectl().attempt("delete", "crd", "-l", "app.kubernetes.io/name=weft-base", "--wait=false");
        cluster.kubectl().attempt("delete", "clusterrole", "-l", "app.kubernetes.io/name=weft-base");
        for (String namespace : NAMESPACES) {
            cluster.kubectl().attempt("delete", "namespace", namespace, "--wait=false");
        }
    }

    @ParameterizedTest
    @EnumSource
    void everythingRenderedIsValid(Chart chart, Cluster cluster) {
        for (String rendered : List.of(chart.render(), chart.render(chart.allFeatures()))) {
            Outcome outcome = apply(cluster.kubectl(), withoutOperatorKinds(rendered), "--dry-run=server");

            assertThat(outcome.succeeded()).as(outcome.err()).isTrue();
        }
    }

    @Test
    void everyYamlOfTheExamplesIsValid(Cluster cluster) throws IOException {
        try (Stream<Path> files = Stream.of("config", "things-to-try", "kubernetes/steps")
                .flatMap(folder -> list(Path.of("../examples/bookstore", folder)))) {
            for (Path file : files.toList()) {
                String text = Files.readString(file);
                boolean otherKinds = text.contains("kind: MeshConfig") || text.contains("gateway.networking.k8s.io");
                if (!otherKinds && !file.toString().contains("broken")) {
                    Outcome outcome = apply(cluster.kubectl(), text, "--dry-run=server");

                    assertThat(outcome.succeeded())
                            .as(file + ": " + outcome.err())
                            .isTrue();
                }
            }
        }
    }

    @Test
    void mistakesAreRefusedByTheDefinitionsAlone(Cluster cluster) {
        assertThat(refusal(
                        cluster,
                        "networking.istio.io/v1",
                        "VirtualService",
                        "{hosts: [a], http: [{timeout: 0s, route: [{destination: {host: a}}]}]}"))
                .contains("spec.http[0].timeout", "at least 1ms");
        assertThat(refusal(cluster, "networking.istio.io/v1alpha3", "VirtualService", "{hosts: [a]}"))
                .contains("expected rules in http, tls or tcp");
        assertThat(refusal(
                        cluster,
                        "networking.istio.io/v1beta1",
                        "VirtualService",
                        "{hosts: [a], http: [{route: [{destination: {host: a}, weight: most}]}]}"))
                .contains("weight", "integer");
        assertThat(refusal(
                        cluster,
                        "security.istio.io/v1",
                        "PeerAuthentication",
                        "{portLevelMtls: {\"9080\": {mode: STRICT}}}"))
                .contains("selector must be set");
        assertThat(refusal(cluster, "security.istio.io/v1beta1", "PeerAuthentication", "{mtls: {mode: STRICTER}}"))
                .contains("spec.mtls.mode", "PERMISSIVE");
        assertThat(refusal(
                        cluster,
                        "networking.istio.io/v1",
                        "ServiceEntry",
                        "{hosts: [a.b], resolution: NONE, endpoints: [{address: 10.0.0.1}]}"))
                .contains("resolution NONE");
    }

    private static String refusal(Cluster cluster, String apiVersion, String kind, String spec) {
        Outcome outcome = apply(
                cluster.kubectl(),
                "{apiVersion: " + apiVersion + ", kind: " + kind + ", metadata: {name: a, namespace: bookstore}, spec: "
                        + spec + "}",
                "--dry-run=server");
        assertThat(outcome.succeeded()).isFalse();
        return outcome.err();
    }

    /** The Prometheus operator's kinds are not on the test cluster. */
    private static String withoutOperatorKinds(String rendered) {
        return Stream.of(rendered.split("(?m)^---$"))
                .filter(document -> !document.contains("monitoring.coreos.com"))
                .reduce((a, b) -> a + "\n---\n" + b)
                .orElseThrow();
    }

    private static Outcome apply(Kubectl kubectl, String manifests, String flag) {
        return kubectl.withInput(manifests, "apply", flag, "-f", "-");
    }

    private static Stream<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
