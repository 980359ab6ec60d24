package dev.weft.proxy.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.Listener;
import dev.weft.model.match.PortRange;
import dev.weft.testkit.TestCertificates;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Objects;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Istio's permissive inbound listener: which chain takes which connection. */
final class PermissiveListenerTest {
    private static final TestCertificates AUTHORITY = TestCertificates.root("mesh root");
    private static final String SERVER = "spiffe://cluster.local/ns/default/sa/server";
    private static final String CLIENT = "spiffe://cluster.local/ns/default/sa/client";
    private static final TestCertificates.Leaf CLIENT_LEAF = AUTHORITY.leaf(CLIENT);

    private final ProxyUnderTest proxy = new ProxyUnderTest();
    private Backend echo;
    private Backend ownTls;

    PermissiveListenerTest() throws IOException {
        echo = Backend.echo();
        ownTls = new Backend(
                TestTls.server(AUTHORITY.leaf("own.example")),
                connection -> connection.getInputStream().transferTo(connection.getOutputStream()));
    }

    @BeforeEach
    void configure() {
        proxy.identity(AUTHORITY, SERVER);
        proxy.apply(
                ImmutableList.of(permissive(Models.sniffing())),
                ImmutableList.of(Models.cluster("echo", echo.port()), Models.cluster("own", ownTls.port())),
                ImmutableList.of());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        echo.close();
        ownTls.close();
    }

    private static Listener permissive(Listener.Inspection inspection) {
        return Models.listener(
                "in",
                inspection,
                Models.chain(
                        "mtls-http",
                        Models.on("tls", Models.ISTIO_HTTP),
                        Models.mutual("h2", "http/1.1"),
                        Models.http()),
                Models.chain("plain-http", Models.on("raw_buffer", Models.PLAIN_HTTP), Models.http()),
                Models.chain(
                        "mtls-tcp",
                        Models.on("tls", Models.ISTIO_TCP),
                        Models.mutual("istio-peer-exchange", "h2", "http/1.1"),
                        Models.tcp("echo")),
                Models.chain("plain-tcp", Models.on("raw_buffer", ImmutableList.of()), Models.tcp("echo")),
                Models.chain("own-tls", Models.on("tls", ImmutableList.of()), Models.tcp("own")));
    }

    @Test
    void plainHttpIsServed() throws IOException {
        try (Socket socket = proxy.connect("in")) {
            assertThat(Http.get(socket, "/a")).startsWith("HTTP/1.1 200").contains("chain=plain-http");
        }
    }

    @Test
    void plainHttpIsRecognisedByteByByte() throws IOException {
        try (Socket socket = proxy.connect("in")) {
            socket.setTcpNoDelay(true);
            for (byte b : "GET /slow HTTP/1.1\r\nhost: a.b\r\n\r\n".getBytes(US_ASCII)) {
                socket.getOutputStream().write(b);
                socket.getOutputStream().flush();
            }
            assertThat(Http.read(socket)).contains("chain=plain-http").contains("path=/slow");
        }
    }

    @Test
    void meshHttpIsServedWithTheClientsIdentity() throws IOException {
        try (SSLSocket socket = TestTls.connect(proxy.port("in"), CLIENT_LEAF, "istio-http/1.1", "istio", "http/1.1")) {
            assertThat(Http.get(socket, "/a")).contains("chain=mtls-http").contains("peer=" + CLIENT);
            assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
        }
    }

    @Test
    void aClientHelloInPiecesIsUnderstood() throws IOException {
        try (Socket plain = proxy.connect("in")) {
            byte[] hello = TestClientHello.of("a.b", "istio-http/1.1");
            OutputStream out = plain.getOutputStream();
            plain.setTcpNoDelay(true);
            for (byte b : hello) {
                out.write(b);
                out.flush();
            }
            // A handshake record answers: the chain terminates TLS.
            assertThat(plain.getInputStream().read()).isEqualTo(22);
        }
    }

    @Test
    void meshTcpIsForwarded() throws IOException {
        try (SSLSocket socket = TestTls.connect(proxy.port("in"), CLIENT_LEAF, "istio")) {
            assertThat(echo(socket, "hello")).isEqualTo("hello");
        }
    }

    @Test
    void plainBytesAreForwarded() throws IOException {
        try (Socket socket = proxy.connect("in")) {
            assertThat(echo(socket, "\u0001\u0002binary")).isEqualTo("\u0001\u0002binary");
        }
    }

    @Test
    void anApplicationsOwnTlsPassesUntouched() throws IOException {
        try (SSLSocket socket = TestTls.connect(proxy.port("in"), CLIENT_LEAF, "other")) {
            assertThat(echo(socket, "secret")).isEqualTo("secret");
            assertThat(((java.security.cert.X509Certificate) socket.getSession().getPeerCertificates()[0])
                            .getSubjectAlternativeNames()
                            .toString())
                    .contains("own.example");
        } catch (java.security.cert.CertificateParsingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aServerThatSpeaksFirstIsHeardWhereNothingIsSniffed() throws IOException {
        try (Backend greeter = new Backend(connection -> {
            connection.getOutputStream().write("220 ready\r\n".getBytes(US_ASCII));
            connection.getInputStream().read();
        })) {
            proxy.apply(
                    ImmutableList.of(Models.listener(
                            "in",
                            Models.sniffing(new PortRange(0, 65_536)),
                            Models.chain("tcp", FilterChainMatch.ANY, Models.tcp("greeter")))),
                    ImmutableList.of(Models.cluster("greeter", greeter.port())),
                    ImmutableList.of());

            try (Socket socket = proxy.connect("in")) {
                assertThat(new String(socket.getInputStream().readNBytes(11), US_ASCII))
                        .isEqualTo("220 ready\r\n");
            }
        }
    }

    @Test
    void aConnectionThatFitsNoChainIsClosedAndLogged() throws Exception {
        FilterChain only = Models.chain("http", Models.on("raw_buffer", Models.PLAIN_HTTP), Models.http());
        proxy.apply(Models.listener("in", Models.sniffing(), only));

        try (Socket socket = proxy.connect("in")) {
            socket.getOutputStream().write("nonsense\n".getBytes(US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }

        ProxyUnderTest.Seen seen = proxy.nextSeen();
        assertThat(seen.kind()).isEqualTo("refused");
        assertThat(seen.details()).isEqualTo("filter_chain_not_found");
        assertThat(dev.weft.proxy.exchange.ResponseFlag.NO_ROUTE_FOUND.bit() & seen.flags())
                .isNotZero();
        assertThat(Objects.requireNonNull(proxy.listeners.stats().get("in")).noFilterChain())
                .isEqualTo(1);
    }

    @Test
    void aClientThatEndsItsSideAfterTheRequestGetsTheAnswerAndThenTheEnd() throws IOException {
        try (Socket socket = proxy.connect("in")) {
            socket.getOutputStream().write("GET /last HTTP/1.1\r\nhost: a.b\r\n\r\n".getBytes(US_ASCII));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                    .contains("path=/last");
        }
    }

    private static String echo(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        return new String(socket.getInputStream().readNBytes(text.length()), US_ASCII);
    }
}
