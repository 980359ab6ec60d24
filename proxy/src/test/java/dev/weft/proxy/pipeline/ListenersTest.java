package dev.weft.proxy.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.http.HttpFilter;
import dev.weft.model.http.HttpOptions;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.net.SocketAddress;
import dev.weft.model.rbac.Permission;
import dev.weft.model.rbac.Principal;
import dev.weft.model.rbac.RbacConfig;
import dev.weft.model.rbac.RbacPolicy;
import dev.weft.model.route.RouteConfig;
import dev.weft.testkit.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ListenersTest {
    private static final TestCertificates AUTHORITY = TestCertificates.root("mesh root");
    private static final String SERVER = "spiffe://cluster.local/ns/default/sa/server";
    private static final String CLIENT = "spiffe://cluster.local/ns/default/sa/client";

    private final ProxyUnderTest proxy = new ProxyUnderTest("self", 3);

    @AfterEach
    void close() {
        proxy.close();
    }

    @Test
    void spreadsConnectionsEvenlyOverTheLoops() throws IOException {
        proxy.apply(http("in"));
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            sockets.add(proxy.connect("in"));
        }
        ProxyUnderTest.await("all placed", () -> proxy.listeners.connections() == 30);

        for (int loop = 0; loop < 3; loop++) {
            assertThat(proxy.listeners.connections(loop)).isEqualTo(10);
        }
        for (Socket socket : sockets) {
            socket.close();
        }
        ProxyUnderTest.await("all gone", () -> proxy.listeners.connections() == 0);
    }

    @Test
    void aChangedPolicyHoldsForTheNextRequestOfAnOpenConnection() throws IOException {
        proxy.apply(http("in"));
        int port = proxy.port("in");
        try (Socket socket = proxy.connect("in")) {
            assertThat(Http.get(socket, "/1")).startsWith("HTTP/1.1 200");

            proxy.apply(http("in", denyAll()));
            assertThat(proxy.port("in")).isEqualTo(port);
            assertThat(Http.get(socket, "/2")).startsWith("HTTP/1.1 403");

            proxy.apply(http("in"));
            assertThat(Http.get(socket, "/3")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aChangedRouteTableHoldsForTheNextRequest() throws IOException {
        Listener listener =
                Models.listener("in", Listener.Inspection.NONE, Models.chain("a", FilterChainMatch.ANY, rds("r")));
        proxy.apply(ImmutableList.of(listener), ImmutableList.of(), ImmutableList.of());
        try (Socket socket = proxy.connect("in")) {
            assertThat(Http.get(socket, "/1")).contains("table=none");

            proxy.apply(
                    ImmutableList.of(listener),
                    ImmutableList.of(),
                    ImmutableList.of(RouteConfig.of("r", ImmutableList.of())));

            assertThat(Http.get(socket, "/2")).contains("table=r");
        }
    }

    @Test
    void aRemovedChainDrainsItsConnectionsAndSparesTheOthers() throws IOException {
        FilterChain staying = Models.chain("stays", FilterChainMatch.ANY, Models.http());
        FilterChain leaving = Models.chain("goes", Models.on("raw_buffer", Models.PLAIN_HTTP), Models.http());
        proxy.apply(
                Models.listener("a", Listener.Inspection.NONE, staying),
                Models.listener("b", Models.sniffing(), staying, leaving));
        try (Socket kept = proxy.connect("a");
                Socket drained = proxy.connect("b")) {
            assertThat(Http.get(kept, "/")).contains("chain=stays");
            assertThat(Http.get(drained, "/")).contains("chain=goes");

            proxy.apply(
                    Models.listener("a", Listener.Inspection.NONE, staying),
                    Models.listener("b", Models.sniffing(), staying));

            assertThat(drained.getInputStream().read()).isEqualTo(-1);
            assertThat(Http.get(kept, "/")).contains("chain=stays");
            try (Socket fresh = proxy.connect("b")) {
                assertThat(Http.get(fresh, "/")).contains("chain=stays");
            }
        }
    }

    @Test
    void aRemovedListenerClosesItsSocketAndDrains() throws IOException {
        proxy.apply(http("in"), http("other"));
        int port = proxy.port("in");
        try (Socket open = proxy.connect("in")) {
            assertThat(Http.get(open, "/")).startsWith("HTTP/1.1 200");

            proxy.apply(http("other"));

            assertThat(open.getInputStream().read()).isEqualTo(-1);
            assertThat(refused(port)).isTrue();
        }
    }

    @Test
    void anAddressThatIsTakenIsThatListenersProblemOnly() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Listener wants = at("wants", taken.getLocalPort());

            proxy.apply(http("in"), wants);

            assertThat(proxy.listeners.problems()).containsOnlyKeys("wants");
            assertThat(proxy.listeners.problems().get("wants"))
                    .contains("cannot bind 127.0.0.1:" + taken.getLocalPort());
            try (Socket socket = proxy.connect("in")) {
                assertThat(Http.get(socket, "/")).startsWith("HTTP/1.1 200");
            }
            taken.close();
            proxy.apply(http("in"), wants);
            assertThat(proxy.listeners.problems()).isEmpty();
            try (Socket socket = proxy.connect("wants")) {
                assertThat(Http.get(socket, "/")).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void aTlsListenerWithoutItsSecretClosesAtOnceAndCounts() throws Exception {
        proxy.apply(mutual("in"));

        try (Socket socket = proxy.connect("in")) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }

        assertThat(proxy.nextSeen().details()).isEqualTo("secret 'default' has not arrived");
        assertThat(Objects.requireNonNull(proxy.listeners.stats().get("in")).missingSecret())
                .isEqualTo(1);

        proxy.identity(AUTHORITY, SERVER);
        try (SSLSocket socket = TestTls.connect(proxy.port("in"), AUTHORITY.leaf(CLIENT), "http/1.1")) {
            assertThat(Http.get(socket, "/")).contains("peer=" + CLIENT);
        }
    }

    @Test
    void aRotationLeavesOpenConnectionsAloneAndServesNewOnes() throws IOException {
        proxy.identity(AUTHORITY, SERVER);
        proxy.apply(mutual("in"));
        try (SSLSocket old = TestTls.connect(proxy.port("in"), AUTHORITY.leaf(CLIENT), "http/1.1")) {
            assertThat(Http.get(old, "/1")).contains("path=/1");

            TestCertificates other = TestCertificates.root("next root");
            proxy.identity(other, SERVER);

            assertThat(Http.get(old, "/2")).contains("path=/2");
            try (SSLSocket fresh = TestTls.connect(proxy.port("in"), other.leaf(CLIENT), "http/1.1")) {
                assertThat(Http.get(fresh, "/3")).contains("path=/3");
            }
        }
    }

    @Test
    void aClientOfAnotherRootIsRefusedWithAReason() throws Exception {
        proxy.identity(AUTHORITY, SERVER);
        proxy.apply(mutual("in"));

        try (SSLSocket socket = TestTls.connect(
                proxy.port("in"), TestCertificates.root("foreign").leaf(CLIENT), "http/1.1")) {
            socket.startHandshake();
            assertThat(endsWithoutAnswer(socket)).isTrue();
        } catch (IOException e) {
            // some clients learn of it during their handshake already
        }

        assertThat(proxy.nextSeen().details())
                .contains("CERTIFICATE_VERIFY_FAILED")
                .contains("CN=foreign");
        assertThat(Objects.requireNonNull(proxy.listeners.stats().get("in")).handshakeFailures())
                .isEqualTo(1);
    }

    @Test
    void aClientThatStaysSilentIsClosedAfterTheTimeout() throws IOException {
        Listener.Inspection brief =
                new Listener.Inspection(Models.sniffing().filters(), Optional.of(Duration.ofMillis(100)), false);
        proxy.apply(Models.listener("in", brief, Models.chain("a", FilterChainMatch.ANY, Models.http())));

        try (Socket socket = proxy.connect("in")) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(Objects.requireNonNull(proxy.listeners.stats().get("in")).sniffTimeouts())
                .isEqualTo(1);
    }

    @Test
    void drainingEndsIdleConnectionsAndLetsARunningRequestFinish() throws IOException {
        proxy.apply(http("in"));
        try (Socket idle = proxy.connect("in");
                Socket busy = proxy.connect("in")) {
            assertThat(Http.get(idle, "/")).startsWith("HTTP/1.1 200");
            assertThat(Http.get(busy, "/")).startsWith("HTTP/1.1 200");
            busy.getOutputStream().write("GET /late HTTP/1.1\r\n".getBytes(US_ASCII));
            ProxyUnderTest.await("both placed", () -> proxy.listeners.connections() == 2);

            proxy.listeners.drainAll(Duration.ofSeconds(5));

            assertThat(idle.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static boolean endsWithoutAnswer(Socket socket) {
        try {
            Http.get(socket, "/");
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean refused(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static Listener http(String name, HttpFilter... filters) {
        return Models.listener(
                name,
                Listener.Inspection.NONE,
                Models.chain("a", FilterChainMatch.ANY, Models.http(HttpOptions.DEFAULT, filters)));
    }

    private static Listener at(String name, int port) {
        Listener any = http(name);
        return new Listener(
                name,
                new SocketAddress.Inet("127.0.0.1", port),
                true,
                false,
                any.direction(),
                any.inspection(),
                any.filterChains(),
                Optional.empty(),
                ImmutableList.of(),
                any.bufferLimit());
    }

    private static Listener mutual(String name) {
        return Models.listener(
                name,
                Listener.Inspection.NONE,
                Models.chain("tls", FilterChainMatch.ANY, Models.mutual("http/1.1"), Models.http()));
    }

    private static NetworkFilter rds(String table) {
        return new NetworkFilter.Http(new HttpConnectionManager(
                "test",
                HttpConnectionManager.Codec.HTTP1,
                new HttpConnectionManager.Rds(table),
                ImmutableList.of(),
                HttpOptions.DEFAULT,
                ImmutableList.of()));
    }

    private static HttpFilter denyAll() {
        RbacPolicy all =
                new RbacPolicy("all", ImmutableList.of(new Permission.Any()), ImmutableList.of(new Principal.Any()));
        return new HttpFilter.Authorization(
                "rbac",
                Optional.of(new RbacConfig(RbacConfig.Action.DENY, ImmutableList.of(all))),
                Optional.empty(),
                "",
                "");
    }
}
