package dev.weft.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.tests.mesh.Await;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two replicas of the control plane, each with a certificate of 20 seconds for the webhooks, while users create pods and apply routes: the API server trusts
 * every certificate that is shown, and lets everything in.
 */
@OnCluster
@Timeout(300)
class WebhookRotationTest {
    private static final String SERVER = "weft-control." + MeshInstall.NAMESPACE + ".svc";
    private static final String INJECTOR = "mutatingwebhookconfiguration/weft-injector";
    private static final String VALIDATOR = "validatingwebhookconfiguration/weft-validator";
    private static final int PORT = 15017;
    private static final Duration LIFE = Duration.ofSeconds(20);
    private static final Duration READY = Duration.ofSeconds(120);
    private static final int WANTED = 4;

    private static MeshInstall mesh;
    private static TestNamespace namespace;
    private static Kubectl kubectl;

    @BeforeAll
    static void install(Cluster cluster) {
        kubectl = cluster.kubectl();
        cluster.requireLocal();
        mesh = MeshInstall.start(
                cluster,
                Map.of("control.replicas", 2, "control.extraArgs[0]", "--certificate-lifetime=" + LIFE.toSeconds()));
        namespace = cluster.namespace("webhooks", "weft.dev/inject=enabled");
    }

    @AfterAll
    static void uninstall() {
        MeshInstall.end(namespace, mesh);
    }

    @Test
    void everyCertificateOfTheWebhooksIsTrustedWhenItIsShown() {
        try (AdmissionLoad users = AdmissionLoad.start(kubectl, namespace.name())) {
            users.more(3);
            Map<String, Set<String>> shown = new LinkedHashMap<>();
            replicas().forEach(address -> shown.put(address, new LinkedHashSet<>()));
            assertThat(shown).hasSize(2);

            Await.until(
                    READY,
                    () -> {
                        shown.forEach((address, serials) -> {
                            if (serials.add(serial(address))) {
                                meetAnew();
                            }
                        });
                        return shown.values().stream().allMatch(serials -> serials.size() >= WANTED);
                    },
                    shown::toString);

            users.more(3);
            users.close();
            System.out.println("webhook rotation: " + users + ", certificates by replica " + shown);
            assertThat(users.failures()).isEmpty();
        }
    }

    @Test
    void aRolledControlPlaneLeavesNobodyWaiting() {
        try (AdmissionLoad users = AdmissionLoad.start(kubectl, namespace.name())) {
            users.more(3);

            kubectl.run("-n", MeshInstall.NAMESPACE, "rollout", "restart", "deployment/weft-control");
            kubectl.awaitRollout(MeshInstall.NAMESPACE, "weft-control", READY);
            Await.until(READY, () -> replicas().size() == 2, () -> "pods of before do not go");

            users.more(3);
            users.close();
            System.out.println("control plane rolled: " + users);
            assertThat(users.failures()).isEmpty();
        }
    }

    /** Of the certificate in a new handshake with a replica, which every {@code caBundle} of ours has to vouch for. */
    private static String serial(String address) {
        Set<String> bundles = new LinkedHashSet<>(bundles(INJECTOR));
        bundles.addAll(bundles(VALIDATOR));
        X509Certificate leaf = null;
        for (String bundle : bundles) {
            leaf = WireCertificate.trusted(address, PORT, SERVER, bundle);
        }
        assertThat(leaf).as("there are bundles").isNotNull();
        assertThat(leaf.getNotAfter().toInstant())
                .isBetween(Instant.now().minusSeconds(1), Instant.now().plus(LIFE));
        return leaf.getSerialNumber().toString(16);
    }

    private static List<String> bundles(String configuration) {
        String text = kubectl.run(
                "get", configuration, "-o", "jsonpath={range .webhooks[*]}{.clientConfig.caBundle}{\"\\n\"}{end}");
        return text.lines()
                .map(line -> new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8))
                .toList();
    }

    /**
     * Lets the API server greet the webhooks again, which it does when they are configured in another way: it keeps connections for ever otherwise. A bundle
     * with a remark vouches for the same, and the control plane takes the remark out, which is another way again.
     */
    private static void meetAnew() {
        String remarked = bundles(INJECTOR).getFirst() + "# met anew " + Instant.now() + "\n";
        String encoded = Base64.getEncoder().encodeToString(remarked.getBytes(StandardCharsets.UTF_8));
        StringBuilder patch = new StringBuilder();
        for (int i = 0; i < bundles(INJECTOR).size(); i++) {
            patch.append(patch.isEmpty() ? "[" : ",")
                    .append("{\"op\":\"replace\",\"path\":\"/webhooks/%d/clientConfig/caBundle\",\"value\":\"%s\"}"
                            .formatted(i, encoded));
        }
        kubectl.run("patch", INJECTOR, "--type=json", "-p", patch.append(']').toString());
        Await.until(READY, () -> !bundles(INJECTOR).contains(remarked), () -> "the bundle is not put right");
    }

    private static List<String> replicas() {
        return kubectl.run(
                        "-n",
                        MeshInstall.NAMESPACE,
                        "get",
                        "pods",
                        "-l",
                        "app=weft-control",
                        "-o",
                        "jsonpath={range .items[*]}{.status.podIP}{\"\\n\"}{end}")
                .lines()
                .toList();
    }
}
