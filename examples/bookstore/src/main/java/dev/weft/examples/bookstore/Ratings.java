package dev.weft.examples.bookstore;

import com.google.common.collect.ImmutableMap;
import dev.weft.examples.bookstore.ratings.GetRatingsRequest;
import dev.weft.examples.bookstore.ratings.GetRatingsResponse;
import dev.weft.examples.bookstore.ratings.Rating;
import dev.weft.examples.bookstore.ratings.RatingsServiceGrpc.RatingsServiceImplBase;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;

/** The stars, over gRPC in plain HTTP/2; each call on a virtual thread. Obeys {@code x-fault-ratings}. */
final class Ratings extends RatingsServiceImplBase {
    private static final Context.Key<String> ORDER = Context.key("fault");

    @Override
    public void getRatings(GetRatingsRequest request, StreamObserver<GetRatingsResponse> observer) {
        try {
            String order = ORDER.get();
            var fault = Fault.parse(
                    order == null ? ImmutableMap.of() : ImmutableMap.of(Fault.PREFIX + "ratings", order), "ratings");
            if (fault.isPresent() && fault.get().apply(RandomGenerator.getDefault()) != 0) {
                observer.onError(Status.UNAVAILABLE
                        .withDescription("ordered by a header")
                        .asRuntimeException());
                return;
            }
            int book = request.getBookId();
            observer.onNext(GetRatingsResponse.newBuilder()
                    .setBookId(book)
                    .addRatings(Rating.newBuilder().setReader("ada").setStars(5 - book % 2))
                    .addRatings(Rating.newBuilder().setReader("grace").setStars(3 + book % 3))
                    .setServedBy("ratings")
                    .build());
            observer.onCompleted();
        } catch (IllegalArgumentException e) {
            observer.onError(
                    Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            observer.onError(Status.UNAVAILABLE.withDescription("stopping").asRuntimeException());
        }
    }

    static Running start(Options options) throws IOException {
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        Server server = NettyServerBuilder.forAddress(options.listen())
                .executor(executor)
                .intercept(new FaultOrders())
                .addService(new Ratings())
                .build()
                .start();
        return new Started(server, executor);
    }

    private record Started(Server server, ExecutorService executor) implements Running {
        @Override
        public int port() {
            return server.getPort();
        }

        @Override
        public void close() {
            server.shutdownNow();
            executor.shutdownNow();
        }
    }

    /** Takes the order out of the metadata, which gRPC shows to interceptors only. */
    private static final class FaultOrders implements ServerInterceptor {
        private static final Metadata.Key<String> HEADER =
                Metadata.Key.of(Fault.PREFIX + "ratings", Metadata.ASCII_STRING_MARSHALLER);

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String order = headers.get(HEADER);
            return order == null
                    ? next.startCall(call, headers)
                    : Contexts.interceptCall(Context.current().withValue(ORDER, order), call, headers, next);
        }
    }
}
