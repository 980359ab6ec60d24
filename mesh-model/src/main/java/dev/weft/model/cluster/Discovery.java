package dev.weft.model.cluster;

import com.google.errorprone.annotations.Immutable;
import java.time.Duration;

/** Where the endpoints of a cluster come from. */
@Immutable
public sealed interface Discovery {
    /** Over ADS, under this name. */
    record Eds(String serviceName) implements Discovery {}

    record Static(EndpointSet endpoints) implements Discovery {}

    /** Every address of the names is an endpoint. */
    record StrictDns(EndpointSet endpoints, Duration refresh) implements Discovery {}

    /** New connections use the newest first address; open ones are not drained. */
    record LogicalDns(EndpointSet endpoints, Duration refresh) implements Discovery {}

    /** The address that the client dialled. */
    record OriginalDestination() implements Discovery {}
}
