package dev.weft.proxy.route;

import static dev.weft.proxy.route.RouterHarness.cluster;
import static dev.weft.proxy.route.RouterHarness.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Transport;
import dev.weft.model.match.StringMatch;
import dev.weft.model.route.Forward;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteMatch;
import dev.weft.model.tls.DownstreamTls;
import dev.weft.model.tls.SanMatch;
import dev.weft.model.tls.SecretRef;
import dev.weft.model.tls.TlsContext;
import dev.weft.model.tls.UpstreamTls;
import dev.weft.proxy.identity.KeyMaterial;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.identity.TlsContexts;
import dev.weft.proxy.identity.TlsEngine;
import dev.weft.proxy.identity.TlsSource;
import dev.weft.proxy.identity.VersionedTls;
import dev.weft.proxy.route.RouterHarness.Reply;
import dev.weft.testkit.TestCertificates;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clusters over mTLS, against a real TLS server. */
class TlsUpstreamTest {
    private static final TestCertificates AUTHORITY = TestCertificates.root("mesh root");
    private static final SecretRef OWN = new SecretRef.Sds("default", new SecretRef.Ads());
    private static final SecretRef ROOT = new SecretRef.Sds("ROOTCA", new SecretRef.Ads());
    private static final String REVIEWS = "spiffe://cluster.local/ns/default/sa/reviews";

    private final SecretStore serverSecrets = secrets(AUTHORITY.leaf(REVIEWS));
    private final TlsContexts servers = new TlsContexts(serverSecrets, InstantSource.system(), TlsEngine.JDK);
    private final List<String> seenAlpn = new CopyOnWriteArrayList<>();
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel server = serve();
    private final RouterHarness harness = new RouterHarness();

    @AfterEach
    void close() {
        harness.close();
        server.close().awaitUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        servers.close();
    }

    @Test
    void requestsTravelByMutualTlsWithTheAlpnThatAFilterChose() {
        giveSecrets();
        harness.with(tls("c", REVIEWS)).routes(to("c"));

        Reply own = harness.get("/");
        harness.alpn = ImmutableList.of("istio-http/1.1");
        Reply chosen = harness.get("/");

        assertThat(own.status()).isEqualTo(200);
        assertThat(chosen.status()).isEqualTo(200);
        assertThat(seenAlpn).containsExactly("istio", "istio-http/1.1");
        assertThat(harness.clusters.find("c").counters().cxTotal).isEqualTo(2);
    }

    @Test
    void aServerWithAnotherNameIsRefused() {
        giveSecrets();
        harness.with(tls("c", "spiffe://cluster.local/ns/default/sa/other")).routes(to("c"));

        Reply reply = harness.get("/");

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.flags()).isEqualTo("UF");
        assertThat(reply.details()).contains("TLS_error").contains(REVIEWS);
        assertThat(reply.body()).doesNotContain("TLS");
    }

    @Test
    void aMissingSecretIsNamed() {
        harness.with(tls("c", REVIEWS)).routes(to("c"));

        Reply reply = harness.get("/");

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.flags()).isEqualTo("UF");
        assertThat(reply.details()).contains("TLS_error").contains("has_not_arrived");
    }

    @Test
    void aRotationTakesNewConnections() {
        giveSecrets();
        harness.with(tls("c", REVIEWS)).routes(to("c"));
        harness.get("/");
        harness.get("/");
        assertThat(harness.clusters.find("c").counters().cxTotal).isEqualTo(1);

        giveSecrets();
        Reply reply = harness.get("/");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(harness.clusters.find("c").counters().cxTotal).isEqualTo(2);
        eventually(() -> harness.clusters.find("c").counters().cxActive == 1);
    }

    private void giveSecrets() {
        TestCertificates.Leaf leaf = AUTHORITY.leaf("spiffe://cluster.local/ns/default/sa/ratings");
        harness.secrets.publish("default", KeyMaterial.identity(leaf.chainPem(), leaf.keyPem()));
        harness.secrets.publish("ROOTCA", KeyMaterial.trust(AUTHORITY.pem()));
    }

    private static SecretStore secrets(TestCertificates.Leaf leaf) {
        SecretStore store = new SecretStore();
        store.publish("default", KeyMaterial.identity(leaf.chainPem(), leaf.keyPem()));
        store.publish("ROOTCA", KeyMaterial.trust(AUTHORITY.pem()));
        return store;
    }

    private Channel serve() {
        TlsSource source = servers.server(
                new DownstreamTls(context(ImmutableList.of("istio-http/1.1", "istio"), ImmutableList.of()), true));
        return new ServerBootstrap()
                .group(group)
                .channelFactory(NioServerSocketChannel::new)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        VersionedTls tls = Objects.requireNonNull(source.acquire());
                        SslHandler handler = tls.newHandler(channel.alloc(), "", Duration.ofSeconds(5));
                        tls.release();
                        channel.pipeline().addLast(handler, new Answering(handler));
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    private final class Answering extends SimpleChannelInboundHandler<ByteBuf> {
        private final SslHandler tls;
        private boolean first = true;

        Answering(SslHandler tls) {
            this.tls = tls;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf request) {
            if (first) {
                first = false;
                seenAlpn.add(String.valueOf(tls.applicationProtocol()));
            }
            context.writeAndFlush(
                    Unpooled.copiedBuffer("HTTP/1.1 200 ok\r\ncontent-length: 0\r\n\r\n", StandardCharsets.US_ASCII));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    private Cluster tls(String name, String san) {
        Cluster plain = cluster(name, CircuitBreakers.DEFAULT, ((InetSocketAddress) server.localAddress()).getPort());
        UpstreamTls tls = new UpstreamTls(
                context(
                        ImmutableList.of("istio"),
                        ImmutableList.of(new SanMatch(SanMatch.Type.URI, StringMatch.exact(san)))),
                "outbound_.9080_._.reviews",
                false,
                false);
        return new Cluster(
                name,
                plain.discovery(),
                plain.balancing(),
                plain.breakers(),
                plain.connection(),
                new Transport(ImmutableList.of(), new Transport.Tls(tls)),
                plain.telemetry(),
                plain.source());
    }

    private static TlsContext context(ImmutableList<String> alpn, ImmutableList<SanMatch> sans) {
        return new TlsContext(
                TlsContext.Version.TLS_1_3,
                TlsContext.Version.TLS_1_3,
                ImmutableList.of(),
                alpn,
                Optional.of(OWN),
                Optional.of(new TlsContext.Validation(ROOT, sans)));
    }

    private static Route to(String cluster) {
        return Route.of("r", RouteMatch.ANY, Forward.to(cluster));
    }
}
