package dev.weft.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.api.istio.nds.NameTable;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Ticker;
import dev.weft.proxy.listener.IoTransport;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queries over sockets; the pod's resolver is a scripted one. */
final class DnsServerTest {
    private static final int A = 1;
    private static final int AAAA = 28;
    private static final int TXT = 16;
    private static final Duration PATIENCE = Duration.ofMillis(300);

    private final MultiThreadIoEventLoopGroup group =
            IoTransport.best().newGroup(1, new DefaultThreadFactory("test-dns", true));
    private final Loop loop =
            new Loop(0, (EventLoop) group.next(), ByteBufAllocator.DEFAULT, Ticker.system(), new SplittableRandom(1));
    private Resolver resolver;

    @BeforeEach
    void startResolver() throws IOException {
        resolver = new Resolver();
    }

    @AfterEach
    void stop() throws IOException {
        resolver.close();
        group.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }

    @Test
    void namesOfTheMeshAreAnsweredInAllTheirForms() throws IOException {
        try (DnsServer server = server()) {
            for (String name : List.of(
                    "reviews",
                    "reviews.shop",
                    "reviews.shop.svc",
                    "reviews.shop.svc.cluster.local",
                    "REVIEWS.shop.svc.cluster.LOCAL")) {
                Reply reply = ask(server, name, A);
                assertThat(reply.addresses()).as(name).containsExactly("10.0.0.7");
                assertThat(reply.code()).isZero();
            }
            assertThat(ask(server, "ratings.other", A).addresses()).containsExactly("10.0.0.8");
            assertThat(ask(server, "ratings", A).text())
                    .as("of another namespace")
                    .isEqualTo("upstream");
        }
    }

    @Test
    void podsOfAHeadlessServiceAreAnsweredByTheirOwnNames() throws IOException {
        try (DnsServer server = server()) {
            for (String name :
                    List.of("db-0.db", "db-0.db.shop", "db-0.db.shop.svc", "db-0.db.shop.svc.cluster.local")) {
                assertThat(ask(server, name, A).addresses()).as(name).containsExactly("10.1.0.1");
            }
        }
    }

    @Test
    void familyThatANameHasNotIsAnEmptyAnswer() throws IOException {
        try (DnsServer server = server()) {
            Reply reply = ask(server, "reviews", AAAA);

            assertThat(reply.code()).isZero();
            assertThat(reply.addresses()).isEmpty();
            assertThat(ask(server, "api.example.com", AAAA).addresses()).containsExactly("2001:2:0:0:0:0:0:1");
        }
    }

    @Test
    void wildcardsAndSearchDomainsLeadToTheHost() throws IOException {
        try (DnsServer server = server()) {
            assertThat(ask(server, "a.b.wild.example.com", A).addresses()).containsExactly("240.240.0.2");
            Reply searched = ask(server, "api.example.com.shop.svc.cluster.local", A);
            assertThat(searched.addresses()).containsExactly("240.240.0.1");
            assertThat(searched.answers()).as("an alias and an address").isEqualTo(2);
        }
    }

    @Test
    void everythingElseIsTheResolversBusiness() throws IOException {
        try (DnsServer server = server()) {
            Reply foreign = ask(server, "www.example.org", A);
            Reply text = ask(server, "reviews", TXT);

            assertThat(foreign.text()).isEqualTo("upstream");
            assertThat(foreign.id()).as("the client's id").isEqualTo(77);
            assertThat(text.text()).isEqualTo("upstream");
        }
    }

    @Test
    void tcpGoesTheSameWay() throws IOException {
        try (DnsServer server = server()) {
            assertThat(askByTcp(server, "reviews", A).addresses()).containsExactly("10.0.0.7");
            assertThat(askByTcp(server, "www.example.org", A).text()).isEqualTo("upstream");
        }
    }

    @Test
    void manyAddressesAreCutToWhatTheClientTakesAndWholeOverTcp() throws IOException {
        try (DnsServer server = server()) {
            Reply cut = ask(server, "big", A);
            Reply whole = askByTcp(server, "big", A);

            assertThat(cut.isTruncated()).isTrue();
            assertThat(cut.length()).isLessThanOrEqualTo(512);
            assertThat(whole.isTruncated()).isFalse();
            assertThat(whole.addresses()).hasSize(100);
        }
    }

    @Test
    void silentResolverIsFollowedByTheNextAndThenByAFailure() throws IOException {
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                DnsServer both = server(address(silent), resolver.address());
                DnsServer none = server(address(silent))) {
            for (int i = 0; i < 2; i++) {
                assertThat(ask(both, "www.example.org", A).text()).isEqualTo("upstream");
            }
            assertThat(ask(none, "www.example.org", A).code()).isEqualTo(2);
        }
    }

    @Test
    void resolvConfIsReadAsTheSystemReadsIt() {
        ResolvConf conf = ResolvConf.parse("""
                # made by kubelet
                nameserver 10.96.0.10
                nameserver fd00::a
                search shop.svc.cluster.local svc.cluster.local cluster.local
                options ndots:5
                """);

        assertThat(conf.servers()).extracting(InetSocketAddress::getPort).containsExactly(53, 53);
        assertThat(conf.search()).containsExactly("shop.svc.cluster.local", "svc.cluster.local", "cluster.local");
    }

    // ---- the world -------------------------------------------------------------------------------------------------

    private DnsServer server() {
        return server(resolver.address());
    }

    private DnsServer server(InetSocketAddress... resolvers) {
        DnsServer server = DnsServer.start(
                loop,
                IoTransport.best(),
                new DnsServer.Settings(
                        0,
                        new ResolvConf(
                                ImmutableList.copyOf(resolvers),
                                ImmutableList.of("shop.svc.cluster.local", "svc.cluster.local")),
                        PATIENCE,
                        "shop",
                        "cluster.local"));
        NameTable.Builder table = NameTable.newBuilder();
        table.putTable("reviews.shop.svc.cluster.local", kubernetes("reviews", "shop", List.of("10.0.0.7")));
        table.putTable("ratings.other.svc.cluster.local", kubernetes("ratings", "other", List.of("10.0.0.8")));
        List<String> many = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            many.add("10.0.1." + i);
        }
        table.putTable("big.shop.svc.cluster.local", kubernetes("big", "shop", many));
        table.putTable("db-0.db.shop.svc.cluster.local", kubernetes("db-0.db", "shop", List.of("10.1.0.1")));
        table.putTable("api.example.com", external("240.240.0.1", "2001:2::1"));
        table.putTable("*.wild.example.com", external("240.240.0.2"));
        server.names(table.build());
        return server;
    }

    private static NameTable.NameInfo kubernetes(String name, String namespace, List<String> addresses) {
        return NameTable.NameInfo.newBuilder()
                .addAllIps(addresses)
                .setRegistry("Kubernetes")
                .setShortname(name)
                .setNamespace(namespace)
                .build();
    }

    private static NameTable.NameInfo external(String... addresses) {
        return NameTable.NameInfo.newBuilder()
                .addAllIps(List.of(addresses))
                .setRegistry("External")
                .build();
    }

    private static InetSocketAddress address(DatagramSocket socket) {
        return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
    }

    private static byte[] query(String name, int type) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(77);
        out.writeShort(0x0100);
        out.writeShort(1);
        out.writeShort(0);
        out.writeInt(0);
        for (String label : name.split("\\.", -1)) {
            out.writeByte(label.length());
            out.writeBytes(label);
        }
        out.writeByte(0);
        out.writeShort(type);
        out.writeShort(1);
        return bytes.toByteArray();
    }

    private static Reply ask(DnsServer server, String name, int type) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(5_000);
            byte[] query = query(name, type);
            socket.send(new DatagramPacket(query, query.length, server.address()));
            DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
            socket.receive(packet);
            return Reply.read(Arrays.copyOf(packet.getData(), packet.getLength()), query.length);
        }
    }

    private static Reply askByTcp(DnsServer server, String name, int type) throws IOException {
        try (Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.setSoTimeout(5_000);
            byte[] query = query(name, type);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeShort(query.length);
            out.write(query);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] reply = new byte[in.readUnsignedShort()];
            in.readFully(reply);
            return Reply.read(reply, query.length);
        }
    }

    /** A reply, its addresses in words. A text that the scripted resolver puts behind the question is kept too. */
    private record Reply(int id, int flags, int answers, List<String> addresses, String text, int length) {
        static Reply read(byte[] bytes, int questionEnd) throws IOException {
            DataInputStream in = new DataInputStream(new java.io.ByteArrayInputStream(bytes));
            int id = in.readUnsignedShort();
            int flags = in.readUnsignedShort();
            in.readUnsignedShort();
            int answers = in.readUnsignedShort();
            in.skipBytes(questionEnd - 8);
            if (answers == 0) {
                String rest = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
                return new Reply(id, flags, 0, List.of(), rest, bytes.length);
            }
            List<String> addresses = new ArrayList<>();
            for (int i = 0; i < answers; i++) {
                in.readUnsignedShort();
                int type = in.readUnsignedShort();
                in.skipBytes(6);
                byte[] data = new byte[in.readUnsignedShort()];
                in.readFully(data);
                if (type == A || type == AAAA) {
                    addresses.add(InetAddress.getByAddress(data).getHostAddress());
                }
            }
            return new Reply(id, flags, answers, addresses, "", bytes.length);
        }

        int code() {
            return flags & 0xF;
        }

        boolean isTruncated() {
            return (flags & 0x0200) != 0;
        }
    }

    /** The pod's resolver: repeats each query as a response, with "upstream" behind it, over both transports. */
    private static final class Resolver implements AutoCloseable {
        private final DatagramSocket udp;
        private final ServerSocket tcp;

        Resolver() throws IOException {
            InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            DatagramSocket datagrams = new DatagramSocket(0, loopback);
            ServerSocket connections = null;
            while (connections == null) {
                try {
                    connections = new ServerSocket(datagrams.getLocalPort(), 16, loopback);
                } catch (BindException taken) {
                    // A port that is free for the one may be somebody's for the other.
                    datagrams.close();
                    datagrams = new DatagramSocket(0, loopback);
                }
            }
            udp = datagrams;
            tcp = connections;
            Thread.ofVirtual().start(this::serveUdp);
            Thread.ofVirtual().start(this::serveTcp);
        }

        InetSocketAddress address() {
            return DnsServerTest.address(udp);
        }

        private static byte[] response(byte[] query, int length) {
            byte[] mark = "upstream".getBytes(StandardCharsets.US_ASCII);
            byte[] response = Arrays.copyOf(query, length + mark.length);
            response[2] |= (byte) 0x80;
            System.arraycopy(mark, 0, response, length, mark.length);
            return response;
        }

        private void serveUdp() {
            try {
                while (true) {
                    DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
                    udp.receive(packet);
                    byte[] response = response(packet.getData(), packet.getLength());
                    udp.send(new DatagramPacket(response, response.length, packet.getSocketAddress()));
                }
            } catch (IOException closed) {
                // The test is over.
            }
        }

        private void serveTcp() {
            try {
                while (true) {
                    try (Socket socket = tcp.accept()) {
                        DataInputStream in = new DataInputStream(socket.getInputStream());
                        byte[] query = new byte[in.readUnsignedShort()];
                        in.readFully(query);
                        byte[] response = response(query, query.length);
                        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                        out.writeShort(response.length);
                        out.write(response);
                        out.flush();
                    }
                }
            } catch (IOException closed) {
                // The test is over.
            }
        }

        @Override
        public void close() throws IOException {
            udp.close();
            tcp.close();
        }
    }
}
