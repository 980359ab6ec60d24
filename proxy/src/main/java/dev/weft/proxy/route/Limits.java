package dev.weft.proxy.route;

import dev.weft.model.route.Forward;
import java.time.Duration;
import java.util.Optional;

/**
 * The time limits of a route in nanoseconds, 0 for none. Immutable.
 *
 * @param route from the end of the request to the end of the response
 * @param idle without any event; -1 leaves it to the connection manager
 * @param maxStream from the start of the stream; -1 where the route says nothing
 * @param grpcMax cap of the caller's {@code grpc-timeout}, 0 takes it whole, -1 ignores it
 */
record Limits(long route, long idle, long maxStream, long grpcMax) {
    static Limits of(Forward.Timeouts timeouts) {
        return new Limits(
                timeouts.route().orElse(Forward.DEFAULT_TIMEOUT).toNanos(),
                nanos(timeouts.idle()),
                nanos(timeouts.maxStreamDuration()),
                nanos(timeouts.grpcTimeoutHeaderMax()));
    }

    private static long nanos(Optional<Duration> duration) {
        return duration.isPresent() ? duration.get().toNanos() : -1;
    }
}
