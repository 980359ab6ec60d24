package dev.weft.examples.bookstore;

import com.google.common.collect.ImmutableMap;
import dev.weft.examples.bookstore.ratings.GetRatingsRequest;
import dev.weft.examples.bookstore.ratings.Rating;
import dev.weft.examples.bookstore.ratings.RatingsServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Calls the ratings service in plain HTTP/2 through the own sidecar, under the service's name. Thread-safe. */
final class RatingsClient {
    private static final long DEADLINE_SECONDS = 5;

    private final ManagedChannel channel;

    /** @param outcome ok, or the gRPC status that came instead */
    record Stars(ImmutableMap<String, Integer> byReader, String outcome) {}

    /**
     * @param sidecar its forward proxy, which takes HTTP/2 as well
     * @param authority the name that the sidecar routes by
     */
    RatingsClient(InetSocketAddress sidecar, String authority) {
        channel = NettyChannelBuilder.forAddress(sidecar.getHostString(), sidecar.getPort())
                .overrideAuthority(authority)
                .usePlaintext()
                .build();
    }

    Stars fetch(int book, ImmutableMap<String, String> passed) {
        Metadata metadata = new Metadata();
        passed.forEach((name, value) -> metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
        var stub = RatingsServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
        try {
            var response = stub.getRatings(
                    GetRatingsRequest.newBuilder().setBookId(book).build());
            return new Stars(
                    response.getRatingsList().stream()
                            .collect(ImmutableMap.toImmutableMap(Rating::getReader, Rating::getStars)),
                    "ok");
        } catch (StatusRuntimeException e) {
            return new Stars(ImmutableMap.of(), e.getStatus().getCode().name());
        }
    }
}
