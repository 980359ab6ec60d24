package dev.weft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.cli.output.Console;
import dev.weft.testkit.TestCertificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proofs of the tour, against servers that keep or break the promise. */
final class WireTapTest {
    private static final String IDENTITY = "spiffe://cluster.local/ns/bookstore/sa/reviews";

    private final TestCertificates root = TestCertificates.root("mesh root");

    @TempDir
    private Path temp;

    private SSLServerSocket server;

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void sidecarThatDemandsCertificatesPassesTheProof() throws Exception {
        start("TLSv1.3", true);
        Path trusted = Files.writeString(temp.resolve("root.pem"), root.pem());
        Path other = Files.writeString(
                temp.resolve("other.pem"), TestCertificates.root("other").pem());

        PeerProof.Stranger stranger = PeerProof.withoutCertificate(server.getLocalPort(), trusted);

        assertThat(stranger.identity()).contains(IDENTITY);
        assertThat(stranger.trusted()).isTrue();
        assertThat(stranger.refused()).isTrue();
        assertThat(PeerProof.plainTextRefused(server.getLocalPort())).isTrue();
        assertThat(PeerProof.withoutCertificate(server.getLocalPort(), other).trusted())
                .isFalse();
    }

    @Test
    void serverThatAnswersStrangersFailsTheProof() throws Exception {
        start("TLSv1.3", false);
        Path trusted = Files.writeString(temp.resolve("root.pem"), root.pem());

        assertThat(PeerProof.withoutCertificate(server.getLocalPort(), trusted).refused())
                .isFalse();
    }

    @Test
    void tapTellsTls13FromTls12AndPlainText() throws Exception {
        start("TLSv1.3", false);
        try (WireTap tap = new WireTap(server.getLocalPort())) {
            talk(tap.port(), "TLSv1.3");

            assertThat(WireTap.isTls13(tap.fromClient(), tap.fromServer())).isTrue();
            assertThat(WireTap.shows(tap.fromClient(), "marker-1")).isFalse();
        }
        server.close();
        start("TLSv1.2", false);
        try (WireTap tap = new WireTap(server.getLocalPort())) {
            talk(tap.port(), "TLSv1.2");

            assertThat(WireTap.isTls13(tap.fromClient(), tap.fromServer())).isFalse();
        }
        byte[] plain = "GET /marker-1 HTTP/1.1".getBytes(StandardCharsets.US_ASCII);
        assertThat(WireTap.isTls13(plain, plain)).isFalse();
        assertThat(WireTap.shows(plain, "marker-1")).isTrue();
    }

    @Test
    void tourGoesOnAfterABrokenStepAndDoesNotHold() throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        Console console = new Console(stream, stream, Console.Style.PLAIN, Console.Style.PLAIN, Console.Notes.SHOWN);

        boolean held = new Tour(console, ImmutableList.of(new Step("one", "3 of 10"), new Step("two", ""))).play();

        assertThat(held).isFalse();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .containsPattern("FAIL .* one +3 of 10")
                .containsPattern("ok .* two +fine");
        assertThat(new Tour(console, ImmutableList.of(new Step("two", ""))).play())
                .isTrue();
    }

    private record Step(String name, String wrong) implements Tour.Step {
        @Override
        public String play() throws Tour.Broken {
            if (!wrong.isEmpty()) {
                throw new Tour.Broken(wrong);
            }
            return "fine";
        }
    }

    private void start(String protocol, boolean demanding) throws Exception {
        TestCertificates.Leaf leaf = root.leaf(IDENTITY);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("own", leaf.privateKey(), new char[0], leaf.chain().toArray(new X509Certificate[0]));
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(keys, new char[0]);
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("root", root.certificate());
        TrustManagerFactory trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trustManagers.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), new SecureRandom());
        server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        server.setEnabledProtocols(new String[] {protocol});
        server.setNeedClientAuth(demanding);
        SSLServerSocket listening = server;
        Thread.ofVirtual().start(() -> {
            while (!listening.isClosed()) {
                try (Socket socket = listening.accept()) {
                    socket.getInputStream().read();
                    socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // A refused caller, or the end of the test.
                    continue;
                }
            }
        });
    }

    private void talk(int port, String protocol) throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("root", root.certificate());
        TrustManagerFactory trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trustManagers.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trustManagers.getTrustManagers(), new SecureRandom());
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getByName("127.0.0.1"), port)) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.getOutputStream().write("GET /marker-1 HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("HTTP/".getBytes(StandardCharsets.US_ASCII));
        }
    }
}
