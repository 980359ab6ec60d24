package dev.weft.proxy.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import dev.weft.model.match.StringMatch;
import dev.weft.model.tls.DownstreamTls;
import dev.weft.model.tls.SanMatch;
import dev.weft.model.tls.SecretRef;
import dev.weft.model.tls.TlsContext;
import dev.weft.model.tls.TlsContext.Validation;
import dev.weft.model.tls.TlsContext.Version;
import dev.weft.testkit.TestCertificates;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TlsContextsTest {
    private static final String REVIEWS = "spiffe://cluster.local/ns/default/sa/reviews";
    private static final String RATINGS = "spiffe://cluster.local/ns/default/sa/ratings";
    private static final SecretRef OWN = new SecretRef.Sds("default", new SecretRef.Ads());
    private static final SecretRef ROOT = new SecretRef.Sds("ROOTCA", new SecretRef.Ads());
    private static final TestCertificates AUTHORITY = TestCertificates.root("mesh root");

    private final SecretStore serverSecrets = new SecretStore();
    private final SecretStore clientSecrets = new SecretStore();
    private final SettableTime time = new SettableTime();
    private TlsContexts servers = new TlsContexts(serverSecrets, time, TlsEngine.NATIVE);
    private TlsContexts clients = new TlsContexts(clientSecrets, time, TlsEngine.NATIVE);

    @BeforeEach
    void giveSecrets() {
        publish(serverSecrets, AUTHORITY.leaf(REVIEWS), AUTHORITY);
        publish(clientSecrets, AUTHORITY.leaf(RATINGS), AUTHORITY);
    }

    @AfterEach
    void close() {
        servers.close();
        clients.close();
    }

    @ParameterizedTest
    @EnumSource(TlsEngine.class)
    void bothEndsLearnEachOthersNamesAndTheProtocol(TlsEngine engine) {
        servers = new TlsContexts(serverSecrets, time, engine);
        clients = new TlsContexts(clientSecrets, time, engine);

        try (TlsPair pair = connect("outbound_.9080_._.reviews.default.svc.cluster.local")) {
            assertThat(pair.serverFailure()).isNull();
            var seenByServer = pair.accepted(pair.server.inspect("", ImmutableList.of(), ""))
                    .facts();
            var seenByClient =
                    pair.accepted(pair.client.inspect("", sans(REVIEWS), "")).facts();
            assertThat(Objects.requireNonNull(seenByServer.peer()).principal()).isEqualTo(RATINGS);
            assertThat(Objects.requireNonNull(seenByClient.peer()).principal()).isEqualTo(REVIEWS);
            assertThat(Objects.requireNonNull(seenByClient.peer()).sha256()).hasSize(64);
            assertThat(seenByServer.version()).isEqualTo("TLSv1.3");
            assertThat(seenByServer.alpn()).isEqualTo("h2");
            assertThat(seenByServer.local()).isEqualTo(REVIEWS);
        }
    }

    @Test
    void refusesAServerWithAnotherName() {
        try (TlsPair pair = connect("")) {
            var outcome = pair.client.inspect("", sans("spiffe://cluster.local/ns/default/sa/other"), "");

            assertThat(outcome).isInstanceOf(TlsHandler.Handshake.Refused.class);
            assertThat(outcome.toString()).contains(REVIEWS).contains("expected");
        }
    }

    @Test
    void checksTheHostNameWhereAskedTo() {
        publish(serverSecrets, AUTHORITY.leaf("*.example.com"), AUTHORITY);

        try (TlsPair pair = connect("")) {
            assertThat(pair.client.inspect("", ImmutableList.of(), "api.example.com"))
                    .isInstanceOf(TlsHandler.Handshake.Accepted.class);
            assertThat(pair.client.inspect("", ImmutableList.of(), "a.b.example.com"))
                    .isInstanceOf(TlsHandler.Handshake.Refused.class);
            assertThat(pair.client.inspect("", ImmutableList.of(), "example.com"))
                    .isInstanceOf(TlsHandler.Handshake.Refused.class);
        }
    }

    @Test
    void refusesACertificateOfAnotherRootWithAClearReason() {
        publish(clientSecrets, TestCertificates.root("other root").leaf(RATINGS), AUTHORITY);

        try (TlsPair pair = connect("")) {
            assertThat(TlsFailures.reason(Objects.requireNonNull(pair.serverFailure())))
                    .contains("CERTIFICATE_VERIFY_FAILED")
                    .contains(RATINGS)
                    .contains("CN=other root")
                    .contains("does not lead to one of the 1 trusted roots");
        }
    }

    @Test
    void refusesExpiredAndNotYetValidCertificates() {
        Instant now = Instant.now();
        publish(
                clientSecrets,
                AUTHORITY.leaf(now.minus(Duration.ofHours(2)), now.minus(Duration.ofHours(1)), RATINGS),
                AUTHORITY);
        try (TlsPair pair = connect("")) {
            assertThat(TlsFailures.reason(Objects.requireNonNull(pair.serverFailure())))
                    .contains("expired at");
        }

        publish(
                clientSecrets,
                AUTHORITY.leaf(now.plus(Duration.ofHours(1)), now.plus(Duration.ofHours(2)), RATINGS),
                AUTHORITY);
        try (TlsPair pair = connect("")) {
            assertThat(TlsFailures.reason(Objects.requireNonNull(pair.serverFailure())))
                    .contains("is not valid before");
        }
    }

    @Test
    void aRememberedCertificateStillExpires() {
        try (TlsPair pair = connect("")) {
            assertThat(pair.serverFailure()).isNull();
        }
        time.now = Instant.now().plus(Duration.ofDays(2));

        try (TlsPair pair = connect("")) {
            assertThat(TlsFailures.reason(Objects.requireNonNull(pair.clientFailure())))
                    .contains("expired at");
        }
    }

    @Test
    void acceptsAChainWithAnIntermediate() {
        publish(clientSecrets, AUTHORITY.intermediate("regional").leaf(RATINGS), AUTHORITY);

        try (TlsPair pair = connect("")) {
            assertThat(pair.serverFailure()).isNull();
        }
    }

    @Test
    void refusesAClientWithoutACertificateOnlyWhereOneIsRequired() {
        TlsContext bare = new TlsContext(
                Version.AUTO,
                Version.AUTO,
                ImmutableList.of(),
                ImmutableList.of("h2"),
                Optional.empty(),
                Optional.of(new Validation(ROOT, ImmutableList.of())));

        try (TlsPair pair = pair(
                servers.server(new DownstreamTls(context(), true)), clients.client(bare, ImmutableList.of()), "")) {
            assertThat(pair.serverFailure()).isNotNull();
        }
        try (TlsPair pair = pair(
                servers.server(new DownstreamTls(context(), false)), clients.client(bare, ImmutableList.of()), "")) {
            assertThat(pair.serverFailure()).isNull();
            assertThat(pair.accepted(pair.server.inspect("", ImmutableList.of(), ""))
                            .facts()
                            .peer())
                    .isNull();
        }
    }

    @Test
    void aRotationServesNewConnectionsAndKeepsTheOldContextUntilItsLastConnectionCloses() {
        TlsSource source = servers.server(new DownstreamTls(context(), true));
        long before = source.version();
        TlsPair old = connect("");

        publish(serverSecrets, AUTHORITY.leaf(REVIEWS), AUTHORITY);

        assertThat(source.version()).isGreaterThan(before);
        assertThat(old.serverTls.version()).isEqualTo(before);
        assertThat(old.serverTls.users()).isEqualTo(1);
        old.clientChannel.writeOutbound(Unpooled.copiedBuffer("still here".getBytes(UTF_8)));
        old.pump();
        ByteBuf received = old.serverChannel.readInbound();
        assertThat(received.readableBytes()).isEqualTo(10);
        received.release();
        try (TlsPair fresh = connect("")) {
            assertThat(fresh.serverTls.version()).isEqualTo(source.version());
        }
        old.close();
        assertThat(old.serverTls.users()).isZero();
        assertThat(old.serverTls.retain()).isFalse();
    }

    @Test
    void saysWhichSecretIsMissing() {
        TlsContexts empty = new TlsContexts(new SecretStore(), time, TlsEngine.NATIVE);

        TlsSource source = empty.server(new DownstreamTls(context(), true));

        assertThat(source.acquire()).isNull();
        assertThat(source.problem()).isEqualTo("secret 'default' has not arrived");
        empty.close();
    }

    @Test
    void clustersThatDifferInNamesOnlyShareAContext() {
        TlsContext other = new TlsContext(
                Version.AUTO,
                Version.AUTO,
                ImmutableList.of(),
                ImmutableList.of("h2", "http/1.1"),
                Optional.of(OWN),
                Optional.of(new Validation(ROOT, sans(REVIEWS))));

        assertThat(clients.client(other, ImmutableList.of())).isSameAs(clients.client(context(), ImmutableList.of()));
        assertThat(clients.client(other, ImmutableList.of("istio-h2", "istio", "h2")))
                .isNotSameAs(clients.client(context(), ImmutableList.of()));
    }

    @Test
    void textsShowNoKey() {
        TestCertificates.Leaf leaf = AUTHORITY.leaf(REVIEWS);

        KeyMaterial.Identity identity = KeyMaterial.identity(leaf.chainPem(), leaf.keyPem());

        assertThat(identity.toString()).contains("key=redacted").doesNotContain("PRIVATE");
    }

    @Test
    void refusesAKeyOfAnotherCertificate() {
        String chain = AUTHORITY.leaf(REVIEWS).chainPem();
        String key = AUTHORITY.leaf(REVIEWS).keyPem();

        assertThatThrownBy(() -> KeyMaterial.identity(chain, key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not belong to the certificate");
    }

    private static TlsContext context() {
        return new TlsContext(
                Version.AUTO,
                Version.AUTO,
                ImmutableList.of(),
                ImmutableList.of("h2", "http/1.1"),
                Optional.of(OWN),
                Optional.of(new Validation(ROOT, ImmutableList.of())));
    }

    private static ImmutableList<SanMatch> sans(String uri) {
        return ImmutableList.of(new SanMatch(SanMatch.Type.URI, StringMatch.exact(uri)));
    }

    private static void publish(SecretStore store, TestCertificates.Leaf leaf, TestCertificates root) {
        store.publish("default", KeyMaterial.identity(leaf.chainPem(), leaf.keyPem()));
        store.publish("ROOTCA", KeyMaterial.trust(root.pem()));
    }

    private TlsPair connect(String sni) {
        return pair(
                servers.server(new DownstreamTls(context(), true)), clients.client(context(), ImmutableList.of()), sni);
    }

    private static TlsPair pair(TlsSource server, TlsSource client, String sni) {
        return new TlsPair(Objects.requireNonNull(client.acquire()), Objects.requireNonNull(server.acquire()), sni);
    }

    private static final class SettableTime implements InstantSource {
        private Instant now = Instant.now();

        @Override
        public Instant instant() {
            return now;
        }
    }
}
