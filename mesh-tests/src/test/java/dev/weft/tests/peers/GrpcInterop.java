package dev.weft.tests.peers;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * grpc-java's interop server and client. They run as processes of their own, since they need the full protobuf runtime, which cannot
 * stand on one class path with the lite one of the mesh.
 */
final class GrpcInterop implements AutoCloseable {
    /** What a mesh between the two must not change. Left out: cases about TLS, credentials, and what the peers decide between them. */
    static final ImmutableList<String> CASES = ImmutableList.of(
            "empty_unary",
            "large_unary",
            "client_streaming",
            "server_streaming",
            "ping_pong",
            "empty_stream",
            "cancel_after_begin",
            "cancel_after_first_response",
            "timeout_on_sleeping_server",
            "status_code_and_message",
            "special_status_message",
            "unimplemented_method",
            "unimplemented_service",
            "custom_metadata");

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration CASE = Duration.ofSeconds(60);

    private final Path libraries;
    private final int port;
    private final PeerProcess server;

    private GrpcInterop(Path libraries, int port) {
        this.libraries = libraries;
        this.port = port;
        this.server = java("TestServiceServer", List.of("--port=" + port, "--use_tls=false"));
    }

    /** Starts the server. */
    static GrpcInterop start(Path libraries) {
        GrpcInterop interop = new GrpcInterop(libraries, freePort());
        try {
            interop.server.awaitOutput("Server started", START);
            return interop;
        } catch (AssertionError e) {
            interop.close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    /** Runs the client against {@code to}; fails with what it printed. */
    void check(String testCase, InetSocketAddress to, String authority) throws InterruptedException {
        try (PeerProcess client = java(
                "TestServiceClient",
                List.of(
                        "--server_host=" + to.getHostString(),
                        "--server_port=" + to.getPort(),
                        "--server_host_override=" + authority,
                        "--use_tls=false",
                        "--test_case=" + testCase))) {
            if (client.awaitEnd(CASE) != 0) {
                throw new AssertionError(testCase + " failed: " + client.output());
            }
        }
    }

    private PeerProcess java(String program, List<String> arguments) {
        ImmutableList.Builder<String> command = ImmutableList.builder();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.net.preferIPv4Stack=true");
        command.add("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED");
        command.add("-cp", libraries.resolve("*").toString(), "io.grpc.testing.integration." + program);
        return PeerProcess.start(command.addAll(arguments).build());
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
