package dev.weft.proxy.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.weft.proxy.agent.ByteMarshaller;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Ticker;
import dev.weft.proxy.identity.FileSecrets;
import dev.weft.proxy.identity.SecretRefs;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.identity.TlsContexts;
import dev.weft.proxy.identity.TlsEngine;
import dev.weft.proxy.listener.IoTransport;
import dev.weft.proxy.rpc.RpcChannel;
import dev.weft.proxy.rpc.RpcCredential;
import dev.weft.testkit.TestCertificates;
import dev.weft.xds.bootstrap.Bootstrap;
import dev.weft.xds.bootstrap.BootstrapFormat;
import dev.weft.xds.decode.BootstrapDecoder;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whom a proxy takes for its control plane. */
@Timeout(60)
final class ControlPlaneChannelTest {
    private static final String NAME = "weft-control.weft-system.svc";
    private static final MethodDescriptor<byte[], byte[]> CALL = MethodDescriptor.newBuilder(
                    new ByteMarshaller(), new ByteMarshaller())
            .setFullMethodName("test.Calls/Echo")
            .setType(MethodDescriptor.MethodType.UNARY)
            .build();

    @TempDir
    Path folder;

    private final TestCertificates root = TestCertificates.root("the mesh");
    private final EventLoopGroup group = IoTransport.best().newGroup(1, new DefaultThreadFactory("test", true));
    private final Loop loop =
            new Loop(0, group.next(), ByteBufAllocator.DEFAULT, Ticker.system(), new SplittableRandom(1));
    private final ScheduledExecutorService control = Executors.newSingleThreadScheduledExecutor();
    private final SecretStore secrets = new SecretStore();
    private final TlsContexts tls = new TlsContexts(secrets, InstantSource.system(), TlsEngine.best());
    private Server server;

    @AfterEach
    void close() {
        if (server != null) {
            server.shutdownNow();
        }
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        control.shutdownNow();
        tls.close();
    }

    private void serve(TestCertificates authority, String san) throws Exception {
        TestCertificates.Leaf leaf = authority.leaf(san);
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .useTransportSecurity(stream(leaf.chainPem()), stream(leaf.keyPem()))
                .addService(ServerServiceDefinition.builder("test.Calls")
                        .addMethod(CALL, ServerCalls.asyncUnaryCall((request, response) -> {
                            response.onNext(request);
                            response.onCompleted();
                        }))
                        .build())
                .build()
                .start();
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** @param validation lines of the validation context, beside the roots */
    private RpcChannel open(String sni, String validation) throws Exception {
        Path roots = folder.resolve("root-cert.pem");
        if (!Files.exists(roots)) {
            Files.writeString(roots, root.pem());
        }
        String yaml = """
                node: {id: sidecar~127.0.0.1~a.b~b.svc.cluster.local, cluster: a.b}
                static_resources:
                  clusters:
                  - name: xds-grpc
                    type: STATIC
                    load_assignment:
                      cluster_name: xds-grpc
                      endpoints:
                      - lb_endpoints:
                        - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
                    transport_socket:
                      name: envoy.transport_sockets.tls
                      typed_config:
                        '@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                        sni: '%s'
                        common_tls_context:
                          validation_context:
                            trusted_ca: {filename: %s}
                            %s
                """.formatted(server.getPort(), sni, roots, validation);
        Bootstrap bootstrap = new BootstrapDecoder(new OnDemandDescriptors())
                .decode(yaml.getBytes(StandardCharsets.UTF_8), BootstrapFormat.YAML)
                .orThrow();
        FileSecrets files = new FileSecrets(secrets);
        files.require(SecretRefs.in(bootstrap.clusters().getFirst()));
        files.start(control, Duration.ofMillis(20));
        return ControlPlaneChannel.open(bootstrap.clusters().getFirst(), loop, tls, RpcCredential.NONE, control);
    }

    private static byte[] call(RpcChannel channel) {
        return ClientCalls.blockingUnaryCall(channel, CALL, CallOptions.DEFAULT, new byte[] {1, 2, 3});
    }

    private static void assertRefused(RpcChannel channel, String reason) {
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> call(channel))
                .matches(e -> e.getStatus().getCode() == Status.Code.UNAVAILABLE)
                .withMessageContaining(reason);
    }

    @Test
    void itMustHaveTheNameThatIsAskedFor() throws Exception {
        serve(root, NAME);
        try (RpcChannel right = open(NAME, "");
                RpcChannel wrong = open("weft-control.other.svc", "")) {
            assertThat(call(right)).containsExactly(1, 2, 3);
            assertRefused(wrong, "expected weft-control.other.svc");
        }
    }

    @Test
    void aNameThatTheClusterDemandsCountsInTheOnesPlace() throws Exception {
        serve(root, NAME);
        try (RpcChannel right = open("elsewhere", demanded(NAME));
                RpcChannel wrong = open(NAME, demanded("other"))) {
            assertThat(call(right)).containsExactly(1, 2, 3);
            assertRefused(wrong, "expected one of");
        }
    }

    private static String demanded(String name) {
        return "match_typed_subject_alt_names: [{san_type: DNS, matcher: {exact: " + name + "}}]";
    }

    @Test
    void withoutANameItsAddressMustBeInTheCertificate() throws Exception {
        serve(root, NAME);
        try (RpcChannel channel = open("", "")) {
            assertRefused(channel, "expected one of");
        }
    }

    @Test
    void itMustBeOfTheRootsAsTheirFileIsNow() throws Exception {
        TestCertificates next = TestCertificates.root("the next mesh");
        serve(next, NAME);
        try (RpcChannel channel = open(NAME, "")) {
            assertRefused(channel, "does not lead to one of the 1 trusted roots");

            // Told after the TLS contexts, which asked to be told before.
            CountDownLatch told = new CountDownLatch(1);
            secrets.watch(name -> told.countDown());
            Files.writeString(folder.resolve("root-cert.pem"), root.pem() + next.pem());
            assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();

            assertThat(call(channel)).containsExactly(1, 2, 3);
        }
    }
}
