package dev.weft.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.api.istio.v1.auth.IstioCertificateRequest;
import dev.weft.api.istio.v1.auth.IstioCertificateServiceGrpc;
import dev.weft.control.ControlPlaneApp;
import dev.weft.control.ControlPlaneOptions;
import dev.weft.tests.mesh.Await;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replicas of the control plane in this process, with the rights that the chart gives and no others, against a real API server: its tokens, its
 * races, its webhooks.
 */
@OnCluster
@Timeout(180)
class ControlPlaneIdentityTest {
    private static final String REVISION = "identity";

    @TempDir
    Path directory;

    private final List<ControlPlaneApp> replicas = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final Cluster cluster;
    private TestNamespace system;
    private Path kubeconfig;

    ControlPlaneIdentityTest(Cluster cluster) {
        this.cluster = cluster;
    }

    @BeforeEach
    void grant() throws Exception {
        system = cluster.namespace("identity");
        cluster.kubectl().apply(rights());
        kubeconfig = Files.writeString(
                directory.resolve("kubeconfig"), kubeconfig(token(system.name(), "weft-control-identity")));
    }

    @AfterEach
    void stop() throws Exception {
        for (ManagedChannel channel : channels) {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
        List<Thread> closing = replicas.stream()
                .map(app -> Thread.ofVirtual().start(app::close))
                .toList();
        for (Thread thread : closing) {
            thread.join();
        }
        cluster.kubectl().attempt("delete", "clusterrole,clusterrolebinding", "weft-control-identity-test");
        cluster.kubectl().attempt("delete", "mutatingwebhookconfiguration", "weft-injector-identity");
        system.close();
    }

    /** What the chart grants, with its few expressions filled in; another one fails here. */
    private String rights() throws IOException {
        String rights = Files.readString(Path.of("../charts/weft/templates/rbac.yaml"))
                .replace("{{- include \"weft.labels\" . | nindent 4 }}", "weft.dev/rev: identity")
                .replace("{{ include \"weft.clusterName\" . }}", "weft-control-identity-test")
                .replace("{{ include \"weft.control\" . }}", "weft-control-identity")
                .replace("{{ include \"weft.injector\" . }}", "weft-injector-identity")
                .replace("{{ include \"weft.validator\" . }}", "weft-validator-identity")
                .replaceAll("\\{\\{ include \"weft\\.suffix\" \\.[^}]*}}", "-identity")
                .replace("{{ .Release.Namespace }}", system.name());
        assertThat(rights).doesNotContain("{{");
        return rights + """
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: weft-control-identity, namespace: %s}
            """.formatted(system.name());
    }

    private String token(String namespace, String account, String... arguments) {
        List<String> all = new ArrayList<>(List.of("-n", namespace, "create", "token", account));
        all.addAll(List.of(arguments));
        return cluster.kubectl().run(all.toArray(String[]::new)).trim();
    }

    /** The cluster's own, with another credential. */
    private String kubeconfig(String token) {
        String server = cluster.kubectl()
                .run("config", "view", "--minify", "--raw", "-o", "jsonpath={.clusters[0].cluster.server}");
        String authority = cluster.kubectl()
                .run(
                        "config",
                        "view",
                        "--minify",
                        "--flatten",
                        "--raw",
                        "-o",
                        "jsonpath={.clusters[0].cluster.certificate-authority-data}");
        return """
            apiVersion: v1
            kind: Config
            clusters: [{name: test, cluster: {server: "%s", certificate-authority-data: "%s"}}]
            users: [{name: control, user: {token: "%s"}}]
            contexts: [{name: test, context: {cluster: test, user: control}}]
            current-context: test
            """.formatted(server, authority, token);
    }

    private ControlPlaneApp replica() {
        ControlPlaneApp app = ControlPlaneApp.start(
                new ControlPlaneOptions(
                        new ControlPlaneOptions.Kubernetes(
                                system.name(), REVISION, "Kubernetes", Optional.of(kubeconfig)),
                        new ControlPlaneOptions.Ports(0, 0, 0),
                        Duration.ofDays(1)),
                InstantSource.system());
        synchronized (replicas) {
            replicas.add(app);
        }
        return app;
    }

    private String bundle(String namespace) {
        return cluster.kubectl()
                .attempt(
                        "-n",
                        namespace,
                        "get",
                        "configmap",
                        "weft-ca-root-cert",
                        "-o",
                        "jsonpath={.data.root-cert\\.pem}")
                .out();
    }

    private ManagedChannel channel(ControlPlaneApp app, String authority) throws Exception {
        await("the bundle", () -> bundle(system.name()).contains("BEGIN CERTIFICATE"));
        Path root = Files.writeString(directory.resolve("root.pem"), bundle(system.name()));
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1",
                        app.xdsPort(),
                        TlsChannelCredentials.newBuilder()
                                .trustManager(root.toFile())
                                .build())
                .overrideAuthority(authority)
                .build();
        channels.add(channel);
        return channel;
    }

    private static List<String> sign(ManagedChannel channel, String token) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        KeyPair key = generator.generateKeyPair();
        StringWriter request = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(request)) {
            writer.writeObject(new JcaPKCS10CertificationRequestBuilder(new X500Principal(""), key.getPublic())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
        }
        return IstioCertificateServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .withCallCredentials(new CallCredentials() {
                    @Override
                    public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
                        Metadata headers = new Metadata();
                        headers.put(
                                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
                        applier.apply(headers);
                    }
                })
                .createCertificate(IstioCertificateRequest.newBuilder()
                        .setCsr(request.toString())
                        .setValidityDuration(20)
                        .build())
                .getCertChainList();
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(Duration.ofMillis(100));
        }
    }

    @Test
    void signsForARealTokenOfThePodAndForNoOther() throws Exception {
        system.apply("""
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: reviews, namespace: $NAMESPACE}
            """);
        ManagedChannel channel = channel(replica(), "weft-control-identity." + system.name() + ".svc");

        List<String> chain = sign(channel, token(system.name(), "reviews", "--audience=istio-ca"));

        assertThat(chain.getLast()).isEqualTo(bundle(system.name()));
        for (String bad : List.of(
                token(system.name(), "reviews"), token(system.name(), "reviews", "--audience=istio-ca") + "x")) {
            assertThatThrownBy(() -> sign(channel, bad))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            failure ->
                                    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
        }
    }

    @Test
    void signsForThePodOfATokenAsLongAsThatIsThere() throws Exception {
        system.apply("""
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: reviews, namespace: $NAMESPACE}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: reviews-1, namespace: $NAMESPACE}
            spec: {serviceAccountName: reviews, schedulerName: nobody, containers: [{name: app, image: app}]}
            """);
        ManagedChannel channel = channel(replica(), "weft-control-identity." + system.name() + ".svc");
        String unused = boundToken();
        assertThat(sign(channel, boundToken())).hasSize(2);

        cluster.kubectl().run("-n", system.name(), "delete", "pod", "reviews-1", "--grace-period=0", "--force");

        // What the control plane has accepted it believes for a minute; the API server believes for some seconds.
        refusedWithin(Duration.ofSeconds(20), channel, unused);
    }

    private String boundToken() {
        return token(
                system.name(),
                "reviews",
                "--audience=istio-ca",
                "--bound-object-kind=Pod",
                "--bound-object-name=reviews-1");
    }

    private static void refusedWithin(Duration limit, ManagedChannel channel, String token) {
        AtomicReference<String> said = new AtomicReference<>("signed");
        Await.until(
                limit,
                () -> {
                    try {
                        sign(channel, token);
                        return false;
                    } catch (StatusRuntimeException e) {
                        said.set(e.getStatus().toString());
                        return e.getStatus().getCode() == Status.Code.UNAUTHENTICATED;
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                },
                said::get);
    }

    @Test
    void replicasThatStartAtOnceMakeOneRootAndTheOtherLeadsWhenOneGoes() throws Exception {
        List<CompletableFuture<ControlPlaneApp>> starting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            starting.add(CompletableFuture.supplyAsync(this::replica));
        }
        system.apply("""
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: reviews, namespace: $NAMESPACE}
            """);
        String token = token(system.name(), "reviews", "--audience=istio-ca");
        List<String> roots = new ArrayList<>();
        for (CompletableFuture<ControlPlaneApp> one : starting) {
            roots.add(sign(channel(one.get(60, TimeUnit.SECONDS), "istiod.istio-system.svc"), token)
                    .getLast());
        }
        assertThat(roots).hasSize(3).containsOnly(bundle(system.name()));

        // The leader goes; what only a leader does goes on.
        for (int i = 0; i < 2; i++) {
            replicas.removeFirst().close();
        }
        try (TestNamespace late = cluster.namespace("late")) {
            await("the bundle in a new namespace", () -> bundle(late.name()).equals(roots.getFirst()));
            cluster.kubectl()
                    .run(
                            "-n",
                            late.name(),
                            "patch",
                            "configmap",
                            "weft-ca-root-cert",
                            "--type=merge",
                            "-p",
                            "{\"data\":{\"root-cert.pem\":\"forged\"}}");
            await("the bundle is repaired", () -> bundle(late.name()).equals(roots.getFirst()));
        }
    }

    @Test
    void tellsTheApiServerWhomToTrustAndAgainWhenItIsOverwritten() throws Exception {
        replica();
        String configuration = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingWebhookConfiguration
            metadata: {name: weft-injector-identity}
            webhooks:
            - name: identity.weft.dev
              clientConfig: {service: {name: nobody, namespace: %s, path: /inject}%s}
              admissionReviewVersions: [v1]
              sideEffects: None
              failurePolicy: Ignore
              objectSelector: {matchLabels: {weft.dev/test: identity}}
              rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
            """;
        cluster.kubectl().apply(configuration.formatted(system.name(), ""));
        await("the bundle", () -> caBundle().contains("BEGIN CERTIFICATE"));
        String trusted = caBundle();

        cluster.kubectl()
                .run(
                        "patch",
                        "mutatingwebhookconfiguration",
                        "weft-injector-identity",
                        "--type=json",
                        "-p",
                        "[{\"op\":\"remove\",\"path\":\"/webhooks/0/clientConfig/caBundle\"}]");

        await("the bundle again", () -> caBundle().equals(trusted));
    }

    private String caBundle() {
        String text = cluster.kubectl()
                .field(
                        system.name(),
                        "mutatingwebhookconfiguration/weft-injector-identity",
                        "{.webhooks[0].clientConfig.caBundle}");
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }
}
