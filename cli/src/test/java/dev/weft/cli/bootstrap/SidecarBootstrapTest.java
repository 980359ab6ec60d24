package dev.weft.cli.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableMap;
import dev.weft.cli.bootstrap.SidecarBootstrap.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SidecarBootstrapTest {
    private static final Workload REVIEWS = new Workload(
            "reviews-v2", "bookstore", "reviews", "127.0.0.1", ImmutableMap.of("app", "reviews", "version", "v2"));
    private static final SidecarSettings SETTINGS = new SidecarSettings(
            new SidecarSettings.Ports(18033, OptionalInt.of(18032), OptionalInt.empty()),
            18008,
            Path.of("/state/ca/root-cert.pem"),
            Path.of("/side car"),
            "cluster.local");

    @Test
    void nodeCarriesTheWorkloadInIstiosMetadata() {
        JsonNode node = SidecarBootstrap.of(REVIEWS, SETTINGS, Reader.WEFT).path("node");

        assertThat(node.path("id").asText())
                .isEqualTo("sidecar~127.0.0.1~reviews-v2.bookstore~bookstore.svc.cluster.local");
        assertThat(node.at("/metadata/SERVICE_ACCOUNT").asText()).isEqualTo("reviews");
        assertThat(node.at("/metadata/LABELS/version").asText()).isEqualTo("v2");
        assertThat(node.at("/metadata/HTTP_PROXY_PORT").asText()).isEqualTo("18032");
        assertThat(node.at("/metadata/INTERCEPTION_MODE").asText()).isEqualTo("NONE");
    }

    @Test
    void ourProxyReachesTheControlPlaneByTlsAndHasAnAgentInside() {
        JsonNode bootstrap = SidecarBootstrap.of(REVIEWS, SETTINGS, Reader.WEFT);
        JsonNode cluster = bootstrap.at("/static_resources/clusters/0");
        JsonNode agent = bootstrap.at("/bootstrap_extensions/0/typed_config");

        assertThat(cluster.at("/transport_socket/typed_config/sni").asText()).isEqualTo("istiod.istio-system.svc");
        assertThat(cluster.findPath("filename").asText()).isEqualTo("/state/ca/root-cert.pem");
        assertThat(cluster.findPath("port_value").asInt()).isEqualTo(18008);
        assertThat(agent.path("token_path").asText()).isEqualTo("/side car/token");
        assertThat(agent.path("workload_identity").asText())
                .isEqualTo("spiffe://cluster.local/ns/bookstore/sa/reviews");
        assertThat(agent.has("status_port")).isFalse();
    }

    @Test
    void stockEnvoyTalksToAnAgentBesideIt() {
        JsonNode bootstrap = SidecarBootstrap.of(REVIEWS, SETTINGS, Reader.ENVOY);

        assertThat(bootstrap.has("bootstrap_extensions")).isFalse();
        assertThat(bootstrap.findValuesAsText("path")).containsExactly("/side car/agent.sock", "/side car/agent.sock");
        assertThat(bootstrap.findValuesAsText("api_type")).containsExactly("DELTA_GRPC");
    }

    @Test
    void tokenHasTheClaimsOfAServiceAccountTokenAndAValidSignature(@TempDir Path folder) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair key = generator.generateKeyPair();
        Path file = folder.resolve("key.pem");
        PrivateFiles.replace(
                file,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(key.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");

        String[] parts = TokenMint.open(file, InstantSource.fixed(Instant.ofEpochSecond(1_000)))
                .mint(REVIEWS)
                .split("\\.");

        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initVerify(key.getPublic());
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
        JsonNode claims = new ObjectMapper().readTree(Base64.getUrlDecoder().decode(parts[1]));
        assertThat(claims.path("sub").asText()).isEqualTo("system:serviceaccount:bookstore:reviews");
        assertThat(claims.at("/aud/0").asText()).isEqualTo("istio-ca");
        assertThat(claims.path("exp").asLong()).isEqualTo(4_600);
        assertThat(claims.at("/kubernetes.io/pod/name").asText()).isEqualTo("reviews-v2");
    }

    @Test
    void secretFilesAreReadableByTheirOwnerOnly(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("token");

        PrivateFiles.replace(file, "one");
        PrivateFiles.replace(file, "two");

        assertThat(Files.readString(file)).isEqualTo("two");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }
}
