package dev.weft.control.serve;

import dev.weft.control.ca.CallerInterceptor;
import dev.weft.control.ca.ServerCertificate;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The TLS port that proxies talk to: ADS, certificates, telemetry, each behind {@link CallerInterceptor}.
 *
 * <p>Owns its threads: Netty loops for bytes, a virtual thread per call event for everything else, so a service may
 * block.
 */
public final class GrpcServer implements AutoCloseable {

    private static final int MAX_REQUEST_BYTES = 4 << 20;
    private static final int MAX_HEADER_BYTES = 32 << 10;
    private static final int STOP_SECONDS = 2;
    private static final int DRAIN_SECONDS = 1;

    private final Server server;
    private final ExecutorService calls;

    private GrpcServer(Server server, ExecutorService calls) {
        this.server = server;
        this.calls = calls;
    }

    /** Listens at {@code address}, whose port 0 means any free one. */
    public static GrpcServer start(
            InetSocketAddress address,
            ServerCertificate certificate,
            CallerInterceptor interceptor,
            List<? extends BindableService> services) {
        ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        address,
                        TlsServerCredentials.newBuilder()
                                .keyManager(certificate)
                                .build())
                .executor(calls)
                .intercept(interceptor)
                .maxInboundMessageSize(MAX_REQUEST_BYTES)
                .maxInboundMetadataSize(MAX_HEADER_BYTES)
                .handshakeTimeout(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .keepAliveTime(30, TimeUnit.SECONDS)
                // Clients come back with a fresh credential, and spread over the replicas there are by then.
                .maxConnectionAge(30, TimeUnit.MINUTES)
                .maxConnectionAgeGrace(10, TimeUnit.SECONDS);
        services.forEach(builder::addService);
        Server server = builder.build();
        try {
            server.start();
        } catch (IOException e) {
            calls.shutdownNow();
            throw new UncheckedIOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + cause(e), e);
        }
        return new GrpcServer(server, calls);
    }

    private static String cause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    public int port() {
        return server.getPort();
    }

    /** Takes no more calls and lets short ones end, then ends all streams; clients reconnect elsewhere or go on with what they have. */
    @Override
    public void close() {
        server.shutdown();
        await(DRAIN_SECONDS);
        server.shutdownNow();
        await(STOP_SECONDS);
        calls.shutdownNow();
    }

    private void await(int seconds) {
        try {
            server.awaitTermination(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
