package dev.weft.control.kubernetes.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.control.Await;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrustBundleWriterTest {
    private final FakeApiServer cluster = new FakeApiServer();
    private final KubernetesClient client = cluster.shared();
    private final List<AutoCloseable> all = new ArrayList<>();
    private volatile String bundle = "first";
    private Leadership leader;

    @BeforeEach
    void start() throws Exception {
        leader = new Leadership(
                client,
                new Leadership.Seat("weft-system", "weft-leader", "one"),
                LeadershipTest.QUICK,
                InstantSource.system(),
                System::nanoTime);
        all.add(leader);
        leader.start();
        Await.until(() -> "elected", leader::isLeader);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : all.reversed()) {
            one.close();
        }
        cluster.close();
    }

    private void namespace(String name, Map<String, String> labels) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(labels)
                        .endMetadata()
                        .build())
                .createOr(io.fabric8.kubernetes.client.dsl.NonDeletingOperation::update);
    }

    private String written(String namespace) {
        ConfigMap map = client.configMaps()
                .inNamespace(namespace)
                .withName("weft-ca-root-cert")
                .get();
        return map == null ? "" : map.getData().get("root-cert.pem");
    }

    private TrustBundleWriter writer(Leadership leadership) {
        TrustBundleWriter writer = new TrustBundleWriter(
                cluster.client(), leadership, () -> bundle, (name, labels) -> !"no".equals(labels.get("mesh")));
        all.add(writer);
        return writer;
    }

    @Test
    void writesIntoEveryNamespaceOfTheMeshAndIntoNewOnes() throws Exception {
        namespace("shop", Map.of());
        namespace("other", Map.of("mesh", "no"));
        TrustBundleWriter writer = writer(leader);
        Await.until(() -> "shop", () -> written("shop").equals("first"));

        namespace("late", Map.of());
        Await.until(() -> "late", () -> written("late").equals("first"));
        assertThat(written("other")).isEmpty();

        bundle = "second";
        writer.refresh();
        Await.until(
                () -> "second",
                () -> written("shop").equals("second") && written("late").equals("second"));
    }

    @Test
    void leavesANamespaceThatLeavesTheMeshWithWhatItHas() throws Exception {
        namespace("shop", Map.of());
        namespace("late", Map.of());
        TrustBundleWriter writer = writer(leader);
        Await.until(
                () -> "both",
                () -> written("shop").equals("first") && written("late").equals("first"));

        namespace("late", Map.of("mesh", "no"));
        bundle = "second";
        Await.until(() -> "shop", () -> {
            writer.refresh();
            return written("shop").equals("second");
        });
        assertThat(written("late")).isEqualTo("first");

        namespace("late", Map.of());
        Await.until(() -> "back", () -> written("late").equals("second"));
    }

    @Test
    void repairsWhatSomebodyEditedOrDeleted() throws Exception {
        namespace("shop", Map.of());
        writer(leader);
        Await.until(() -> "shop", () -> written("shop").equals("first"));

        ConfigMap map = client.configMaps()
                .inNamespace("shop")
                .withName("weft-ca-root-cert")
                .get();
        map.setData(Map.of("root-cert.pem", "forged"));
        client.resource(map).update();
        Await.until(() -> "repaired", () -> written("shop").equals("first"));

        client.configMaps().inNamespace("shop").withName("weft-ca-root-cert").delete();
        Await.until(() -> "back", () -> written("shop").equals("first"));
    }

    @Test
    void writesNothingUnlessItLeads() throws Exception {
        Leadership follower = new Leadership(
                client,
                new Leadership.Seat("weft-system", "weft-leader", "two"),
                LeadershipTest.QUICK,
                InstantSource.system(),
                System::nanoTime);
        all.add(follower);
        follower.start();
        bundle = "of the follower";
        writer(follower);
        namespace("shop", Map.of());
        bundle = "first";
        writer(leader);
        Await.until(() -> "shop", () -> written("shop").equals("first"));
        bundle = "of the heir";

        leader.close();

        Await.until(() -> "the new leader writes", () -> written("shop").equals("of the heir"));
    }

    @Test
    void tellsTheApiServerWhomToTrustAgainAndAgain() throws Exception {
        client.load(new java.io.ByteArrayInputStream("""
                apiVersion: admissionregistration.k8s.io/v1
                kind: MutatingWebhookConfiguration
                metadata: {name: weft-injector, labels: {weft.dev/webhook: default}}
                webhooks:
                - {name: a.weft.dev, clientConfig: {service: {name: weft-control, namespace: weft-system}}, sideEffects: None, admissionReviewVersions: [v1]}
                - {name: b.weft.dev, clientConfig: {url: "https://elsewhere"}, sideEffects: None, admissionReviewVersions: [v1]}
                """.getBytes(StandardCharsets.UTF_8)))
                .create();
        WebhookTrust trust = new WebhookTrust(cluster.client(), "weft-injector", "weft-validator", () -> bundle);
        all.add(trust);

        Await.until(() -> "told", () -> caBundles().getFirst().equals("first"));
        assertThat(caBundles().get(1)).isEmpty();

        MutatingWebhookConfiguration forged = configuration();
        forged.getWebhooks().getFirst().getClientConfig().setCaBundle("Zm9yZ2Vk");
        client.resource(forged).update();
        Await.until(() -> "repaired", () -> caBundles().getFirst().equals("first"));

        bundle = "second";
        trust.refresh();
        Await.until(() -> "changed", () -> caBundles().getFirst().equals("second"));
    }

    private MutatingWebhookConfiguration configuration() {
        return client.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName("weft-injector")
                .get();
    }

    private List<String> caBundles() {
        return configuration().getWebhooks().stream()
                .map(hook -> hook.getClientConfig().getCaBundle())
                .map(text -> text == null ? "" : new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8))
                .toList();
    }
}
