package dev.weft.proxy.xds;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/**
 * The workload's credential on every call to the control plane. The file is read anew for each call, since whoever minted the token
 * renews it there.
 */
public final class CallerToken extends CallCredentials {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Path file;

    public CallerToken(Path file) {
        this.file = file;
    }

    /** A view of the channel whose every call carries the credential. */
    public Channel on(Channel channel) {
        return ClientInterceptors.intercept(channel, new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> interceptCall(
                    MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                return next.newCall(method, options.withCallCredentials(CallerToken.this));
            }
        });
    }

    @Override
    public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
        executor.execute(() -> {
            try {
                Metadata metadata = new Metadata();
                metadata.put(AUTHORIZATION, "Bearer " + Files.readString(file).strip());
                applier.apply(metadata);
            } catch (IOException e) {
                applier.fail(Status.UNAUTHENTICATED
                        .withDescription("cannot read the workload token " + file + ": " + e.getMessage())
                        .withCause(e));
            }
        });
    }

    @Override
    public String toString() {
        return "CallerToken[" + file + "]";
    }
}
