package dev.weft.tests.cluster;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A root of the mesh, and the Secret in which the control plane keeps its own. */
record MeshRoot(String pem) {
    private static final String SECRET = "secret/weft-ca";

    /** A new one, as somebody makes it with OpenSSL; its key is the file {@code key.pem}. */
    static MeshRoot make(Path folder) throws Exception {
        Path certificate = folder.resolve("root.pem");
        Outcome made = Command.run(
                List.of(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:prime256v1",
                        "-nodes",
                        "-days",
                        "30",
                        "-subj",
                        "/O=another root",
                        "-keyout",
                        folder.resolve("key.pem").toString(),
                        "-out",
                        certificate.toString()),
                Map.of(),
                "",
                Duration.ofSeconds(20));
        if (!made.succeeded()) {
            throw new AssertionError(made.err());
        }
        return new MeshRoot(Files.readString(certificate));
    }

    /** The one that is in force. */
    static MeshRoot ofMesh(Kubectl kubectl) {
        String encoded = kubectl.field(MeshInstall.NAMESPACE, SECRET, "{.data.root-cert\\.pem}");
        return new MeshRoot(new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8));
    }

    /** Writes some keys of the Secret. */
    static void write(Kubectl kubectl, Map<String, String> texts) {
        String data = texts.entrySet().stream()
                .map(text -> "\"" + text.getKey() + "\":\""
                        + Base64.getEncoder().encodeToString(text.getValue().getBytes(StandardCharsets.UTF_8)) + "\"")
                .collect(Collectors.joining(","));
        kubectl.run("-n", MeshInstall.NAMESPACE, "patch", SECRET, "--type=merge", "-p", "{\"data\":{" + data + "}}");
    }

    String serial() {
        return certificate().getSerialNumber().toString(16);
    }

    /** A line of it that no other certificate has. */
    String body() {
        return pem.lines().skip(2).findFirst().orElseThrow();
    }

    boolean signed(X509Certificate leaf) {
        try {
            leaf.verify(certificate().getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private X509Certificate certificate() {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
