package dev.weft.control.kubernetes.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.control.Await;
import dev.weft.control.ca.SelfSignedRoot;
import dev.weft.control.ca.SigningMaterial;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuthoritySecretTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final String NAMESPACE = "weft-system";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final FakeApiServer cluster = new FakeApiServer();
    private final List<AutoCloseable> all = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : all) {
            one.close();
        }
        cluster.close();
    }

    private Leadership leadership(String lease, String identity) {
        Leadership leadership = new Leadership(
                cluster.shared(),
                new Leadership.Seat(NAMESPACE, lease, identity),
                LeadershipTest.QUICK,
                CLOCK,
                System::nanoTime);
        all.add(leadership);
        leadership.start();
        return leadership;
    }

    private AuthoritySecret secret(Leadership leadership) {
        AuthoritySecret secret = new AuthoritySecret(cluster.client(), NAMESPACE, leadership, CLOCK, RANDOM);
        all.add(secret);
        return secret;
    }

    private static CompletableFuture<SigningMaterial> await(AuthoritySecret secret) {
        CompletableFuture<SigningMaterial> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(secret.await("cluster.local"));
            } catch (InterruptedException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private Secret read(String name) {
        return cluster.shared().secrets().inNamespace(NAMESPACE).withName(name).get();
    }

    private void write(String name, Map<String, String> texts) {
        cluster.shared()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName(name)
                        .endMetadata()
                        .withData(encoded(texts))
                        .build())
                .createOr(io.fabric8.kubernetes.client.dsl.NonDeletingOperation::update);
    }

    private static Map<String, String> encoded(Map<String, String> texts) {
        Map<String, String> data = new java.util.HashMap<>();
        texts.forEach((key, text) -> data.put(
                key,
                java.util.Base64.getEncoder().encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8))));
        return data;
    }

    @Test
    void endsWithOneRootWhenManyReplicasThinkThatTheyLead() throws Exception {
        List<CompletableFuture<SigningMaterial>> racing = new ArrayList<>();
        List<AuthoritySecret> secrets = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Leadership leader = leadership("lease-" + i, "replica-" + i);
            Await.until(() -> "elected", leader::isLeader);
            secrets.add(secret(leader));
        }
        secrets.forEach(secret -> racing.add(await(secret)));

        List<String> roots = new ArrayList<>();
        for (CompletableFuture<SigningMaterial> one : racing) {
            roots.add(one.get(10, TimeUnit.SECONDS).issuer().getSerialNumber().toString());
        }

        assertThat(roots).hasSize(4).containsOnly(roots.getFirst());
        assertThat(read("weft-ca").getData())
                .containsOnlyKeys("ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem");
    }

    @Test
    void waitsForTheLeaderAndSaysSo() throws Exception {
        Leadership leader = leadership("weft-leader", "leader");
        Await.until(() -> "elected", leader::isLeader);
        AuthoritySecret follower = secret(leadership("weft-leader", "follower"));
        CompletableFuture<SigningMaterial> waiting = await(follower);
        Await.until(() -> "says why", () -> follower.problem().orElse("").contains("the leader makes it"));
        assertThat(waiting).isNotDone();

        SigningMaterial made = await(secret(leader)).get(10, TimeUnit.SECONDS);

        assertThat(waiting.get(10, TimeUnit.SECONDS).issuer()).isEqualTo(made.issuer());
        assertThat(follower.problem()).isEmpty();
    }

    @Test
    void takesTheUsersKeyAndNeverPassesOverABrokenOne() throws Exception {
        write("cacerts", Map.of("ca-cert.pem", "not a certificate"));
        Leadership leader = leadership("weft-leader", "leader");
        Await.until(() -> "elected", leader::isLeader);
        AuthoritySecret secret = secret(leader);
        CompletableFuture<SigningMaterial> waiting = await(secret);
        Await.until(() -> "says why", () -> secret.problem().orElse("").contains("Secret weft-system/cacerts"));
        assertThat(read("weft-ca")).isNull();

        write("cacerts", SelfSignedRoot.make("users.example", CLOCK, RANDOM));

        assertThat(waiting.get(10, TimeUnit.SECONDS)
                        .issuer()
                        .getSubjectX500Principal()
                        .getName())
                .contains("users.example");
        assertThat(read("weft-ca")).isNull();
    }

    @Test
    void putsADeletedKeyBackAndTellsOfAnotherOne() throws Exception {
        Leadership leader = leadership("weft-leader", "leader");
        Await.until(() -> "elected", leader::isLeader);
        AuthoritySecret secret = secret(leader);
        SigningMaterial first = await(secret).get(10, TimeUnit.SECONDS);
        List<SigningMaterial> told = new CopyOnWriteArrayList<>();
        secret.watch(told::add);
        Map<String, String> written = read("weft-ca").getData();

        cluster.shared().secrets().inNamespace(NAMESPACE).withName("weft-ca").delete();
        Await.until(() -> "put back", () -> read("weft-ca") != null);
        assertThat(read("weft-ca").getData()).isEqualTo(written);
        assertThat(told).isEmpty();

        write("weft-ca", SelfSignedRoot.make("cluster.local", CLOCK, RANDOM));
        Await.until(() -> "told", () -> !told.isEmpty());
        assertThat(told.getFirst().issuer()).isNotEqualTo(first.issuer());
    }
}
