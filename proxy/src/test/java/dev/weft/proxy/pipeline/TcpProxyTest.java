package dev.weft.proxy.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Cluster.ClusterTelemetry;
import dev.weft.model.cluster.Transport;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.match.StringMatch;
import dev.weft.model.rbac.Permission;
import dev.weft.model.rbac.Principal;
import dev.weft.model.rbac.RbacConfig;
import dev.weft.model.rbac.RbacPolicy;
import dev.weft.model.route.Forward;
import dev.weft.model.tls.SanMatch;
import dev.weft.proxy.exchange.ResponseFlag;
import dev.weft.testkit.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TcpProxyTest {
    private static final TestCertificates AUTHORITY = TestCertificates.root("mesh root");
    private static final String SERVER = "spiffe://cluster.local/ns/default/sa/server";
    private static final String CLIENT = "spiffe://cluster.local/ns/default/sa/client";

    private final ProxyUnderTest proxy = new ProxyUnderTest("client", 1);
    private final ProxyUnderTest server = new ProxyUnderTest("server", 1);

    @AfterEach
    void close() {
        proxy.close();
        server.close();
    }

    @Test
    void forwardsBothWaysAndTellsTheObserverOnceAtTheEnd() throws Exception {
        try (Backend echo = Backend.echo()) {
            forward(proxy, Models.cluster("echo", echo.port()));

            try (Socket socket = proxy.connect("tcp")) {
                socket.getOutputStream().write("hello".getBytes(US_ASCII));
                socket.shutdownOutput();
                assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                        .isEqualTo("hello");
            }

            ProxyUnderTest.Seen seen = proxy.nextSeen();
            assertThat(seen.received()).isEqualTo(5);
            assertThat(seen.sent()).isEqualTo(5);
            assertThat(seen.cluster()).isEqualTo("echo");
            assertThat(seen.flags()).isZero();
            assertThat(proxy.seen).isEmpty();
        }
    }

    @Test
    void theServersEndIsPassedOnWhileTheClientStillSends() throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        try (Backend backend = new Backend(connection -> {
            connection.getOutputStream().write("bye".getBytes(US_ASCII));
            connection.shutdownOutput();
            received.complete(new String(connection.getInputStream().readAllBytes(), US_ASCII));
        })) {
            forward(proxy, Models.cluster("echo", backend.port()));

            try (Socket socket = proxy.connect("tcp")) {
                assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                        .isEqualTo("bye");
                socket.getOutputStream().write("still here".getBytes(US_ASCII));
                socket.shutdownOutput();
                assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo("still here");
            }
        }
    }

    @Test
    void aReaderThatStopsStopsTheWriter() throws Exception {
        byte[] block = new byte[1 << 16];
        Arrays.fill(block, (byte) 'x');
        long total = 64L << 20;
        CompletableFuture<Long> sent = new CompletableFuture<>();
        try (Backend source = new Backend(connection -> {
            OutputStream out = connection.getOutputStream();
            for (long done = 0; done < total; done += block.length) {
                out.write(block);
            }
            sent.complete(total);
        })) {
            forward(proxy, Models.cluster("echo", source.port()));

            try (Socket socket = proxy.connect("tcp")) {
                InputStream in = socket.getInputStream();
                assertThat(in.read()).isEqualTo('x');
                // Kernel buffers and one buffer limit are far less than the whole.
                assertThatThrownBy(() -> sent.get(300, TimeUnit.MILLISECONDS))
                        .isInstanceOf(java.util.concurrent.TimeoutException.class);
                long read = 1;
                int n;
                while ((n = in.read(block)) > 0) {
                    read += n;
                }
                assertThat(read).isEqualTo(total);
            }
        }
    }

    @Test
    void aLargeAnswerToAClientThatEndedItsSideArrivesWhole() throws Exception {
        byte[] block = new byte[1 << 16];
        int total = 16 << 20;
        try (Backend source = new Backend(connection -> {
            connection.getInputStream().readAllBytes();
            for (int done = 0; done < total; done += block.length) {
                connection.getOutputStream().write(block);
            }
        })) {
            forward(proxy, Models.cluster("echo", source.port()));

            try (Socket socket = proxy.connect("tcp")) {
                socket.setReceiveBufferSize(1 << 14);
                socket.getOutputStream().write("all of it".getBytes(US_ASCII));
                socket.shutdownOutput();
                assertThat(socket.getInputStream().readAllBytes()).hasSize(total);
            }
        }
    }

    @Test
    void saysWhyThereWasNoUpstream() throws Exception {
        int dead;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            dead = taken.getLocalPort();
        }
        forward(proxy, Models.cluster("echo", dead));
        assertClosed();
        ProxyUnderTest.Seen refused = proxy.nextSeen();
        assertThat(refused.flags()).isEqualTo(ResponseFlag.UPSTREAM_CONNECTION_FAILURE.bit());
        assertThat(refused.failure()).contains("refused");

        forward(proxy, Models.cluster("echo", 0));
        assertClosed();
        assertThat(proxy.nextSeen().flags()).isEqualTo(ResponseFlag.NO_HEALTHY_UPSTREAM.bit());

        forward(proxy, Models.cluster("another", dead));
        assertClosed();
        assertThat(proxy.nextSeen().flags()).isEqualTo(ResponseFlag.NO_CLUSTER_FOUND.bit());
    }

    @Test
    void closesAConnectionOnWhichNothingMoves() throws Exception {
        try (Backend echo = Backend.echo()) {
            NetworkFilter idle = new NetworkFilter.TcpProxy(
                    "test",
                    new Forward.SingleCluster("echo"),
                    Optional.of(Duration.ofMillis(100)),
                    1,
                    ImmutableList.of());
            apply(proxy, Models.cluster("echo", echo.port()), Models.chain("tcp", FilterChainMatch.ANY, idle));

            assertClosed();
            assertThat(proxy.nextSeen().details()).isEqualTo("on_idle_timeout");
        }
    }

    @Test
    void meshTlsCarriesIdentityAndMetadataBothWays() throws Exception {
        proxy.identity(AUTHORITY, CLIENT);
        server.identity(AUTHORITY, SERVER);
        try (Backend echo = Backend.echo()) {
            inbound(echo.port(), ImmutableList.of());
            outbound(SERVER);

            assertThat(roundTrip("payload")).isEqualTo("payload");

            ProxyUnderTest.Seen outboundSeen = proxy.nextSeen();
            ProxyUnderTest.Seen inboundSeen = server.nextSeen();
            assertThat(outboundSeen.upstreamPeer()).isEqualTo("server");
            assertThat(inboundSeen.downstreamPeer()).isEqualTo("client");
            assertThat(inboundSeen.received()).isEqualTo(7);
        }
    }

    @Test
    void aServerOfAnotherNameIsNotSpokenTo() throws Exception {
        proxy.identity(AUTHORITY, CLIENT);
        server.identity(AUTHORITY, SERVER);
        try (Backend echo = Backend.echo()) {
            inbound(echo.port(), ImmutableList.of());
            outbound("spiffe://cluster.local/ns/default/sa/somebody-else");

            assertClosed();

            ProxyUnderTest.Seen seen = proxy.nextSeen();
            assertThat(seen.flags()).isEqualTo(ResponseFlag.UPSTREAM_CONNECTION_FAILURE.bit());
            assertThat(seen.failure()).contains(SERVER).contains("somebody-else");
        }
    }

    @Test
    void aSecretThatHasNotArrivedFailsTheConnectionWithItsName() throws Exception {
        try (Backend echo = Backend.echo()) {
            outboundTo(echo.port(), server, SERVER);
            assertUnanswered();
        }
    }

    private void assertUnanswered() throws Exception {
        try (Socket socket = server.connect("tcp")) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }

        assertThat(server.nextSeen().failure()).contains("'default' has not arrived");
    }

    @Test
    void rulesRefuseBeforeAByteIsForwardedAndANewRuleEndsOpenConnections() throws Exception {
        proxy.identity(AUTHORITY, CLIENT);
        server.identity(AUTHORITY, SERVER);
        CompletableFuture<Integer> reached = new CompletableFuture<>();
        try (Backend echo = new Backend(connection -> {
            int first = connection.getInputStream().read();
            reached.complete(first);
            connection.getOutputStream().write(first);
            connection.getInputStream().read();
        })) {
            inbound(echo.port(), ImmutableList.of());
            outbound(SERVER);
            try (Socket open = proxy.connect("tcp")) {
                open.getOutputStream().write('a');
                assertThat(open.getInputStream().read()).isEqualTo('a');

                inbound(echo.port(), ImmutableList.of(deny(CLIENT)));

                assertThat(open.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(server.nextSeen().details()).isEqualTo("rbac_access_denied_matched_policy[no-client]");
            CompletableFuture<Integer> before = reached;
            assertThat(before).isCompleted();

            assertClosed();
            ProxyUnderTest.Seen refused = server.nextSeen();
            assertThat(refused.details()).isEqualTo("rbac_access_denied_matched_policy[no-client]");
            assertThat(refused.cluster()).isEmpty();
        }
    }

    private static NetworkFilter deny(String principal) {
        RbacPolicy policy = new RbacPolicy(
                "no-client",
                ImmutableList.of(new Permission.Any()),
                ImmutableList.of(new Principal.Authenticated(Optional.of(StringMatch.exact(principal)))));
        return new NetworkFilter.Authorization(
                "test",
                Optional.of(new RbacConfig(RbacConfig.Action.DENY, ImmutableList.of(policy))),
                Optional.empty(),
                "");
    }

    private void inbound(int backend, ImmutableList<NetworkFilter> rules) {
        ImmutableList<NetworkFilter> filters = ImmutableList.<NetworkFilter>builder()
                .addAll(rules)
                .add(new NetworkFilter.MetadataExchange("istio-peer-exchange"))
                .add(Models.tcp("echo"))
                .build();
        FilterChain chain = Models.chain(
                "mtls-tcp",
                FilterChainMatch.ANY,
                Models.mutual("istio-peer-exchange", "h2", "http/1.1"),
                filters.toArray(NetworkFilter[]::new));
        apply(server, Models.cluster("echo", backend), chain);
    }

    private void outbound(String serverName) {
        outboundTo(server.port("tcp"), proxy, serverName);
    }

    private static void outboundTo(int port, ProxyUnderTest from, String serverName) {
        Transport tls = Models.tls(
                ImmutableList.of(new SanMatch(SanMatch.Type.URI, StringMatch.exact(serverName))),
                "outbound_.9000_._.server.default.svc.cluster.local",
                "istio-peer-exchange",
                "istio");
        forward(from, Models.cluster("echo", port, tls, new ClusterTelemetry(ImmutableList.of(), true, "")));
    }

    private String roundTrip(String text) throws IOException {
        try (Socket socket = proxy.connect("tcp")) {
            socket.getOutputStream().write(text.getBytes(US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private void assertClosed() throws IOException {
        try (Socket socket = proxy.connect("tcp")) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static void forward(ProxyUnderTest by, Cluster cluster) {
        apply(by, cluster, Models.chain("tcp", FilterChainMatch.ANY, Models.tcp("echo")));
    }

    private static void apply(ProxyUnderTest to, Cluster cluster, FilterChain chain) {
        Listener listener = Models.listener("tcp", Listener.Inspection.NONE, chain);
        to.apply(ImmutableList.of(listener), ImmutableList.of(cluster), ImmutableList.of());
    }
}
