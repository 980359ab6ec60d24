package dev.weft.control.telemetry;

import com.google.errorprone.annotations.Immutable;

/**
 * Who calls whom.
 *
 * @param destinationService host name of the service that was called
 */
@Immutable
record Edge(
        String sourceWorkload,
        String sourceNamespace,
        String destinationWorkload,
        String destinationService,
        String destinationNamespace,
        String destinationVersion,
        String requestProtocol) {

    static Edge of(SeriesKey key, String protocol) {
        String name = key.label("destination_service_name");
        String host = key.label("destination_service");
        return new Edge(
                key.label("source_workload"),
                key.label("source_workload_namespace"),
                key.label("destination_workload"),
                host.isEmpty() || host.equals("unknown") ? name : host,
                key.label("destination_workload_namespace"),
                key.label("destination_version"),
                protocol);
    }
}
