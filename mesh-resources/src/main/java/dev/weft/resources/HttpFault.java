package dev.weft.resources;

import com.google.errorprone.annotations.Immutable;
import java.time.Duration;
import java.util.Optional;

/** Faults that the client's proxy puts in: the delay is drawn first, the abort independently of it. */
@Immutable
public record HttpFault(Optional<Delay> delay, Optional<Abort> abort) {
    /** Holds a share of the requests back. A percentage that is not written is 0. */
    @Immutable
    public record Delay(Duration fixedDelay, Percent percentage) {}

    /** Refuses a share of the requests. A percentage that is not written is 0. */
    @Immutable
    public record Abort(AbortStatus status, Percent percentage) {}

    /** What an aborted request is answered with. */
    @Immutable
    public sealed interface AbortStatus {
        @Immutable
        record Http(int status) implements AbortStatus {}

        /** The name of a gRPC status, for example {@code UNAVAILABLE}, or its number. */
        @Immutable
        record Grpc(String status) implements AbortStatus {}
    }
}
